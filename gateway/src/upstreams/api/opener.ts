/** Opens an API once, and again after a failure, but not before some time has passed. */
import { Refusal, type Clock } from '../../kernel/index.ts';
import type { Api } from './model.ts';

/**
 * Reads what describes the API. May reject; that is a failure like any other.
 * `renew` puts another in the place of the one that was returned, which is not closed by it.
 */
export type OpenApi = (signal: AbortSignal, renew: (api: Api) => void) => Promise<Api | Refusal>;

const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;

export class Opener {
  /** The API as it stands open; undefined before, and after `close`. */
  current: Api | undefined;
  private readonly open: OpenApi;
  private readonly clock: Clock;
  private readonly onBug: (error: unknown) => void;
  private readonly onRenewed: () => void;
  private readonly closing = new AbortController();
  private opening: Promise<Api | Refusal> | undefined;
  private failed: { readonly refusal: Refusal; readonly untilMs: number } | undefined;
  private waitMs = FIRST_WAIT_MS;

  constructor(
    open: OpenApi,
    clock: Clock,
    onBug: (error: unknown) => void,
    onRenewed: () => void = () => undefined,
  ) {
    this.open = open;
    this.clock = clock;
    this.onBug = onBug;
    this.onRenewed = onRenewed;
  }

  /** Never rejects. All who ask while it is opened wait for the same attempt. */
  ready(): Promise<Api | Refusal> {
    if (this.current !== undefined) return Promise.resolve(this.current);
    if (this.closing.signal.aborted) return Promise.resolve(new Refusal('draining'));
    if (this.failed !== undefined && this.failed.untilMs > this.clock.nowMs()) {
      return Promise.resolve(this.failed.refusal);
    }
    this.opening ??= this.attempt().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  async close(): Promise<void> {
    this.closing.abort();
    const { current } = this;
    this.current = undefined;
    await this.opening;
    await current?.close();
  }

  private async attempt(): Promise<Api | Refusal> {
    const opened = await this.tryOpen();
    if (opened instanceof Refusal) {
      this.failed = { refusal: opened, untilMs: this.clock.nowMs() + this.waitMs };
      this.waitMs = Math.min(this.waitMs * 2, MAX_WAIT_MS);
      return opened;
    }
    if (this.closing.signal.aborted) {
      await opened.close();
      return new Refusal('draining');
    }
    this.failed = undefined;
    this.waitMs = FIRST_WAIT_MS;
    this.current = opened;
    return opened;
  }

  private async tryOpen(): Promise<Api | Refusal> {
    try {
      return await this.open(this.closing.signal, (api) => this.renew(api));
    } catch (error) {
      this.onBug(error);
      return new Refusal('internal');
    }
  }

  private renew(api: Api): void {
    if (this.current === undefined) return;
    this.current = api;
    this.onRenewed();
  }
}
