/** One upstream's place in the catalog: its last good list, and how things stand with it. */
import { Refusal, type Clock, type Timer, type Listing } from '../../kernel/index.ts';
import { changesOf, isUsableUri, readItems, type UpstreamItems } from '../items/items.ts';
import type { FetchItems } from './listing.ts';
import { RefreshLoop, type RefreshTimings } from './refresh-loop.ts';
import type { UpstreamPart } from './snapshot.ts';

/** Which lists of an upstream changed. */
export interface CatalogChange {
  readonly upstream: string;
  readonly tools: boolean;
  readonly prompts: boolean;
  /** Resources or templates. */
  readonly resources: boolean;
}

export interface UpstreamListDeps {
  readonly fetchItems: FetchItems;
  readonly owners: UriOwners;
  readonly clock: Clock;
  readonly timings: RefreshTimings;
  readonly onBug: (error: unknown) => void;
  /** The part has changed; `change` is undefined where only its state has. */
  readonly onPart: (change: (CatalogChange & { readonly head: boolean }) | undefined) => void;
}

/** Who owns a URI, for good. */
export interface UriOwners {
  /**
   * Makes `upstream` the owner of those URIs that have none.
   * @returns the owner of each; a URI is missing where none could be given
   */
  claim(uris: readonly string[], upstream: string): Promise<ReadonlyMap<string, string>>;
}

export class UpstreamList {
  readonly id: string;
  /** Settles once there is an answer of any kind, or the first deadline is over. */
  readonly settled: Promise<void>;
  part: UpstreamPart;
  private readonly deps: UpstreamListDeps;
  private readonly loop: RefreshLoop;
  private settle: () => void = () => undefined;
  private firstDeadline: Timer | undefined;

  constructor(id: string, timeoutMs: number, deps: UpstreamListDeps) {
    this.id = id;
    this.deps = deps;
    const { clock, timings } = deps;
    this.part = {
      id,
      state: 'waiting',
      sinceMs: clock.nowMs(),
      lastGoodMs: 0,
      why: 'It has not answered yet.',
      items: undefined,
    };
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.loop = new RefreshLoop(
      {
        fetch: (signal) => deps.fetchItems(id, signal),
        accept: (outcome) => this.accept(outcome),
        onBug: deps.onBug,
      },
      clock,
      timings,
      timeoutMs,
    );
  }

  start(): void {
    this.firstDeadline = this.deps.clock.after(this.deps.timings.firstListMs, () => {
      if (this.part.state === 'waiting') this.fail('It has not answered yet.');
      this.settle();
    });
    void this.loop.renew();
  }

  useTimeout(timeoutMs: number): void {
    this.loop.timeoutMs = timeoutMs;
  }

  refresh(): void {
    this.loop.request();
  }

  /** Reads the list at once and resolves when that is done, well or not. */
  async refreshed(): Promise<void> {
    await this.loop.renew();
  }

  stop(): void {
    this.firstDeadline?.cancel();
    this.loop.stop();
    this.settle();
  }

  private async accept(outcome: Listing | Refusal): Promise<Refusal | undefined> {
    try {
      if (outcome instanceof Refusal) {
        this.fail(outcome.text);
        return outcome;
      }
      const uris = [...outcome.resources, ...outcome.templates].map((item) => item.name);
      const owners = await this.deps.owners.claim(uris.filter(isUsableUri), this.id);
      this.succeed(readItems(this.id, outcome, owners, this.part.items));
      return undefined;
    } finally {
      this.firstDeadline?.cancel();
      this.settle();
    }
  }

  private fail(why: string): void {
    const { part } = this;
    const state = part.items === undefined ? 'missing' : 'stale';
    const sinceMs = part.state === state ? part.sinceMs : this.sinceOf(part);
    this.part = { ...part, state, sinceMs, why };
    this.deps.onPart(undefined);
  }

  /** What never answered is missing from the moment it was first asked. */
  private sinceOf(part: UpstreamPart): number {
    return part.state === 'waiting' ? part.sinceMs : this.deps.clock.nowMs();
  }

  private succeed(read: UpstreamItems): void {
    const changes = changesOf(this.part.items, read);
    const { tools, prompts, templates, head } = changes;
    const resources = changes.resources || templates;
    const isChanged = tools || prompts || resources || head;
    const nowMs = this.deps.clock.nowMs();
    this.part = {
      id: this.id,
      state: 'fresh',
      sinceMs: this.part.state === 'fresh' ? this.part.sinceMs : nowMs,
      lastGoodMs: nowMs,
      why: '',
      items: isChanged ? read : (this.part.items ?? read),
    };
    const change = { upstream: this.id, tools, prompts, resources, head };
    this.deps.onPart(isChanged ? change : undefined);
  }
}
