/** What somebody used of something since it was written down last. */
import { estimateTokens } from './amount.ts';
import type { HourOfUse, UsageAmounts, UsageKey } from './ports.ts';

/** What an exchange came to. */
export interface UsedOutcome {
  readonly kind: string;
  readonly isError: boolean;
  readonly resultBytes: number;
}

export interface Price {
  readonly perCall: number;
  readonly perToken: number;
}

export class UsageRow {
  readonly key: UsageKey;
  readonly price: Price;
  hourMs = 0;
  isDirty = false;
  private calls = 0;
  private refusals = 0;
  private errors = 0;
  private resultBytes = 0;
  private tokens = 0;
  private cost = 0;

  constructor(key: UsageKey, price: Price) {
    this.key = key;
    this.price = price;
  }

  count({ kind, isError, resultBytes }: UsedOutcome): void {
    const isRefused = kind === 'refused';
    const tokens = estimateTokens(resultBytes);
    this.calls++;
    if (isRefused) this.refusals++;
    else if (isError && kind === 'answered') this.errors++;
    this.resultBytes += resultBytes;
    this.tokens += tokens;
    if (!isRefused) this.cost += this.price.perCall + tokens * this.price.perToken;
  }

  /** Takes what was counted, to be written; nothing is left. */
  take(): HourOfUse {
    const { calls, refusals, errors, resultBytes, tokens, cost } = this;
    this.calls = this.refusals = this.errors = this.resultBytes = this.tokens = this.cost = 0;
    this.isDirty = false;
    const { hourMs } = this;
    return { ...this.key, hourMs, calls, refusals, errors, resultBytes, tokens, cost };
  }

  /** Puts back what could not be written. */
  putBack(taken: UsageAmounts): void {
    this.calls += taken.calls;
    this.refusals += taken.refusals;
    this.errors += taken.errors;
    this.resultBytes += taken.resultBytes;
    this.tokens += taken.tokens;
    this.cost += taken.cost;
  }
}
