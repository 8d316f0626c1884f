/** One request, and its whole answer up to a limit. */
import type { Clock } from '../kernel/index.ts';
import type {
  OutboundPool,
  OutboundRequest,
  ResponseControl,
  ResponseHandler,
  ResponseHeaders,
} from './outbound.ts';

export interface AskOptions {
  /** Longest body taken; the connection ends at the byte after it. */
  readonly maxBytes: number;
  /** From now to the last byte, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly clock: Clock;
  /**
   * Looks at what came of a body so far, of a stream that need not end by itself.
   * @returns true where it is enough; the connection ends and the answer counts as whole
   */
  readonly isEnough?: (headers: ResponseHeaders, chunk: Buffer) => boolean;
}

/** Why an answer is not whole; '' where it is. */
export type CutReason = '' | 'bytes' | 'time';

export type Asked =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: ResponseHeaders;
      readonly bytes: Buffer;
      readonly cut: CutReason;
    }
  | {
      readonly kind: 'failure';
      readonly why: 'timeout' | 'cancelled' | 'error';
      readonly error: Error;
      /** Whether a byte of the request may have been written. */
      readonly wasStarted: boolean;
    };

const UNWANTED = new Error('nobody waits for the answer');
const TOO_LATE = new Error('it did not answer in time');

/**
 * Sends one request and gathers its answer. Never rejects. An answer that is too long, or that is
 * not over in time although it began, is handed on as far as it came, and says so.
 */
export function ask(
  pool: OutboundPool,
  request: OutboundRequest,
  options: AskOptions,
): Promise<Asked> {
  return new Promise((resolve) => {
    const { signal } = options;
    if (signal?.aborted === true) {
      resolve({ kind: 'failure', why: 'cancelled', error: UNWANTED, wasStarted: false });
      return;
    }
    const asking = new Asking(options, (asked) => {
      timer.cancel();
      signal?.removeEventListener('abort', cancel);
      resolve(asked);
    });
    const cancel = (): void => asking.stop('cancelled');
    const timer = options.clock.after(options.timeoutMs, () => asking.stop('timeout'));
    signal?.addEventListener('abort', cancel, { once: true });
    pool.send(request, asking);
  });
}

class Asking implements ResponseHandler {
  private readonly options: AskOptions;
  private readonly done: (asked: Asked) => void;
  private control: ResponseControl | undefined;
  private isOver = false;
  private status = 0;
  private headers: ResponseHeaders = {};
  private readonly chunks: Buffer[] = [];
  private length = 0;

  constructor(options: AskOptions, done: (asked: Asked) => void) {
    this.options = options;
    this.done = done;
  }

  stop(why: 'timeout' | 'cancelled'): void {
    if (why === 'timeout' && this.length > 0) this.answer('time');
    else this.fail(why, why === 'timeout' ? TOO_LATE : UNWANTED);
    this.control?.abort(UNWANTED);
  }

  onRequestStart(control: ResponseControl): void {
    if (this.isOver) control.abort(UNWANTED);
    else this.control = control;
  }

  onResponseStart(_control: ResponseControl, status: number, headers: ResponseHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(control: ResponseControl, chunk: Buffer): void {
    if (this.isOver) return;
    const room = this.options.maxBytes - this.length;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.chunks.push(kept);
    this.length += kept.length;
    if (chunk.length > room) this.answer('bytes');
    else if (this.options.isEnough?.(this.headers, chunk) === true) this.answer('');
    if (this.isOver) control.abort(UNWANTED);
  }

  onResponseEnd(): void {
    this.answer('');
  }

  onResponseError(_control: ResponseControl | null, error: Error): void {
    this.fail('error', error);
  }

  private answer(cut: CutReason): void {
    if (this.isOver) return;
    this.isOver = true;
    const { status, headers } = this;
    const [only] = this.chunks;
    const bytes =
      this.chunks.length === 1 && only !== undefined
        ? only
        : Buffer.concat(this.chunks, this.length);
    this.done({ kind: 'answer', status, headers, bytes, cut });
  }

  private fail(why: 'timeout' | 'cancelled' | 'error', error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.done({ kind: 'failure', why, error, wasStarted: this.control !== undefined });
  }
}
