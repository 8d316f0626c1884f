/** Which era an upstream speaks: as configured, or as it was found to, with a date. */
import {
  LATEST_LEGACY,
  LATEST_MODERN,
  Refusal,
  eraOf,
  type Clock,
  type Era,
  type Timer,
} from '../../kernel/index.ts';
import type { EraSetting } from './schema.ts';

export interface Verdict {
  readonly era: Era;
  /** The revision to speak (modern) or to ask for first (legacy). */
  readonly revision: string;
  /** When it was found out, milliseconds since 1970; undefined where it is configured. */
  readonly checkedAtMs: number | undefined;
}

/** What a look at the upstream says; a refusal is no evidence either way. Never rejects. */
export type Probe = (signal: AbortSignal) => Promise<Era | Refusal>;

export interface EraKeeperDeps {
  readonly setting: EraSetting;
  readonly probe: Probe;
  readonly clock: Clock;
  /** The upstream speaks another era than before. */
  readonly onChange: () => void;
}

/** A verdict is looked at again this often: an upgraded server still answers `initialize`. */
const RECHECK_MS = 60 * 60 * 1000;
/** However often the verdict is doubted, it is not looked at again before this time. */
const LEAST_BETWEEN_MS = 60_000;

export class EraKeeper {
  private readonly deps: EraKeeperDeps;
  private verdict: Verdict | undefined;
  private running: Promise<Verdict | Refusal> | undefined;
  private timer: Timer | undefined;
  private lookedAtMs = -Infinity;
  private readonly stopper = new AbortController();

  constructor(deps: EraKeeperDeps) {
    this.deps = deps;
    const { setting } = deps;
    if (setting === 'auto') return;
    const era = eraOf(setting) ?? 'legacy';
    this.verdict = { era, revision: setting, checkedAtMs: undefined };
  }

  get known(): Verdict | undefined {
    return this.verdict;
  }

  /** The verdict, found out first where there is none; one look serves all who ask. */
  settle(): Promise<Verdict | Refusal> {
    return this.verdict === undefined ? this.look() : Promise.resolve(this.verdict);
  }

  /** The upstream did something that does not fit the verdict: looks again in the background. */
  doubt(): void {
    if (this.verdict?.checkedAtMs === undefined || this.running !== undefined) return;
    if (this.deps.clock.nowMs() - this.lookedAtMs >= LEAST_BETWEEN_MS) void this.look();
  }

  /**
   * The upstream certainly does not speak as it was found to: looks again and waits for it.
   * @returns undefined where it was looked at only just now, or its era is configured
   */
  lookAgain(): Promise<Verdict | Refusal> | undefined {
    if (this.verdict?.checkedAtMs === undefined) return undefined;
    if (this.running !== undefined) return this.running;
    const sinceMs = this.deps.clock.nowMs() - this.lookedAtMs;
    return sinceMs >= LEAST_BETWEEN_MS ? this.look() : undefined;
  }

  close(): void {
    this.timer?.cancel();
    this.stopper.abort(new Error('closed'));
  }

  private look(): Promise<Verdict | Refusal> {
    this.running ??= this.run();
    return this.running;
  }

  private async run(): Promise<Verdict | Refusal> {
    this.lookedAtMs = this.deps.clock.nowMs();
    const found = await this.deps.probe(this.stopper.signal);
    this.running = undefined;
    if (this.stopper.signal.aborted) return new Refusal('draining');
    this.timer?.cancel();
    this.timer = this.deps.clock.after(RECHECK_MS, () => void this.look());
    if (found instanceof Refusal) return found;
    const before = this.verdict;
    const revision = found === 'modern' ? LATEST_MODERN : LATEST_LEGACY;
    this.verdict = { era: found, revision, checkedAtMs: this.deps.clock.nowMs() };
    if (before !== undefined && before.era !== found) this.deps.onChange();
    return this.verdict;
  }
}
