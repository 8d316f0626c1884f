/** Counts who uses what, in memory, and writes it down by the hour in batches. */
import {
  compilePattern,
  itemIdText,
  type Clock,
  type Exchange,
  type Item,
  type Principal,
  type Timer,
} from '../kernel/index.ts';
import type { UsageStore } from './ports.ts';
import type { UsageConfig } from './usage-schema.ts';
import { UsageRow, type Price, type UsedOutcome } from './usage-row.ts';

export interface UsageDeps {
  readonly store: UsageStore;
  readonly clock: Clock;
  /** It cannot be written down; told once until it can be again. What was counted is kept. */
  readonly onFailure: (error: unknown) => void;
}

/** A crash loses what was counted within this time at most. */
const WRITE_EVERY_MS = 5000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Kinds of use within an hour that are told apart; the others are counted together. */
const MAX_ROWS_PER_HOUR = 10_000;
const MAX_ROWS = 1_000_000;
const OTHERS = '(others)';
const FREE: Price = { perCall: 0, perToken: 0 };

interface Reach {
  readonly byItem: WeakMap<Item, UsageRow>;
  readonly byThing: Map<string, UsageRow>;
}

interface Pricing {
  readonly price: Price;
  matches(item: Item): boolean;
}

export class Usage {
  private readonly deps: UsageDeps;
  private readonly maxRowsPerHour: number;
  private keepMs = 90 * DAY_MS;
  private prices: readonly Pricing[] = [];
  private reaches = new WeakMap<Principal, Map<string, Reach>>();
  private readonly rows = new Map<string, UsageRow>();
  private readonly others = new UsageRow(ALL_OTHERS, FREE);
  private dirty: UsageRow[] = [];
  private timer: Timer | undefined = undefined;
  private writing: Promise<void> | undefined = undefined;
  private hourMs = 0;
  private cleanedMs = 0;
  private isFailing = false;

  constructor(deps: UsageDeps, maxRowsPerHour = MAX_ROWS_PER_HOUR) {
    this.deps = deps;
    this.maxRowsPerHour = maxRowsPerHour;
  }

  configure({ keepDays, prices }: UsageConfig): void {
    this.keepMs = keepDays * DAY_MS;
    this.prices = prices.map(({ items, perCall = 0, perMillionTokens = 0 }) => {
      const patterns = items.map(compilePattern).filter((each) => typeof each !== 'string');
      return {
        price: { perCall, perToken: perMillionTokens / 1e6 },
        matches: (item) => patterns.some((pattern) => pattern.matches(item.id)),
      };
    });
    this.forgetRows();
  }

  /** Counts an exchange that has ended; those of sessions and streams, and of nobody, do not count. */
  record(x: Exchange, outcome: UsedOutcome): void {
    const { principal, target } = x;
    if (principal === undefined) return;
    if (target?.kind === 'session' || target?.kind === 'subscription') return;
    const nowMs = this.deps.clock.nowMs();
    if (nowMs - this.hourMs >= HOUR_MS || nowMs < this.hourMs) {
      this.hourMs = nowMs - (nowMs % HOUR_MS);
      this.forgetRows();
    }
    const reach = this.reachOf(principal, x.endpoint);
    const row =
      target?.kind === 'item'
        ? (reach.byItem.get(target.item) ??
          this.rowOfItem(reach, principal, x.endpoint, target.item))
        : this.rowOfThing(reach, principal, x);
    row.count(outcome);
    if (!row.isDirty) this.note(row);
  }

  /** Writes down what was counted so far. */
  async flush(): Promise<void> {
    await this.writing;
    this.writing = this.write().finally(() => {
      this.writing = undefined;
    });
    await this.writing;
  }

  /** Writes for the last time. */
  async close(): Promise<void> {
    this.timer?.cancel();
    await this.flush();
    this.timer?.cancel();
  }

  private note(row: UsageRow): void {
    row.isDirty = true;
    row.hourMs = this.hourMs;
    this.dirty.push(row);
    this.timer ??= this.deps.clock.after(WRITE_EVERY_MS, () => {
      this.timer = undefined;
      void this.flush();
    });
  }

  private async write(): Promise<void> {
    const { store, clock, onFailure } = this.deps;
    const rows = this.dirty;
    this.dirty = [];
    const taken = rows.map((row) => row.take());
    let isWritten = false;
    try {
      if (taken.length > 0) await store.add(taken);
      isWritten = true;
      this.isFailing = false;
      if (clock.nowMs() - this.cleanedMs < HOUR_MS) return;
      this.cleanedMs = clock.nowMs();
      await store.forget(this.cleanedMs - this.keepMs, MAX_ROWS);
    } catch (error) {
      if (!this.isFailing) onFailure(error);
      this.isFailing = true;
      if (!isWritten) this.putBack(rows, taken);
    }
  }

  private putBack(rows: readonly UsageRow[], taken: ReturnType<UsageRow['take']>[]): void {
    for (const [index, row] of rows.entries()) {
      const amounts = taken[index];
      if (amounts === undefined) continue;
      row.putBack(amounts);
      if (!row.isDirty) this.note(row);
    }
  }

  private forgetRows(): void {
    this.rows.clear();
    this.reaches = new WeakMap();
  }

  private reachOf(principal: Principal, endpoint: string): Reach {
    let byEndpoint = this.reaches.get(principal);
    if (byEndpoint === undefined) {
      byEndpoint = new Map();
      this.reaches.set(principal, byEndpoint);
    }
    let reach = byEndpoint.get(endpoint);
    if (reach === undefined) {
      reach = { byItem: new WeakMap(), byThing: new Map() };
      byEndpoint.set(endpoint, reach);
    }
    return reach;
  }

  private rowOfItem(reach: Reach, principal: Principal, endpoint: string, item: Item): UsageRow {
    const price = this.prices.find((each) => each.matches(item))?.price ?? FREE;
    const row = this.rowOf(principal, endpoint, itemIdText(item.id), price);
    reach.byItem.set(item, row);
    return row;
  }

  private rowOfThing(reach: Reach, principal: Principal, x: Exchange): UsageRow {
    const thing = thingOf(x);
    let row = reach.byThing.get(thing);
    if (row === undefined) {
      row = this.rowOf(principal, x.endpoint, thing, FREE);
      reach.byThing.set(thing, row);
    }
    return row;
  }

  private rowOf(principal: Principal, endpoint: string, item: string, price: Price): UsageRow {
    const { id, user, team, agent } = principal;
    const text = JSON.stringify([id, user, team, agent, item, endpoint]);
    const known = this.rows.get(text);
    if (known !== undefined) return known;
    if (this.rows.size >= this.maxRowsPerHour) return this.others;
    const row = new UsageRow({ principal: id, user, team, agent, item, endpoint }, price);
    this.rows.set(text, row);
    return row;
  }
}

const ALL_OTHERS = {
  principal: OTHERS,
  user: OTHERS,
  team: OTHERS,
  agent: OTHERS,
  item: OTHERS,
  endpoint: OTHERS,
};

/**
 * Lists by their method, methods of vendors by their upstream, what is hidden by what it is; '' where
 * nothing was found.
 */
function thingOf({ target, call, decision }: Exchange): string {
  const hidden = decision?.hidden;
  if (hidden !== undefined) return itemIdText(hidden);
  if (target?.kind === 'passthrough') return `upstream ${target.upstream}`;
  if (target?.kind === 'view') return target.tool ?? call?.row?.method ?? '';
  return '';
}
