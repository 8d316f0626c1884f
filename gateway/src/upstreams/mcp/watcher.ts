/**
 * Hears of changes at one upstream: a stream of changes (modern), or the gateway's own session with
 * its resource subscriptions (legacy). Kept up as long as there is something to hear.
 */
import { Refusal, type Clock, type Timer } from '../../kernel/index.ts';
import { createBackoff } from '../mcp-stdio/backoff.ts';
import type { FlightHost } from './flight.ts';
import type { PooledLink } from './link.ts';
import { ListenFlight } from './listen-flight.ts';
import { ask } from './own-flight.ts';
import type { ListKind, PeerHead } from './peer-head.ts';

export interface WatcherDeps {
  readonly host: FlightHost;
  readonly clock: Clock;
  /** The gateway's own link to the upstream. */
  readonly home: () => Promise<PooledLink | Refusal>;
}

/** Changes of the filter that come within this time make one new stream. */
const COALESCE_MS = 20;
/** A server has this long to acknowledge a stream. */
const ACKNOWLEDGE_MS = 10_000;
/** A server that answered with an error is asked again after this time. */
const DECLINED_MS = 300_000;
const BACKOFF = { baseMs: 1000, maxMs: 60_000, maxRestarts: 1000, windowMs: 3_600_000 };
const GIVEN_UP_MS = 300_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** What became of an attempt; `declined`: the server answered with an error. */
type Heard = 'up' | 'declined' | 'failed';

export class Watcher {
  private readonly deps: WatcherDeps;
  private readonly backoff;
  private kinds: ReadonlySet<ListKind> = new Set();
  private readonly uris = new Set<string>();
  /** URIs that the present legacy session was asked for. */
  private subscribed = new Set<string>();
  private link: PooledLink | undefined;
  private listen: ListenFlight | undefined;
  private timer: Timer | undefined;
  private waiting: (() => void)[] = [];
  private isRunning = false;
  private isStale = false;
  /** Something was heard before and is not now, so changes may have been missed. */
  private mayHaveMissed = false;
  private isClosed = false;

  constructor(deps: WatcherDeps) {
    this.deps = deps;
    this.backoff = createBackoff(BACKOFF, deps.clock);
  }

  /** Says what the server announces; what is heard already goes on. */
  watch(head: PeerHead): void {
    const isSame = [...head.announces].every((kind) => this.kinds.has(kind));
    if (isSame && head.announces.size === this.kinds.size && this.isUp) return;
    this.kinds = head.announces;
    this.schedule(0);
  }

  /** Resolves when the subscription is in force, or the attempt has failed. */
  subscribe(uri: string): Promise<void> {
    this.uris.add(uri);
    return this.changed();
  }

  unsubscribe(uri: string): Promise<void> {
    this.uris.delete(uri);
    return this.changed();
  }

  /** A link is gone; says so again once changes are heard again. */
  lost(link: PooledLink): void {
    if (this.link !== link) return;
    this.link = undefined;
    this.listen = undefined;
    this.subscribed = new Set();
    this.mayHaveMissed = true;
    this.retry();
  }

  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.listen?.cancel('cancelled');
    this.settleWaiting();
  }

  private get isUp(): boolean {
    return this.isRunning || this.timer !== undefined || this.link !== undefined;
  }

  private get wantsAnything(): boolean {
    return this.kinds.size > 0 || this.uris.size > 0;
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.schedule(COALESCE_MS);
    });
  }

  private retry(): void {
    this.schedule(this.backoff.nextDelayMs() ?? GIVEN_UP_MS);
  }

  private schedule(delayMs: number): void {
    if (this.isClosed) {
      this.settleWaiting();
      return;
    }
    if (this.isRunning) {
      this.isStale = true;
      return;
    }
    this.timer?.cancel();
    this.timer = this.deps.clock.after(delayMs, () => {
      this.timer = undefined;
      void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    this.isStale = false;
    const link = this.wantsAnything ? await this.deps.home() : undefined;
    if (link === undefined) this.stop();
    const heard = link === undefined || link instanceof Refusal ? 'failed' : await this.hear(link);
    this.isRunning = false;
    if (this.isStale) {
      this.schedule(COALESCE_MS);
      return;
    }
    this.settleWaiting();
    if (heard === 'up') this.backoff.succeeded();
    else if (heard === 'declined') this.schedule(DECLINED_MS);
    else if (link !== undefined) this.retry();
  }

  private stop(): void {
    if (this.link !== undefined) this.link.isWatching = false;
    this.link = undefined;
    this.listen?.cancel('cancelled');
    this.listen = undefined;
  }

  private settleWaiting(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private async hear(link: PooledLink): Promise<Heard> {
    link.isWatching = true;
    this.link = link;
    const heard = link.era === 'modern' ? this.openStream(link) : this.subscribeAll(link);
    const outcome = await heard;
    if (outcome !== 'up') return outcome;
    if (this.mayHaveMissed) this.tellAll();
    this.mayHaveMissed = false;
    return outcome;
  }

  /** Opens a stream with the present filter; the one before it ends when this one is in force. */
  private openStream(link: PooledLink): Promise<Heard> {
    const { host, clock } = this.deps;
    const before = this.listen;
    return new Promise((resolve) => {
      const flight = new ListenFlight(
        host,
        { kinds: this.kinds, uris: this.uris },
        {
          onAcknowledged: () => {
            late.cancel();
            this.listen = flight;
            before?.cancel('cancelled');
            resolve('up');
          },
          onEnd: (message) => {
            late.cancel();
            resolve(message.kind === 'error' ? 'declined' : 'failed');
            if (this.listen === flight) this.ended();
          },
        },
      );
      const late = clock.after(ACKNOWLEDGE_MS, () => flight.cancel('expired'));
      link.send(flight);
    });
  }

  private ended(): void {
    this.listen = undefined;
    this.mayHaveMissed = true;
    this.retry();
  }

  private async subscribeAll(link: PooledLink): Promise<Heard> {
    const { host } = this.deps;
    const change = async (method: string, uri: string): Promise<void> => {
      const params = `"uri":${JSON.stringify(uri)}`;
      await ask(host, link, { method, params, maxBytes: MAX_ANSWER_BYTES });
    };
    const { subscribed } = this;
    const added = [...this.uris].filter((uri) => !subscribed.has(uri));
    const gone = [...subscribed].filter((uri) => !this.uris.has(uri));
    for (const uri of added) subscribed.add(uri);
    for (const uri of gone) subscribed.delete(uri);
    await Promise.all([
      ...added.map((uri) => change('resources/subscribe', uri)),
      ...gone.map((uri) => change('resources/unsubscribe', uri)),
    ]);
    return this.link === link ? 'up' : 'failed';
  }

  /** Everything may have changed while nothing was heard. */
  private tellAll(): void {
    const { host } = this.deps;
    for (const kind of this.kinds) host.tell({ upstream: host.id, kind: `${kind}_changed` });
    for (const uri of this.uris) host.tell({ upstream: host.id, kind: 'resource_updated', uri });
  }
}
