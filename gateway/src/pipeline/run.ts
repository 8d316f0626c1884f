/** Walks an exchange along the table. Synchronous until a stage has to wait. */
import { Refusal, type Awaitable, type Exchange, type Step } from '../kernel/index.ts';
import { ExchangeDelivery } from './delivery.ts';
import type { Dispatchable } from './evidence.ts';
import type { Rooms } from './rooms.ts';

/** One configuration snapshot's way through the house. */
export interface Path {
  /** Names of the stages in their order. */
  readonly stages: readonly string[];
  /** Takes an exchange to its end. Never throws and never rejects. */
  walk(x: Exchange): Journey;
}

/** An exchange on its way. */
export interface Journey {
  /** The caller's connection closed before the exchange had ended. */
  disconnected(): void;
}

/** A row without its proofs: method syntax, so that the typed rows fit into one list. */
interface Row {
  readonly name: string;
  run(x: Exchange): Awaitable<Step<Exchange>>;
}

/** The rows so far; `Proven` is what an exchange has proven when it leaves the last one. */
class Table<Proven extends Exchange> {
  private readonly rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.rows = rows;
  }

  stage<Next extends Proven>(name: string, run: (x: Proven) => Awaitable<Step<Next>>): Table<Next> {
    return new Table<Next>([...this.rows, { name, run }]);
  }

  /** Closes the table. Compiles only where every proof has been brought. */
  dispatch(this: Table<Dispatchable>, rooms: Rooms): Path {
    const { rows } = this;
    const last = {
      run: (x: Dispatchable, delivery: ExchangeDelivery): Awaitable<void> =>
        rooms.carriers[x.target.kind].carry(x, delivery),
    };
    return {
      stages: rows.map((row) => row.name),
      walk: (x) => {
        const delivery = new ExchangeDelivery(x, rooms);
        walkFrom(x, 0, rows, last, delivery);
        return delivery;
      },
    };
  }
}

/** An empty table for exchanges that have proven nothing but `Proven`. */
export function begin<Proven extends Exchange>(): Table<Proven> {
  return new Table<Proven>([]);
}

interface LastRow {
  run(x: Exchange, delivery: ExchangeDelivery): Awaitable<void>;
}

function walkFrom(
  x: Exchange,
  from: number,
  rows: readonly Row[],
  last: LastRow,
  delivery: ExchangeDelivery,
): void {
  try {
    for (let at = from; at < rows.length; at++) {
      const step = rows[at]?.run(x);
      if (step === x) continue;
      if (step instanceof Promise) {
        step.then(
          (later) => {
            if (later === x) walkFrom(x, at + 1, rows, last, delivery);
            else stop(later, rows[at], delivery);
          },
          (error: unknown) => delivery.fail(error),
        );
        return;
      }
      stop(step, rows[at], delivery);
      return;
    }
    if (x.cancellation.reason !== undefined) {
      delivery.finish(new Refusal('cancelled'));
      return;
    }
    const carried = last.run(x, delivery);
    if (carried instanceof Promise) carried.catch((error: unknown) => delivery.fail(error));
  } catch (error) {
    delivery.fail(error);
  }
}

/** A stage did not hand the exchange on: it refused, or it is wrong. */
function stop(step: unknown, row: Row | undefined, delivery: ExchangeDelivery): void {
  if (step instanceof Refusal) delivery.finish(step);
  else delivery.fail(new Error(`stage "${row?.name}" returned neither the exchange nor a refusal`));
}
