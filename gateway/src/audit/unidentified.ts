/** Refusals before anybody was identified: counted, and written down once a minute in one line. */
import type { Clock, Timer } from '../kernel/index.ts';
import { quoteForeign } from './quote.ts';

export interface RefusalCount {
  readonly address: string;
  readonly reason: string;
  count: number;
}

const MINUTE_MS = 60_000;
/** Addresses and reasons that are told apart within a minute. */
const MAX_SOURCES = 250;
/** Stands for the addresses beyond the bound. */
const OTHER_ADDRESSES = 'other';

export class UnidentifiedRefusals {
  /** Since the start. */
  total = 0;
  private readonly clock: Clock;
  private readonly write: (counts: readonly RefusalCount[], seconds: number) => void;
  private counts = new Map<string, RefusalCount>();
  private timer: Timer | undefined = undefined;
  private beganMs = 0;

  /** @param write takes what was counted within so many seconds */
  constructor(clock: Clock, write: (counts: readonly RefusalCount[], seconds: number) => void) {
    this.clock = clock;
    this.write = write;
  }

  count(address: string, reason: string): void {
    this.total++;
    if (this.timer === undefined) {
      this.beganMs = this.clock.nowMs();
      this.timer = this.clock.after(MINUTE_MS, () => this.flush());
    }
    const count = this.countOf(address, reason);
    count.count++;
  }

  /** Writes what was counted since the last line; nothing where there is nothing. */
  flush(): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.counts.size === 0) return;
    const counts = [...this.counts.values()];
    this.counts = new Map();
    this.write(counts, Math.ceil(Math.max(0, this.clock.nowMs() - this.beganMs) / 1000));
  }

  private countOf(address: string, reason: string): RefusalCount {
    const known = this.counts.get(`${reason} ${address}`);
    if (known !== undefined) return known;
    const isFull = this.counts.size >= MAX_SOURCES && address !== OTHER_ADDRESSES;
    if (isFull) return this.countOf(OTHER_ADDRESSES, reason);
    const count = { address, reason, count: 0 };
    this.counts.set(`${reason} ${address}`, count);
    return count;
  }
}

/** The line, its line end included. */
export function refusalsLine(
  counts: readonly RefusalCount[],
  seconds: number,
  time: string,
): string {
  const sources = counts.map(
    ({ address, reason, count }) =>
      `{"address":${quoteForeign(address)},"reason":${quoteForeign(reason)},"count":${count}}`,
  );
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  return (
    `{"time":"${time}","kind":"unidentified","outcome":"refused","seconds":${seconds}` +
    `,"count":${total},"sources":[${sources.join(',')}]}\n`
  );
}
