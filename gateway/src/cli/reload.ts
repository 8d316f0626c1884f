/** A changed configuration file, put in force while calls go on. */
import type { Config, Gateway } from '../compose/index.ts';
import type { Loaded } from '../config/index.ts';
import { configChanges, needsRestart } from './config-changes.ts';
import type { Log } from './logger.ts';
import type { Output } from './output.ts';

export interface ReloadDeps {
  readonly out: Output;
  readonly gateway: Pick<Gateway, 'reload'>;
  readonly log: Log;
  /** What is in force now. */
  readonly config: Config;
  readonly load: () => Loaded<Config> | Promise<Loaded<Config>>;
}

export interface Reloader {
  /** Loads the file and puts it in force; several calls at once become one more reload. */
  readonly reload: () => void;
  /** Resolves when no reload is under way. */
  idle(): Promise<void>;
}

/** A file with problems changes nothing: they are reported, and the last good one stays in force. */
export function createReloader({ out, gateway, log, config, load }: ReloadDeps): Reloader {
  let current = config;
  let isWanted = false;
  let work: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (isWanted) {
      isWanted = false;
      try {
        await once();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        log('error', 'the new configuration could not be put in force', { why });
      }
    }
    work = undefined;
  }

  async function once(): Promise<void> {
    const loaded = await load();
    if (!loaded.ok) {
      out.problems(loaded.problems, loaded.text, 'error');
      const problems = loaded.problems.map(
        ({ line, column, message }) => `${line}:${column} ${message}`,
      );
      log('error', 'configuration not reloaded; the last good one stays in force', { problems });
      return;
    }
    const changes = configChanges(current, loaded.value);
    if (changes.length === 0) return log('debug', 'the configuration means the same as before');
    await gateway.reload(loaded.value);
    log('info', 'configuration reloaded', { changes });
    if (needsRestart(current, loaded.value)) {
      log(
        'warn',
        'server.listen, server.stateDir, and whether there is server.tls or server.tls.clientCa, take effect when the gateway is started again',
      );
    }
    current = loaded.value;
  }

  return {
    reload: () => {
      isWanted = true;
      work ??= drain();
    },
    idle: () => work ?? Promise.resolve(),
  };
}
