/** All items of all upstreams, kept fresh in the background; nobody waits for it but the first. */
import type { Clock } from '../kernel/index.ts';
import type { FetchItems } from './lists/listing.ts';
import { DEFAULT_TIMINGS, type RefreshTimings } from './lists/refresh-loop.ts';
import type { Snapshot } from './lists/snapshot.ts';
import { UpstreamList, type CatalogChange, type UriOwners } from './lists/upstream-list.ts';

export interface CatalogDeps {
  readonly fetchItems: FetchItems;
  readonly owners: UriOwners;
  readonly clock: Clock;
  /** Told what should never happen; it is kept from harming anything else. */
  readonly onBug: (error: unknown) => void;
  readonly timings?: Partial<RefreshTimings>;
}

/** An upstream as the catalog has to know it. */
export interface CatalogUpstream {
  readonly id: string;
  /** How long reading all its lists may take, milliseconds. */
  readonly timeoutMs: number;
}

export class Catalog {
  private readonly deps: CatalogDeps;
  private readonly timings: RefreshTimings;
  private lists: readonly UpstreamList[] = [];
  private readonly listeners = new Set<(change: CatalogChange) => void>();
  private current: Snapshot = { epoch: 0, parts: [] };

  constructor(deps: CatalogDeps) {
    this.deps = deps;
    this.timings = { ...DEFAULT_TIMINGS, ...deps.timings };
  }

  /**
   * Says which upstreams there are, in the order in which lists show them. New ones are asked at
   * once, all at the same time; what is no longer named is forgotten.
   */
  configure(upstreams: readonly CatalogUpstream[]): void {
    const before = new Map(this.lists.map((list) => [list.id, list]));
    const added: UpstreamList[] = [];
    this.lists = upstreams.map(({ id, timeoutMs }) => {
      const known = before.get(id);
      before.delete(id);
      if (known !== undefined) {
        known.useTimeout(timeoutMs);
        return known;
      }
      const list = this.newList(id, timeoutMs);
      added.push(list);
      return list;
    });
    for (const gone of before.values()) gone.stop();
    this.publish(true);
    for (const gone of before.values()) this.announceGone(gone);
    for (const list of added) list.start();
  }

  snapshot(): Snapshot {
    return this.current;
  }

  /** Asks for an upstream's list to be read again soon, as after `list_changed` or a new start. */
  refresh(upstream: string): void {
    this.lists.find((list) => list.id === upstream)?.refresh();
  }

  /** Reads an upstream's list at once and resolves when that is done, well or not. */
  async refreshed(upstream: string): Promise<void> {
    await this.lists.find((list) => list.id === upstream)?.refreshed();
  }

  /**
   * Calls `listener` whenever what an upstream offers has really changed.
   * @returns takes the listener away
   */
  onChange(listener: (change: CatalogChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Settles when each of these upstreams has answered or its first deadline is over. */
  async settled(upstreams: readonly string[]): Promise<void> {
    const wanted = new Set(upstreams);
    const lists = this.lists.filter((list) => wanted.has(list.id));
    await Promise.all(lists.map((list) => list.settled));
  }

  close(): void {
    for (const list of this.lists) list.stop();
    this.listeners.clear();
  }

  private newList(id: string, timeoutMs: number): UpstreamList {
    const list: UpstreamList = new UpstreamList(id, timeoutMs, {
      ...this.deps,
      timings: this.timings,
      onPart: (change) => {
        if (!this.lists.includes(list)) return;
        this.publish(change !== undefined);
        if (change !== undefined) this.announce(change);
      },
    });
    return list;
  }

  private publish(isChanged: boolean): void {
    const epoch = this.current.epoch + (isChanged ? 1 : 0);
    this.current = { epoch, parts: this.lists.map((list) => list.part) };
  }

  private announceGone({ id, part: { items } }: UpstreamList): void {
    if (items === undefined) return;
    this.announce({
      upstream: id,
      tools: items.tools.items.length > 0,
      prompts: items.prompts.items.length > 0,
      resources: items.resources.items.length + items.templates.items.length > 0,
    });
  }

  private announce({ upstream, tools, prompts, resources }: CatalogChange): void {
    if (!tools && !prompts && !resources) return;
    for (const listener of this.listeners) {
      try {
        listener({ upstream, tools, prompts, resources });
      } catch (error) {
        this.deps.onBug(error);
      }
    }
  }
}
