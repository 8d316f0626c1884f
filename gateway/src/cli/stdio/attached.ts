/** A bridge to a gateway that runs in another process, and may come and go. */
import { DEFAULT_ENDPOINT, type Clock } from '../../kernel/index.ts';
import type { Log } from '../logger.ts';
import { findGateway, type Found } from './find-gateway.ts';
import { createHttpPeer } from './http-peer.ts';
import type { LineWriter } from './line-writer.ts';
import type { Peer, Reach } from './peer.ts';

export interface AttachedDeps {
  readonly stateDir: string;
  readonly endpoint: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly writer: LineWriter;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often a gateway that has gone away is looked for while nobody asks for it. */
const LOOK_EVERY_MS = 1000;

const NOT_RUNNING = 'the gateway is not running; start it with drawbridge serve';

/** @param first the gateway that was found */
export function createAttachedReach(deps: AttachedDeps, first: Found): Reach {
  return new AttachedReach(deps, first);
}

class AttachedReach implements Reach {
  private readonly deps: AttachedDeps;
  private found: Found | undefined = undefined;
  private current: Peer | undefined = undefined;
  private looking: Promise<void> | undefined = undefined;
  private changed: () => void = () => undefined;
  private isClosed = false;

  constructor(deps: AttachedDeps, first: Found) {
    this.deps = deps;
    this.attach(first);
  }

  async peer(): Promise<Peer | string> {
    if (this.current === undefined && !this.isClosed) await this.look();
    return this.current ?? NOT_RUNNING;
  }

  onChange(task: () => void): void {
    this.changed = task;
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.found?.leave();
    return Promise.resolve();
  }

  private attach(found: Found): void {
    const { endpoint, headers, writer, log } = this.deps;
    const path = endpoint === DEFAULT_ENDPOINT ? '/mcp' : `/mcp/${endpoint}`;
    this.found = found;
    this.current = createHttpPeer(new URL(path, found.url), headers, writer);
    log('info', 'attached to the running gateway', { url: found.url.origin, pid: found.pid });
    found.onGone(() => {
      if (this.isClosed) return;
      // Answers that it still owes come, or break, on their own connections.
      this.current = undefined;
      log('warn', 'the gateway has gone away; it is used again when it is back');
      this.lookLater();
    });
  }

  private lookLater(): void {
    this.deps.clock.after(LOOK_EVERY_MS, () => {
      if (this.current !== undefined || this.isClosed) return;
      void this.look().then(() => {
        if (this.current === undefined) this.lookLater();
      });
    });
  }

  /** Looks once for all who ask. */
  private look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const found = await findGateway(this.deps.stateDir, this.deps.clock).catch(() => undefined);
    if (found === undefined || typeof found === 'string') return;
    if (this.isClosed) return found.leave();
    this.attach(found);
    this.changed();
  }
}
