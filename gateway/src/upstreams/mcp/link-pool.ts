/** Sessions and processes by whose they are: opened once, capped, closed when idle. */
import { Refusal, type Clock, type Timer } from '../../kernel/index.ts';
import type { PooledLink } from './link.ts';

export interface LinkPoolValues {
  readonly maxLinks: number;
  /** A link that carried nothing for this long is closed. */
  readonly idleMs: number;
}

/** How often idle links are looked for, as a part of the time they may be idle. */
const SWEEPS_PER_IDLE = 5;

interface Entry {
  link: PooledLink | undefined;
  opening: Promise<PooledLink | Refusal> | undefined;
  lastUsedMs: number;
}

export class LinkPool {
  private readonly entries = new Map<string, Entry>();
  private readonly openLink: (key: string) => Promise<PooledLink | Refusal>;
  private readonly clock: Clock;
  private readonly values: LinkPoolValues;
  private sweep: Timer | undefined;
  private isClosed = false;

  /** @param open opens a link for a key; never rejects */
  constructor(
    open: (key: string) => Promise<PooledLink | Refusal>,
    clock: Clock,
    values: LinkPoolValues,
  ) {
    this.openLink = open;
    this.clock = clock;
    this.values = values;
  }

  /** Links that are open or being opened. */
  get size(): number {
    return this.entries.size;
  }

  /** The open link of this key, or undefined where one has to be opened first. */
  ready(key: string): PooledLink | undefined {
    const entry = this.entries.get(key);
    if (entry?.link === undefined) return undefined;
    entry.lastUsedMs = this.clock.nowMs();
    return entry.link;
  }

  /** The link of this key, opened where there is none; one opening serves all who ask. */
  use(key: string): Promise<PooledLink | Refusal> {
    const link = this.ready(key);
    if (link !== undefined) return Promise.resolve(link);
    const opening = this.entries.get(key)?.opening;
    if (opening !== undefined) return opening;
    if (this.isClosed) return Promise.resolve(new Refusal('draining'));
    if (this.entries.size >= this.values.maxLinks && !this.evict()) {
      return Promise.resolve(
        new Refusal('upstream_busy', {
          text: `All ${this.values.maxLinks} of its sessions are in use.`,
        }),
      );
    }
    const entry: Entry = { link: undefined, opening: undefined, lastUsedMs: this.clock.nowMs() };
    this.entries.set(key, entry);
    entry.opening = this.open(key, entry);
    this.arm();
    return entry.opening;
  }

  /** A link is gone by itself; the next use opens another. */
  drop(link: PooledLink): void {
    if (this.entries.get(link.key)?.link === link) this.entries.delete(link.key);
  }

  /** Closes all; what is being opened is closed as soon as it is open. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.sweep?.cancel();
    await this.closeAll();
  }

  /** Closes all that are open; later uses open new ones. */
  async closeAll(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.all(
      entries.map(async (entry) => {
        const link = entry.link ?? (await entry.opening);
        if (link !== undefined && !(link instanceof Refusal)) await link.close();
      }),
    );
  }

  private async open(key: string, entry: Entry): Promise<PooledLink | Refusal> {
    const link = await this.openLink(key);
    entry.opening = undefined;
    const isWanted = this.entries.get(key) === entry;
    if (link instanceof Refusal) {
      if (isWanted) this.entries.delete(key);
      return link;
    }
    if (isWanted) entry.link = link;
    return link;
  }

  /** Makes room by closing the link that was idle longest. */
  private evict(): boolean {
    let oldest: Entry | undefined;
    for (const entry of this.entries.values()) {
      if (isIdle(entry) && entry.lastUsedMs < (oldest?.lastUsedMs ?? Infinity)) oldest = entry;
    }
    if (oldest?.link === undefined) return false;
    this.retire(oldest.link);
    return true;
  }

  private retire(link: PooledLink): void {
    this.entries.delete(link.key);
    void link.close();
  }

  private arm(): void {
    if (this.sweep !== undefined || this.isClosed) return;
    this.sweep = this.clock.after(this.values.idleMs / SWEEPS_PER_IDLE, () => {
      this.sweep = undefined;
      const nowMs = this.clock.nowMs();
      for (const entry of this.entries.values()) {
        if (!isIdle(entry)) entry.lastUsedMs = nowMs;
        else if (entry.link !== undefined && entry.lastUsedMs + this.values.idleMs <= nowMs) {
          this.retire(entry.link);
        }
      }
      if (this.entries.size > 0) this.arm();
    });
  }
}

function isIdle({ link }: Entry): boolean {
  return link !== undefined && link.inFlight === 0 && !link.isWatching;
}
