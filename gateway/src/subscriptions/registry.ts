/** Who listens to what. */
import { LRUCache } from 'lru-cache';
import type { Item, Principal, Refusal, SessionRef, Timer } from '../kernel/index.ts';
import type { EndpointPort, SubscriptionDeps, TaskPort } from './ports.ts';
import { closingResult, notification, type ListKind, type Stream } from './stream.ts';

/** Resources one session or stream may subscribe to. */
export const MAX_RESOURCES = 1000;

/** Legacy sessions whose subscriptions are remembered at most. */
const MAX_SESSIONS = 20_000;

/** What a legacy session subscribed to, and on whose behalf. */
interface Subscribed {
  readonly item: Item;
  readonly principal: Principal;
}

export class Registry {
  private readonly deps: SubscriptionDeps;
  private endpoints: EndpointPort;
  private readonly streams = new Set<Stream>();
  /** Which lists the caller of a stream was shown last, or told that they have changed. */
  private readonly versions = new WeakMap<Stream, Map<ListKind, string | undefined>>();
  /** Legacy sessions: the stream that is told what the session is to hear. */
  private readonly speaker = new Map<string, Stream>();
  /** Legacy sessions: public URI to what was subscribed to; forgotten sessions hear no more. */
  private readonly bySession = new LRUCache<string, Map<string, Subscribed>>({
    max: MAX_SESSIONS,
    dispose: (subscribed) => {
      for (const { item, principal } of subscribed.values()) this.wantLater(item, principal, -1);
    },
  });
  /** How many receivers an upstream's resource has, by whose they are. */
  private readonly wanted = new Map<string, Map<Principal, number>>();
  /** Stops what upstreams were asked to tell one stream alone. */
  private readonly stops = new Map<Stream, () => void>();
  private keepAlive: Timer | undefined;

  constructor(deps: SubscriptionDeps, endpoints: EndpointPort) {
    this.deps = deps;
    this.endpoints = endpoints;
  }

  useEndpoints(endpoints: EndpointPort): void {
    this.endpoints = endpoints;
  }

  count(): number {
    return this.streams.size;
  }

  add(stream: Stream): void {
    this.streams.add(stream);
    this.versions.set(
      stream,
      new Map([...stream.lists].map((kind) => [kind, this.versionFor(stream, kind)])),
    );
    if (stream.sessionKey !== '') this.speaker.set(stream.sessionKey, stream);
    for (const item of stream.resources.values()) this.wantLater(item, stream.principal, 1);
    this.tick();
  }

  /** @param begin asks upstreams to tell this stream alone; returns what stops that */
  watchFor(stream: Stream, begin: (stream: Stream) => () => void): void {
    if (this.streams.has(stream)) this.stops.set(stream, begin(stream));
  }

  /** Whether the caller of a stream sees a tool of an upstream. */
  isToolShown(endpoint: string, principal: Principal, upstream: string, tool: string): boolean {
    return this.endpoints.toolName?.(endpoint, principal, upstream, tool) !== undefined;
  }

  get tasks(): TaskPort | undefined {
    return this.deps.tasks;
  }

  /** Ends a stream with a result, or just so; a second time changes nothing. */
  end(stream: Stream, result: string): void {
    if (!this.streams.delete(stream)) return;
    if (this.speaker.get(stream.sessionKey) === stream) this.passOn(stream.sessionKey);
    for (const item of stream.resources.values()) this.wantLater(item, stream.principal, -1);
    this.stops.get(stream)?.();
    this.stops.delete(stream);
    stream.delivery.finish({ kind: 'ended', result });
  }

  /** The youngest of the session's other streams speaks from now on. */
  private passOn(sessionKey: string): void {
    this.speaker.delete(sessionKey);
    for (const stream of this.streams) {
      if (stream.sessionKey === sessionKey) this.speaker.set(sessionKey, stream);
    }
  }

  /** Whether a stream is told things: of those of one legacy session only one is (2025-11-25). */
  private speaks(stream: Stream): boolean {
    return stream.sessionKey === '' || this.speaker.get(stream.sessionKey) === stream;
  }

  /** @returns false where a session has too many, a refusal where the upstream never tells of it */
  async subscribe(
    session: SessionRef,
    publicUri: string,
    item: Item,
    principal: Principal,
  ): Promise<boolean | Refusal> {
    const uris = this.bySession.get(session.key) ?? new Map<string, Subscribed>();
    if (uris.has(publicUri)) return true;
    if (uris.size >= MAX_RESOURCES) return false;
    uris.set(publicUri, { item, principal });
    this.bySession.set(session.key, uris);
    try {
      const refusal = await this.want(item, principal, 1);
      if (refusal === undefined) return true;
      await this.unsubscribe(session, publicUri).catch(() => undefined);
      return refusal;
    } catch (error) {
      await this.unsubscribe(session, publicUri).catch(() => undefined);
      throw error;
    }
  }

  async unsubscribe(session: SessionRef, publicUri: string): Promise<void> {
    const uris = this.bySession.get(session.key);
    const subscribed = uris?.get(publicUri);
    if (uris === undefined || subscribed === undefined) return;
    uris.delete(publicUri);
    if (uris.size === 0) this.bySession.delete(session.key);
    await this.want(subscribed.item, subscribed.principal, -1);
  }

  sessionEnded(sessionKey: string): void {
    this.bySession.delete(sessionKey);
    for (const stream of this.streams) {
      if (stream.sessionKey === sessionKey) this.end(stream, '');
    }
  }

  listsChanged(upstream: string, kinds: readonly ListKind[]): void {
    for (const stream of this.streams) {
      if (!this.endpoints.includes(stream.endpoint, upstream)) continue;
      this.tellLists(
        stream,
        kinds.filter((kind) => stream.lists.has(kind) && this.isOther(stream, kind)),
      );
    }
  }

  everythingChanged(): void {
    for (const stream of this.streams) {
      for (const kind of stream.lists) this.isOther(stream, kind);
      this.tellLists(stream, ['tools', 'prompts', 'resources']);
    }
  }

  resourceUpdated(upstream: string, uri: string, owner?: Principal): void {
    for (const stream of this.streams) {
      if (!this.speaks(stream)) continue;
      if (owner !== undefined && stream.principal.id !== owner.id) continue;
      const item = this.endpoints.visibleResource(stream.endpoint, stream.principal, upstream, uri);
      if (item === undefined) continue;
      const subscribed = this.bySession.get(stream.sessionKey);
      if (!stream.resources.has(item.publicName) && subscribed?.has(item.publicName) !== true)
        continue;
      const members = `"uri":${JSON.stringify(item.publicName)}`;
      const text = notification(stream, 'notifications/resources/updated', members);
      stream.delivery.event({ kind: 'notice', text });
    }
  }

  drain(): void {
    this.keepAlive?.cancel();
    this.keepAlive = undefined;
    for (const stream of this.streams) this.end(stream, closingResult(stream));
  }

  private tellLists(stream: Stream, kinds: readonly ListKind[]): void {
    if (!this.speaks(stream)) return;
    for (const kind of kinds) {
      if (!stream.lists.has(kind)) continue;
      const text = notification(stream, `notifications/${kind}/list_changed`);
      stream.delivery.event({ kind: 'notice', text });
    }
  }

  /** Whether a list is another one for the caller of a stream than it was the last time. */
  private isOther(stream: Stream, kind: ListKind): boolean {
    const version = this.versionFor(stream, kind);
    const versions = this.versions.get(stream);
    if (version !== undefined && versions?.get(kind) === version) return false;
    versions?.set(kind, version);
    return true;
  }

  private versionFor({ endpoint, principal }: Stream, kind: ListKind): string | undefined {
    return this.endpoints.listVersion?.(endpoint, principal, kind);
  }

  /** A stream lives on where an upstream does not take a wish; it just hears nothing of it. */
  private wantLater(item: Item, principal: Principal, change: 1 | -1): void {
    this.want(item, principal, change).catch(() => undefined);
  }

  private async want(
    item: Item,
    principal: Principal,
    change: 1 | -1,
  ): Promise<Refusal | undefined> {
    const { upstream, name } = item.id;
    const key = `${upstream}\n${name}`;
    const counts = this.wanted.get(key) ?? new Map<Principal, number>();
    const before = counts.get(principal) ?? 0;
    const after = before + change;
    if (after <= 0) counts.delete(principal);
    else counts.set(principal, after);
    if (counts.size === 0) this.wanted.delete(key);
    else this.wanted.set(key, counts);
    if (before === 0 && after === 1) {
      return await this.deps.subscribeResource(upstream, name, principal);
    }
    if (before === 1 && after === 0) {
      await this.deps.unsubscribeResource(upstream, name, principal);
    }
    return undefined;
  }

  private tick(): void {
    if (this.keepAlive !== undefined || this.streams.size === 0) return;
    this.keepAlive = this.deps.clock.after(this.deps.keepAliveMs, () => {
      this.keepAlive = undefined;
      for (const stream of this.streams) stream.delivery.event({ kind: 'notice', text: '' });
      this.tick();
    });
  }
}
