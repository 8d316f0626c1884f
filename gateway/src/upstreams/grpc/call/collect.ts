/** The messages of one call, as many as are taken. */
import type { Clock, Json } from '../../../kernel/index.ts';
import type { Exchange } from './exchange.ts';
import { FrameFault } from './frames.ts';
import type { CallStatus } from './status.ts';

export interface CollectSettings {
  /** @throws where the bytes are no message */
  readonly decode: (bytes: Buffer) => Json;
  /** About what a message takes once it is read, bytes; above `limit` as soon as it is more. */
  readonly weigh: (bytes: Buffer, limit: number) => number;
  readonly maxMessages: number;
  /** Of all messages together. */
  readonly maxBytes: number;
  readonly maxMs: number;
  readonly isList: boolean;
  readonly clock: Clock;
  /** Hears of messages while they come. */
  readonly progress: ((done: number, text: string) => void) | undefined;
}

export interface Collected {
  readonly messages: readonly Json[];
  readonly status: CallStatus;
  /** Why a stream was left before its end; '' where it was not. */
  readonly note: string;
}

/** What is kept of each message beside what is in it, bytes. */
const MESSAGE_BYTES = 64;
/** What is read may take this many times what may come: parts take more than their bytes. */
const READ_FACTOR = 4;
/** Shorter ones that come alone are read as they are. */
const LIGHT_BYTES = 16 * 1024;
const OK: CallStatus = { code: 0, message: '', details: undefined, retryAfterMs: -1 };
/** Progress is told at most this often. */
const TOLD_EVERY_MS = 100;

/** Reads until the status or a bound. @throws FrameFault, or what broke the connection */
export async function collect(exchange: Exchange, settings: CollectSettings): Promise<Collected> {
  const taking = new Taking(settings);
  const { clock, maxMs, isList } = settings;
  let isOver = false;
  const timer = clock.after(maxMs, () => {
    isOver = true;
    if (isList) exchange.cancel();
  });
  try {
    const incoming = exchange.messages();
    for (;;) {
      const next = await incoming.next();
      if (next.done === true) return taking.whole(next.value);
      const why = taking.take(next.value);
      if (why === '') continue;
      exchange.cancel();
      await incoming.return(OK).catch(() => undefined);
      return taking.cut(why);
    }
  } catch (error) {
    if (isList && isOver) return taking.cut('the time for it was over');
    throw error;
  } finally {
    timer.cancel();
  }
}

class Taking {
  private readonly settings: CollectSettings;
  private readonly messages: Json[] = [];
  private bytes = 0;
  private weight = 0;
  private toldMs = Number.NEGATIVE_INFINITY;

  constructor(settings: CollectSettings) {
    this.settings = settings;
  }

  /** @returns why no more is taken; '' where more is. @throws FrameFault */
  take(message: Buffer): string {
    const { isList, maxBytes, maxMessages } = this.settings;
    if (!isList && this.messages.length > 0) {
      throw new FrameFault('upstream_invalid', 'it answered with more than one message');
    }
    this.bytes += message.length + MESSAGE_BYTES;
    if (this.bytes - MESSAGE_BYTES > maxBytes || this.isTooHeavy(message)) {
      if (isList) return `it was longer than ${maxBytes} bytes`;
      throw new FrameFault('result_too_large', `it sent more than ${maxBytes} bytes`);
    }
    this.messages.push(this.decoded(message));
    if (isList) this.tell();
    return isList && this.messages.length >= maxMessages ? `${maxMessages} messages had come` : '';
  }

  whole(status: CallStatus): Collected {
    return { messages: this.messages, status, note: '' };
  }

  cut(why: string): Collected {
    const note = `The stream was left when ${why}; more may have followed.`;
    return { messages: this.messages, status: OK, note };
  }

  private isTooHeavy(message: Buffer): boolean {
    const { isList, maxBytes, weigh } = this.settings;
    if (!isList && message.length <= LIGHT_BYTES) return false;
    const limit = maxBytes * READ_FACTOR;
    this.weight += weigh(message, limit - this.weight);
    return this.weight > limit;
  }

  private decoded(message: Buffer): Json {
    try {
      return this.settings.decode(message);
    } catch {
      throw new FrameFault('upstream_invalid', 'its answer is not the message that it describes');
    }
  }

  private tell(): void {
    const { clock, progress } = this.settings;
    const nowMs = clock.nowMs();
    if (progress === undefined || nowMs - this.toldMs < TOLD_EVERY_MS) return;
    this.toldMs = nowMs;
    const count = this.messages.length;
    progress(count, `${count} ${count === 1 ? 'message' : 'messages'} received`);
  }
}
