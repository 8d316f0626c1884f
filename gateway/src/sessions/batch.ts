/** Batches of 2025-03-26: every message is an exchange of its own, and the answers go out together. */
import {
  ROOT,
  type Call,
  type Clock,
  type Delivery,
  type Exchange,
  type Outlet,
} from '../kernel/index.ts';
import { Part, type PartReader, type Walk } from './part.ts';

/** Answers that are larger together are sent one by one as they come. */
const MAX_ARRAY_BYTES = 1024 * 1024;

type BatchCall = Exchange & { readonly call: Call };

/**
 * Answers with one array where nothing streams, with a stream where something does, and with 202
 * where nothing is to be answered (2025-03-26, Streamable HTTP).
 * @param streamOf where the events of a stream go that was opened for this exchange
 */
export function carryBatch(
  x: BatchCall,
  delivery: Delivery,
  walk: Walk,
  clock: Clock,
  streamOf: (x: Exchange) => Outlet,
): void {
  const { view } = x.call;
  const entries = view.children(ROOT);
  const answers = new Answers(entries.length, delivery, () => streamOf(x));
  const parts = entries.map((entry) => {
    const isNotice = view.member(entry, 'method') >= 0 && view.member(entry, 'id') < 0;
    return { part: new Part(isNotice ? answers.unanswered() : answers), bytes: view.slice(entry) };
  });
  x.cancellation.onCancel(() => {
    for (const { part } of parts) part.abandon();
  });
  for (const { part, bytes } of parts) {
    part.walk(walk, x.head, bytes, clock.nowMs(), x.epoch);
  }
}

class Answers implements PartReader {
  private left: number;
  private readonly delivery: Delivery;
  private readonly stream: () => Outlet;
  private bodies: Buffer[] = [];
  private bytes = 0;
  private isStreaming = false;

  constructor(count: number, delivery: Delivery, stream: () => Outlet) {
    this.left = count;
    this.delivery = delivery;
    this.stream = stream;
  }

  /** For notifications: whatever is said of them is not sent. */
  unanswered(): PartReader {
    return {
      opened: () => undefined,
      event: () => true,
      answered: () => undefined,
      done: () => this.done(),
    };
  }

  opened(): void {
    if (this.isStreaming) return;
    this.isStreaming = true;
    this.delivery.openStream();
    const { bodies } = this;
    this.bodies = [];
    for (const body of bodies) this.answered(body);
  }

  event(frame: Buffer | string): boolean {
    return this.stream().write(frame);
  }

  answered(body: Buffer | string): void {
    if (body.length === 0) return;
    if (this.isStreaming) {
      this.delivery.event({ kind: 'notice', text: body.toString() });
      return;
    }
    const bytes = Buffer.from(body);
    this.bodies.push(bytes);
    this.bytes += bytes.length;
    if (this.bytes > MAX_ARRAY_BYTES) this.opened();
  }

  done(): void {
    if (--this.left > 0) return;
    if (this.isStreaming) this.delivery.finish({ kind: 'ended', result: '' });
    else if (this.bodies.length === 0) this.delivery.finish({ kind: 'accepted' });
    else this.delivery.finish({ kind: 'answers', text: arrayOf(this.bodies) });
  }
}

const COMMA = Buffer.from(',');

function arrayOf(bodies: readonly Buffer[]): Buffer {
  const pieces = bodies.flatMap((body, at) => (at === 0 ? [body] : [COMMA, body]));
  return Buffer.concat([Buffer.from('['), ...pieces, Buffer.from(']')]);
}
