/** Notices that a configuration means something else now: its file changed, or a secret that it names. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { watchConfig } from '../config/index.ts';
import type { Clock, Timer } from '../kernel/index.ts';
import { STORE_FILE, openStore, type Secrets, type Store } from '../store/index.ts';
import { findSecrets } from './secret-source.ts';

const LOOK_EVERY_MS = 250;

export interface Following {
  close(): Promise<void>;
}

/** Calls `onChange` within a second of a change; a secret that was missing and is set is one. */
export function followConfig(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  onChange: () => void,
  clock: Clock,
): Following {
  const secrets = new SecretWatch(onChange, clock);
  const look = (): void => {
    const place = findSecrets(file, env);
    secrets.follow(place === undefined || place.names.length === 0 ? '' : place.stateDir);
  };
  const watch = watchConfig(
    file,
    () => {
      look();
      onChange();
    },
    clock,
  );
  look();
  return {
    close: async () => {
      await Promise.all([watch.close(), secrets.close()]);
    },
  };
}

/** Looks at the store a few times a second, only while secrets are named. */
class SecretWatch {
  private readonly onChange: () => void;
  private readonly clock: Clock;
  private stateDir = '';
  private store: Store | undefined;
  private timer: Timer | undefined;
  private looking: Promise<void> | undefined;
  private version = -1;
  private digest = '';

  constructor(onChange: () => void, clock: Clock) {
    this.onChange = onChange;
    this.clock = clock;
  }

  /** @param stateDir where the store is; '' to look no more */
  follow(stateDir: string): void {
    if (stateDir === this.stateDir) return;
    this.stateDir = stateDir;
    this.timer?.cancel();
    void this.letGo();
    if (stateDir !== '') this.later();
  }

  async close(): Promise<void> {
    this.stateDir = '';
    this.timer?.cancel();
    await this.looking;
    await this.letGo();
  }

  private later(): void {
    this.timer = this.clock.after(LOOK_EVERY_MS, () => {
      this.looking = this.look().finally(() => {
        if (this.stateDir !== '') this.later();
      });
    });
  }

  /** A store that cannot be read changes nothing: what is in force stays so. */
  private async look(): Promise<void> {
    const { stateDir } = this;
    try {
      const path = join(stateDir, STORE_FILE);
      if (!existsSync(path)) return;
      this.store ??= await openStore(path);
      const version = await this.store.secrets.version();
      if (version === this.version) return;
      const digest = await digestOf(this.store.secrets);
      if (this.stateDir !== stateDir) return;
      this.version = version;
      // What was set before the first look may be later than what was loaded.
      if (digest !== this.digest) this.onChange();
      this.digest = digest;
    } catch {
      await this.letGo();
    }
  }

  private async letGo(): Promise<void> {
    const { store } = this;
    this.store = undefined;
    this.version = -1;
    await store?.close();
  }
}

/** Of what is sealed, not of how: an exchange of keys changes no secret. */
async function digestOf(secrets: Secrets): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, version, createdMs } of await secrets.all()) {
    hash.update(JSON.stringify([name, version, createdMs]));
  }
  return hash.digest('base64');
}
