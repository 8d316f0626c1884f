/** Feeds that are opened when somebody wants to hear of them, and closed when nobody does. */
import {
  Refusal,
  type Clock,
  type JsonObject,
  type Principal,
  type Timer,
} from '../../kernel/index.ts';
import { WatchedResources, type Watch } from '../watched-resources.ts';
import type { FeedHead, FeedLimits, FeedSource, Feeds } from './contract.ts';
import { Feed } from './feed.ts';
import { feedContents } from './resource.ts';
import { isFeedUri, readFeedUri } from './uris.ts';

export interface FeedSetSettings {
  readonly upstream: string;
  readonly source: FeedSource;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  /** What one principal opened never serves another. */
  readonly isPerPrincipal: boolean;
  /** @param principal whose alone the feed is */
  readonly onUpdate: (uri: string, principal: Principal | undefined) => void;
}

/** A feed that is open, and for whom. */
interface Opened {
  readonly uri: string;
  readonly feed: Feed;
  /** Undefined where it serves all. */
  readonly owner: Principal | undefined;
  /** The id of who made it be opened; they count for the share of each. */
  readonly openedBy: string;
  readonly watching: Set<Principal>;
  close: () => void;
  openedMs: number;
  idle: Timer | undefined;
}

/** A feed that has ended is opened again for who reads or subscribes, but not sooner. */
const REOPEN_MS = 10_000;

export function createFeedSet(settings: FeedSetSettings): Feeds {
  return new FeedSet(settings);
}

class FeedSet implements Feeds {
  private readonly settings: FeedSetSettings;
  private readonly opened = new Map<string, Map<Principal | undefined, Opened>>();
  private readonly wishes = new WatchedResources();
  private count = 0;

  constructor(settings: FeedSetSettings) {
    this.settings = settings;
  }

  get size(): number {
    return this.count;
  }

  heads(): readonly FeedHead[] {
    return this.settings.source.heads();
  }

  owns(uri: string): boolean {
    return isFeedUri(this.settings.upstream, uri);
  }

  read(uri: string, principal: Principal): JsonObject | Refusal {
    const one = this.ensure(uri, principal);
    if (one instanceof Refusal) return one;
    this.rest(one);
    return feedContents(uri, one.feed.content);
  }

  watch(uri: string, principal: Principal): Refusal | undefined {
    const one = this.ensure(uri, principal);
    if (one instanceof Refusal) return one;
    this.wishes.add(uri, principal);
    one.watching.add(principal);
    one.idle?.cancel();
    one.idle = undefined;
    return undefined;
  }

  unwatch(uri: string, principal: Principal): void {
    this.wishes.remove(uri, principal);
    const one = this.opened.get(uri)?.get(this.ownerFor(principal));
    if (one?.watching.delete(principal) === true) this.rest(one);
  }

  watched(): readonly Watch[] {
    return this.wishes.all();
  }

  close(): void {
    for (const one of this.all()) this.drop(one);
  }

  private ownerFor(principal: Principal): Principal | undefined {
    return this.settings.isPerPrincipal ? principal : undefined;
  }

  private all(): Opened[] {
    return [...this.opened.values()].flatMap((byOwner) => [...byOwner.values()]);
  }

  private ensure(uri: string, principal: Principal): Opened | Refusal {
    const owner = this.ownerFor(principal);
    const known = this.opened.get(uri)?.get(owner);
    if (known === undefined) return this.open(uri, owner, principal);
    const isOver = known.feed.state === 'ended';
    if (isOver && this.settings.clock.nowMs() - known.openedMs >= REOPEN_MS) this.reopen(known);
    return known;
  }

  private open(uri: string, owner: Principal | undefined, principal: Principal): Opened | Refusal {
    const { upstream, source, limits, clock, onUpdate } = this.settings;
    const address = readFeedUri(upstream, uri);
    if (address === undefined) return new Refusal('resource_unknown', { data: { uri } });
    const full = this.makeRoom(principal);
    if (full !== undefined) return full;
    const feed = new Feed(address.name, limits, clock, () => onUpdate(uri, owner));
    const close = source.open(uri, owner, feed);
    if (close instanceof Refusal) return close;
    const one: Opened = {
      uri,
      feed,
      owner,
      openedBy: principal.id,
      watching: new Set(),
      close,
      openedMs: clock.nowMs(),
      idle: undefined,
    };
    const byOwner = this.opened.get(uri) ?? new Map<Principal | undefined, Opened>();
    this.opened.set(uri, byOwner.set(owner, one));
    this.count++;
    return one;
  }

  private reopen(one: Opened): void {
    const { source, clock } = this.settings;
    one.close();
    one.openedMs = clock.nowMs();
    one.feed.become('opening', '');
    const close = source.open(one.uri, one.owner, one.feed);
    if (close instanceof Refusal) one.feed.become('ended', close.text);
    one.close = close instanceof Refusal ? () => undefined : close;
  }

  /** One that nobody listens to makes room for another. */
  private makeRoom(principal: Principal): Refusal | undefined {
    const { maxOpen, maxOpenOfOne } = this.settings.limits;
    const all = this.all();
    const own = all.filter(({ openedBy }) => openedBy === principal.id);
    const isOver = all.length >= maxOpen;
    if (!isOver && own.length < maxOpenOfOne) return undefined;
    const unheard = (isOver ? all : own).find(({ watching }) => watching.size === 0);
    if (unheard === undefined) {
      const text = isOver
        ? `${maxOpen} feeds are open already; unsubscribe from one.`
        : `You opened ${maxOpenOfOne} feeds already; unsubscribe from one.`;
      return new Refusal('upstream_busy', { text });
    }
    this.drop(unheard);
    return this.makeRoom(principal);
  }

  /** Begins the time after which nobody cares for it. */
  private rest(one: Opened): void {
    if (one.watching.size > 0) return;
    one.idle?.cancel();
    one.idle = this.settings.clock.after(this.settings.limits.idleMs, () => this.drop(one));
  }

  private drop(one: Opened): void {
    const byOwner = this.opened.get(one.uri);
    if (byOwner?.get(one.owner) !== one) return;
    byOwner.delete(one.owner);
    if (byOwner.size === 0) this.opened.delete(one.uri);
    this.count--;
    one.idle?.cancel();
    one.feed.stop();
    one.close();
  }
}
