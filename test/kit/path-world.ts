/** The whole path with rooms of straw: every row and port is counted and may be made to misbehave. */
import { expect } from 'vitest';
import {
  JsonView,
  Refusal,
  scanJson,
  type Awaitable,
  type CancelReason,
  type Delivery,
  type EventMessage,
  type Exchange,
  type LocalMessage,
  type NoticeMessage,
  type Step,
  type Target,
} from '../../gateway/src/kernel/index.ts';
import { buildPath, type Outcome, type Rooms } from '../../gateway/src/pipeline/index.ts';
import { makeExchange } from './exchange.ts';
import { settled } from './manual-clock.ts';

/** The rows between receive and dispatch, by the room that stands in them. */
export const ROWS = [
  'receive',
  'route',
  'identify',
  'decode',
  'resolve',
  'limit',
  'screenIn',
  'authorize',
  'approve',
  'intent',
] as const;
export type Row = (typeof ROWS)[number];

export const DONE: LocalMessage = { kind: 'local', result: '{"é":1}' };
export const NOTICE: NoticeMessage = { kind: 'notice', text: '{"n":1}' };

/** An event of an upstream. */
export function eventOf(text = '{"e":1}'): EventMessage {
  const view = scanJson(Buffer.from(text), { maxDepth: 8, recordDepth: 1 });
  if (!(view instanceof JsonView)) throw new Error('not JSON');
  return { kind: 'event', method: 'notifications/progress', view, edits: [] };
}

/** What a row does with an exchange. */
export type Behaviour = (x: Exchange) => Awaitable<Step<Exchange>>;

export interface Straw {
  readonly rows?: Partial<Record<Row, Behaviour>>;
  /** What dispatch does; answers with `DONE` where nothing is said. */
  readonly carry?: ((x: Exchange, delivery: Delivery) => Awaitable<void>) | undefined;
  /** Refuses every answer, as a dialect that has no words for it. */
  readonly refusal?: Refusal;
  readonly rooms?: Partial<Omit<Rooms, Row | 'carriers'>>;
  readonly target?: Target;
}

/** One exchange on its way, and everything that was heard of it. */
export class World {
  readonly visited: string[] = [];
  readonly outcomes: Outcome[] = [];
  readonly bugs: string[] = [];
  readonly cancelled: CancelReason[] = [];
  leases = 0;
  slots = 0;
  readonly x = makeExchange();
  delivery: Delivery | undefined;
  private readonly straw: Straw;

  constructor(straw: Straw) {
    this.straw = straw;
    this.x.cancellation.onCancel((why) => this.cancelled.push(why));
  }

  /** Starts the walk. */
  walk(): { disconnected(): void } {
    return buildPath(this.rooms()).walk(this.x);
  }

  private row(name: Row): Behaviour {
    return (x) => {
      this.visited.push(name);
      const step = this.straw.rows?.[name]?.(x) ?? x;
      if (name === 'resolve') x.target = this.straw.target ?? { kind: 'view' };
      if (name === 'limit') x.lease = { release: () => void this.leases-- };
      if (name === 'limit') this.leases++;
      if (name === 'intent') x.slot = { release: () => void this.slots-- };
      if (name === 'intent') this.slots++;
      return step;
    };
  }

  private rooms(): Rooms {
    const carrier = {
      carry: (x: Exchange, delivery: Delivery): Awaitable<void> => {
        this.visited.push('dispatch');
        this.delivery = delivery;
        if (this.straw.carry === undefined) delivery.finish(DONE);
        else return this.straw.carry(x, delivery);
      },
    };
    const rows = Object.fromEntries(ROWS.map((name) => [name, this.row(name)]));
    return {
      ...rows,
      carriers: {
        item: carrier,
        view: carrier,
        session: carrier,
        subscription: carrier,
        passthrough: carrier,
      },
      screenEvent: (_x: Exchange, message: EventMessage) => message,
      screenTerminal: (_x: Exchange, message: unknown) => message,
      encode: {
        settle: (_x: Exchange, message: unknown) => this.straw.refusal ?? message,
        streamHead: () => ({ status: 200, headers: [] }),
        event: (_x: Exchange, message: EventMessage | NoticeMessage) =>
          `<${message.kind === 'notice' ? message.text : message.view.raw(0)}>`,
        answer: (_x: Exchange, message: { kind: string }) => ({
          status: 200,
          headers: [],
          body: `[${nameOf(message)}]`,
        }),
        lastEvent: (_x: Exchange, message: { kind: string }) =>
          message.kind === 'ended' ? '' : `<last ${nameOf(message)}>`,
      },
      lastingStream: () => undefined,
      afterGrace: () => undefined,
      onSlowReader: () => undefined,
      isQuestion: () => false,
      isToolError: () => false,
      onBug: (_x: Exchange, error: unknown) => void this.bugs.push(String(error)),
      finish: (_x: Exchange, outcome: Outcome) => void this.outcomes.push(outcome),
      ...this.straw.rooms,
    } as unknown as Rooms;
  }
}

function nameOf(message: { kind: string; reason?: string; result?: string }): string {
  return message.reason ?? message.result ?? message.kind;
}

/** Walks to the end; whatever happened, the end has been recorded once and everything given back. */
export async function ended(
  straw: Straw,
  during?: (world: World, journey: { disconnected(): void }) => void,
) {
  const world = new World(straw);
  const journey = world.walk();
  during?.(world, journey);
  await settled();
  expect(world.outcomes).toHaveLength(1);
  expect([world.leases, world.slots]).toEqual([0, 0]);
  expect(world.x.outlet.ends).toBeLessThanOrEqual(1);
  // Nothing that comes later changes anything.
  const said = world.x.outlet.text;
  world.delivery?.event(NOTICE);
  world.delivery?.openStream();
  world.delivery?.finish(new Refusal('internal'));
  journey.disconnected();
  expect(world.outcomes).toHaveLength(1);
  expect(world.x.outlet.text).toBe(said);
  const { visited, bugs, cancelled, x, outcomes } = world;
  return { visited, bugs, cancelled, outcome: outcomes[0], text: said, outlet: x.outlet };
}

export const BUG = new Error('a bug');

/** Anything with a bug in it. */
export const broken = (): never => {
  throw BUG;
};

/** A row waits at it until the test lets go. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
