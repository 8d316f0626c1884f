/** Who listens to what. */
import type { Item, SessionRef, Timer } from '../kernel/index.ts';
import type { EndpointPort, SubscriptionDeps } from './ports.ts';
import { notification, type ListKind, type Stream } from './stream.ts';

/** Resources one session or stream may subscribe to. */
export const MAX_RESOURCES = 1000;

export class Registry {
  private readonly deps: SubscriptionDeps;
  private endpoints: EndpointPort;
  private readonly streams = new Set<Stream>();
  /** Legacy sessions: public URI to the upstream's resource. */
  private readonly bySession = new Map<string, Map<string, Item>>();
  /** How many receivers an upstream's resource has. */
  private readonly wanted = new Map<string, number>();
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

  add(stream: Stream, resources: readonly Item[]): void {
    this.streams.add(stream);
    for (const item of resources) void this.want(item, 1);
    this.tick();
  }

  remove(stream: Stream, resources: readonly Item[]): void {
    if (!this.streams.delete(stream)) return;
    for (const item of resources) void this.want(item, -1);
  }

  async subscribe(session: SessionRef, publicUri: string, item: Item): Promise<boolean> {
    const uris = this.bySession.get(session.key) ?? new Map<string, Item>();
    if (uris.has(publicUri)) return true;
    if (uris.size >= MAX_RESOURCES) return false;
    uris.set(publicUri, item);
    this.bySession.set(session.key, uris);
    await this.want(item, 1);
    return true;
  }

  async unsubscribe(session: SessionRef, publicUri: string): Promise<void> {
    const item = this.bySession.get(session.key)?.get(publicUri);
    if (item === undefined) return;
    this.bySession.get(session.key)?.delete(publicUri);
    await this.want(item, -1);
  }

  sessionEnded(sessionKey: string): void {
    for (const item of this.bySession.get(sessionKey)?.values() ?? []) void this.want(item, -1);
    this.bySession.delete(sessionKey);
    for (const stream of this.streams) {
      if (stream.sessionKey === sessionKey) stream.delivery.finish({ kind: 'ended', result: '' });
    }
  }

  listsChanged(upstream: string, kinds: readonly ListKind[]): void {
    for (const stream of this.streams) {
      if (!this.endpoints.includes(stream.endpoint, upstream)) continue;
      this.tellLists(stream, kinds);
    }
  }

  everythingChanged(): void {
    for (const stream of this.streams) this.tellLists(stream, ['tools', 'prompts', 'resources']);
  }

  resourceUpdated(upstream: string, uri: string): void {
    for (const stream of this.streams) {
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
    for (const stream of this.streams) {
      const isModern = stream.rawSubscriptionId !== '';
      const result = isModern ? '{"resultType":"complete"}' : '';
      stream.delivery.finish({ kind: 'ended', result });
    }
    this.streams.clear();
  }

  private tellLists(stream: Stream, kinds: readonly ListKind[]): void {
    for (const kind of kinds) {
      if (!stream.lists.has(kind)) continue;
      const text = notification(stream, `notifications/${kind}/list_changed`);
      stream.delivery.event({ kind: 'notice', text });
    }
  }

  private async want(item: Item, change: 1 | -1): Promise<void> {
    const { upstream, name } = item.id;
    const key = `${upstream}\n${name}`;
    const before = this.wanted.get(key) ?? 0;
    const after = before + change;
    if (after <= 0) this.wanted.delete(key);
    else this.wanted.set(key, after);
    if (before === 0 && after === 1) await this.deps.subscribeResource(upstream, name);
    if (before === 1 && after === 0) await this.deps.unsubscribeResource(upstream, name);
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
