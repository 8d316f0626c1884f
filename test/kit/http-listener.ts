/** A listener on a real socket, without the rest of the house behind it. */
import { Refusal, systemClock, type Exchange } from '../../gateway/src/kernel/index.ts';
import {
  Addresses,
  createHttpListener,
  type HttpListener,
  type ServerDeps,
} from '../../gateway/src/listeners/index.ts';
import type { Path } from '../../gateway/src/pipeline/index.ts';
import { RawClient, post } from './raw-http.ts';

export const MAX_BODY_BYTES = 10_000;
export const JSON_HEADERS = ['content-type', 'application/json'];

/** An exchange that came in, and what became of it. */
export interface Arrival {
  readonly x: Exchange;
  readonly gone: Promise<void>;
  isGone: boolean;
}

/** A path that reads the body and then does what the test wants. */
export class TestPath implements Path {
  readonly stages = [];
  readonly arrivals: Arrival[] = [];
  private waiting: (() => void)[] = [];
  private readonly answer: (x: Exchange, body: Buffer | Refusal) => void;

  constructor(answer: (x: Exchange, body: Buffer | Refusal) => void) {
    this.answer = answer;
  }

  walk(x: Exchange) {
    let leave = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const arrival: Arrival = { x, gone, isGone: false };
    this.arrivals.push(arrival);
    const body = x.body.read(MAX_BODY_BYTES);
    if (body instanceof Promise) void body.then((bytes) => this.answer(x, bytes));
    else this.answer(x, body);
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
    return {
      disconnected: () => {
        arrival.isGone = true;
        leave();
      },
    };
  }

  async arrival(index: number): Promise<Arrival> {
    for (;;) {
      const arrival = this.arrivals[index];
      if (arrival !== undefined) return arrival;
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }
}

/** Says what was read: its text, or the reason why not. */
export function echo(x: Exchange, body: Buffer | Refusal): void {
  const text = body instanceof Refusal ? body.reason : body.toString();
  x.outlet.send(body instanceof Refusal ? 413 : 200, JSON_HEADERS, text);
}

/** Answers nothing. */
export const silent = (): void => undefined;

const listeners: HttpListener[] = [];

/** A listener on a free port whose requests end up on a `TestPath`. */
export async function serve(answer = echo, deps: Partial<ServerDeps> = {}) {
  const path = new TestPath(answer);
  const addresses = new Addresses(1000);
  const listener = createHttpListener({
    clock: systemClock,
    addresses,
    current: () => ({ path, epoch: 7 }),
    readiness: () => ({ isReady: true, state: '{"status":"ready"}' }),
    ...deps,
  });
  listeners.push(listener);
  const { port } = await listener.listen('127.0.0.1', 0);
  return { path, addresses, listener, port, client: () => new RawClient(port) };
}

/** Closes whatever `serve` opened; for `afterEach`. */
export async function closeListeners(): Promise<void> {
  for (const listener of listeners.splice(0)) {
    const closed = listener.close();
    listener.closeAll();
    await closed;
  }
}

/** The same request written so that only node:http may read it, or so that it need not. */
export const WAYS = [
  ['an ordinary request', post],
  ['any other request', (body: string) => post(body, { connection: 'Keep-Alive, x' })],
] as const;
