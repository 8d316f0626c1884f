import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/index.ts';
import type { Lease } from './lease.ts';
import { encodeMessage, type PeerHead, type SaidHead } from './peer-message.ts';
import type { AskEnd, AskOptions, AskRefusal } from './port.ts';

export interface AskingDeps {
  readonly ownerId: string;
  readonly clock: Clock;
  readonly lease: Pick<Lease, 'watch'>;
  /** Says something to a process; what does not arrive is said again later. */
  readonly tell: (ownerId: string, message: string) => void;
  readonly isConnected: () => boolean;
  readonly onBug: (error: unknown) => void;
}

interface OpenAsk {
  readonly ownerId: string;
  /** What is said until that process says that it has begun. */
  readonly message: string;
  hasBegun: boolean;
  /** Number of the last message heard; those after the next one come again. */
  heard: number;
  readonly onEvent: ((text: string) => void) | undefined;
  readonly finish: (end: AskEnd) => void;
}

/** Beats over which a process is told to stop, in case it does not hear it the first time. */
const STOP_BEATS = 6;
const REFUSALS: readonly AskRefusal[] = ['unknown_kind', 'busy', 'too_large', 'failed'];

/** The asks of this process at others. */
export class Asking {
  private readonly deps: AskingDeps;
  private readonly open = new Map<string, OpenAsk>();
  private readonly stopping = new Map<string, { readonly ownerId: string; beats: number }>();

  constructor(deps: AskingDeps) {
    this.deps = deps;
  }

  ask(ownerId: string, kind: string, text: string, options: AskOptions): Promise<AskEnd> {
    const { signal, timeoutMs, onEvent } = options;
    if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
    if (!this.deps.isConnected()) return Promise.resolve({ kind: 'unavailable' });
    const id = randomBytes(16).toString('base64url');
    const { promise, resolve } = Promise.withResolvers<AskEnd>();
    const stop = (end: AskEnd): void => {
      this.stop(id, ownerId);
      finish(end);
    };
    const cancel = (): void => stop({ kind: 'cancelled' });
    const timer = this.deps.clock.after(timeoutMs, () => stop({ kind: 'timeout' }));
    const finish = (end: AskEnd): void => {
      if (!this.open.delete(id)) return;
      timer.cancel();
      unwatch();
      signal.removeEventListener('abort', cancel);
      resolve(end);
    };
    const head: PeerHead = { is: 'ask', id, from: this.deps.ownerId, kind };
    const message = encodeMessage(head, text);
    this.open.set(id, { ownerId, message, hasBegun: false, heard: 0, onEvent, finish });
    signal.addEventListener('abort', cancel);
    const unwatch = this.deps.lease.watch(ownerId, (loss) =>
      finish({ kind: loss === 'gone' ? 'gone' : 'unavailable' }),
    );
    this.deps.tell(ownerId, message);
    return promise;
  }

  /** That process has begun. */
  begun(id: string): void {
    const one = this.open.get(id);
    if (one !== undefined) one.hasBegun = true;
  }

  /** That process said the next of its answer, or something again that was heard before. */
  said({ is, id, from, seq }: SaidHead, text: string): void {
    const one = this.open.get(id);
    if (one === undefined) {
      this.deps.tell(from, encodeMessage({ is: 'stop', id }));
      return;
    }
    one.hasBegun = true;
    if (seq === one.heard + 1 || is === 'fail') {
      one.heard = seq;
      this.take(one, is, text);
    }
    this.deps.tell(one.ownerId, encodeMessage({ is: 'heard', id, seq: one.heard }));
  }

  /** Says again what may not have arrived. */
  beat(): void {
    for (const one of this.open.values()) {
      if (!one.hasBegun) this.deps.tell(one.ownerId, one.message);
    }
    for (const [id, stopping] of this.stopping) {
      this.deps.tell(stopping.ownerId, encodeMessage({ is: 'stop', id }));
      if (--stopping.beats <= 0) this.stopping.delete(id);
    }
  }

  /** Nothing is asked any more. */
  close(): void {
    for (const [id, one] of this.open) {
      this.deps.tell(one.ownerId, encodeMessage({ is: 'stop', id }));
      one.finish({ kind: 'cancelled' });
    }
    this.stopping.clear();
  }

  private take(one: OpenAsk, is: SaidHead['is'], text: string): void {
    if (is === 'event') {
      try {
        one.onEvent?.(text);
      } catch (error) {
        this.deps.onBug(error);
      }
      return;
    }
    if (is === 'end') one.finish({ kind: 'answer', text });
    else if (text === 'gone') one.finish({ kind: 'gone' });
    else one.finish({ kind: 'refused', why: REFUSALS.find((why) => why === text) ?? 'failed' });
  }

  private stop(id: string, ownerId: string): void {
    this.stopping.set(id, { ownerId, beats: STOP_BEATS });
    this.deps.tell(ownerId, encodeMessage({ is: 'stop', id }));
  }
}
