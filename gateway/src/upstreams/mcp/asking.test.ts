import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tally } from '../../../../test/kit/asking-brain.ts';
import { startAsking } from '../../../../test/kit/asking-peer.ts';
import type { HttpPeer } from '../../../../test/kit/http-peer.ts';
import {
  buildExchange,
  Recorder,
  legacyCall,
  modernCall,
  type ReadyExchange,
} from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld, type UpstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { systemClock, type Answer, type Clock, type Round } from '../../kernel/index.ts';

const CHILD = resolve(import.meta.dirname, '../../../../test/kit/children/asking.ts');
const EVERYTHING = '{"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{}}';
const KINDS = ['legacy http', 'legacy stdio', 'modern http', 'modern stdio'] as const;

/** Counts the timers that are waiting. */
function countingClock(): Clock & { readonly waiting: Set<object> } {
  const waiting = new Set<object>();
  return {
    waiting,
    nowMs: () => systemClock.nowMs(),
    after: (delayMs, task) => {
      const token = {};
      waiting.add(token);
      const timer = systemClock.after(delayMs, () => {
        waiting.delete(token);
        task();
      });
      return {
        cancel: () => {
          waiting.delete(token);
          timer.cancel();
        },
      };
    },
  };
}

interface Running {
  readonly world: UpstreamWorld;
  readonly clock: ReturnType<typeof countingClock>;
  readonly peer: HttpPeer | undefined;
}

async function run(kind: (typeof KINDS)[number], settings: object = {}): Promise<Running> {
  const [era, transport] = kind.split(' ') as ['legacy' | 'modern', string];
  const clock = countingClock();
  const revision = era === 'modern' ? '2026-07-28' : '2025-11-25';
  const peer = transport === 'http' ? await startAsking(era) : undefined;
  const where =
    peer === undefined ? { command: process.execPath, args: [CHILD, era] } : { url: peer.url };
  const mcp = { ...where, era: revision, ...settings };
  return { world: upstreamWorld({ up: { mcp } }, { clock }), clock, peer };
}

/** One call, and the one who answers what it asks. */
class Caller {
  x: ReadyExchange;
  recorder: Recorder;
  readonly first: Recorder;
  private readonly dialect: 'modern' | 'legacy';
  private readonly name: string;

  constructor(
    { world }: Running,
    dialect: 'modern' | 'legacy',
    name: string,
    capabilities: string,
  ) {
    this.dialect = dialect;
    this.name = name;
    const { x, recorder } = world.call(this.text('7'), { dialect, capabilities });
    this.x = x;
    this.recorder = recorder;
    this.first = recorder;
  }

  private text(token: string): string {
    return this.dialect === 'modern'
      ? modernCall(this.name, '', `,"progressToken":${token}`)
      : legacyCall(this.name, `,"_meta":{"progressToken":${token}}`);
  }

  /** The next round, or undefined where the call ended without one. */
  async round(): Promise<Round | undefined> {
    const { recorder } = this;
    while (recorder.rounds.length === 0 && recorder.ends === 0 && this.first.closed.length === 0) {
      await Promise.race([recorder.nextEvent(), recorder.finished]);
    }
    return recorder.rounds.shift();
  }

  /** Answers: in this same call (legacy), or in another one that carries it on. */
  answer(round: Round, say: (method: string) => Answer, token = '8'): void {
    const answers = new Map(round.questions.map(({ key, method }) => [key, say(method)]));
    if (this.dialect === 'modern') {
      this.x = buildExchange(this.text(token), { capabilities: EVERYTHING });
      this.recorder = new Recorder();
    }
    round.answered(answers, this.x, this.recorder);
  }
}

const RESULTS: Readonly<Record<string, string>> = {
  'elicitation/create': '{"action":"accept","content":{"name":"é"}}',
  'sampling/createMessage':
    '{"role":"assistant","content":{"type":"text","text":"hi"},"model":"m"}',
  'roots/list': '{"roots":[{"uri":"file:///a"}]}',
};
const accept = (method: string): Answer => ({ kind: 'result', result: RESULTS[method] ?? '{}' });
const decline = (method: string): Answer =>
  method === 'elicitation/create'
    ? { kind: 'result', result: '{"action":"decline"}' }
    : { kind: 'error', error: '{"code":-1,"message":"no"}' };
const silence = (): Answer => ({ kind: 'none' });

const METHODS: Readonly<Record<string, readonly string[][]>> = {
  form: [['elicitation/create']],
  url: [['elicitation/create']],
  sample: [['sampling/createMessage']],
  roots: [['roots/list']],
  twice: [['elicitation/create'], ['sampling/createMessage']],
  parallel: [['elicitation/create', 'roots/list', 'sampling/createMessage']],
  progress: [['elicitation/create']],
};

async function tally({ world }: Running): Promise<Tally> {
  const { recorder } = world.call(modernCall('tally'), { capabilities: EVERYTHING });
  return JSON.parse(JSON.parse(await recorder.outcome()).result.content[0].text) as Tally;
}

/** What the tool says, parsed; the reason where there was a refusal. */
function said(outcome: string): unknown {
  return outcome.startsWith('{') ? JSON.parse(JSON.parse(outcome).result.content[0].text) : outcome;
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { interval: 5, timeout: 20_000 }).toBe(true);
}

const PAIRS = KINDS.flatMap((kind) =>
  (['modern', 'legacy'] as const)
    .filter((dialect) => kind.startsWith('legacy') || dialect === 'legacy')
    .map((dialect) => [kind, dialect] as const),
);

describe.each(PAIRS)('%s upstream, %s caller', (kind, dialect) => {
  let running: Running;
  let timers = 0;
  const isLegacyServer = kind.startsWith('legacy');
  const legacyOnly = [kind].filter(() => isLegacyServer);
  const modernOnly = [kind].filter(() => !isLegacyServer);
  const call = (name: string, capabilities = EVERYTHING): Caller =>
    new Caller(running, dialect, name, capabilities);
  const begun = async (name: string): Promise<{ caller: Caller; round: Round }> => {
    const caller = call(name);
    const round = await caller.round();
    if (round === undefined)
      throw new Error(`nothing was asked: ${await caller.recorder.outcome()}`);
    return { caller, round };
  };
  const quiet = async (): Promise<void> => {
    await until(() => running.world.room.status()[0]?.callsUnderWay === 0);
    await until(() => running.clock.waiting.size <= timers);
  };

  beforeAll(async () => {
    running = await run(kind);
    await call('plain').recorder.outcome();
    await tally(running);
    timers = running.clock.waiting.size;
  });

  afterAll(async () => {
    await running.world.room.close();
    await running.peer?.close();
  });

  test.each(Object.keys(METHODS))('%s: answered', async (name) => {
    const before = await tally(running);
    const caller = call(name);
    const rounds: string[][] = [];
    const wanted = METHODS[name]?.flat() ?? [];
    while (rounds.flat().length < wanted.length) {
      const round = await caller.round();
      if (round === undefined) throw new Error(await caller.recorder.outcome());
      rounds.push(round.questions.map(({ method }) => method));
      expect(running.world.room.status()[0]?.callsUnderWay).toBe(1);
      caller.answer(round, accept);
    }
    // A legacy server asks a legacy caller question by question.
    const isOneByOne = isLegacyServer && dialect === 'legacy';
    expect(rounds).toEqual(isOneByOne ? wanted.map((method) => [method]) : METHODS[name]);
    expect(said(await caller.recorder.outcome())).toEqual(
      wanted.map((method) => JSON.parse(RESULTS[method] ?? '')),
    );
    const after = await tally(running);
    expect([after.runs, after.effects]).toEqual([before.runs + 1, before.effects + 1]);
    await quiet();
  });

  test.each(legacyOnly)('%s upstream: progress goes to whoever brought the answers', async () => {
    const { caller, round } = await begun('progress');
    caller.answer(round, accept, '"again"');
    await caller.recorder.finished;
    const seen = caller.recorder.eventTexts().map((text) => JSON.parse(text).params);
    const progressToken = dialect === 'modern' ? 'again' : 7;
    expect(seen.at(-1)).toEqual({ progressToken, progress: 3 });
    await quiet();
  });

  const CANCELLED = { action: 'cancel' };
  const DECLINED = { action: 'decline' };
  const ERROR = { code: -1, message: 'no' };
  const ENDED = 'question_unanswered';
  test.each([
    ['form', 'decline', decline, DECLINED, DECLINED],
    ['url', 'decline', decline, DECLINED, DECLINED],
    ['sample', 'decline', decline, ERROR, ENDED],
    ['roots', 'decline', decline, ERROR, ENDED],
    ['form', 'silence', silence, CANCELLED, CANCELLED],
    ['url', 'silence', silence, CANCELLED, CANCELLED],
    ['sample', 'silence', silence, { code: -1, message: expect.any(String) }, ENDED],
    ['roots', 'silence', silence, { code: -32601, message: expect.any(String) }, ENDED],
  ])('%s: %s', async (name, _what, say, toLegacy, toModern) => {
    const before = await tally(running);
    const { caller, round } = await begun(name);
    caller.answer(round, say);
    const heard = said(await caller.recorder.outcome());
    const expected = isLegacyServer ? toLegacy : toModern;
    expect(heard).toEqual(expected === ENDED ? ENDED : [expected]);
    const after = await tally(running);
    expect(after.effects).toBe(before.effects + (expected === ENDED ? 0 : 1));
    await quiet();
  });

  test.each([
    ['disconnected', 'cancelled'],
    ['cancelled', 'cancelled'],
    ['expired', 'question_unanswered'],
    ['draining', 'draining'],
  ] as const)('nobody answers any more: %s', async (why, reason) => {
    const before = await tally(running);
    const { caller, round } = await begun('parallel');
    round.abandoned(why);
    await quiet();
    // Only a legacy caller is still there to hear of it.
    expect(caller.recorder.ends).toBe(dialect === 'legacy' ? 1 : 0);
    const heard = dialect === 'legacy' ? await caller.recorder.outcome() : reason;
    expect(heard).toBe(reason);
    const after = await tally(running);
    const told = after.cancelled.length - before.cancelled.length;
    expect(told).toBe(isLegacyServer ? 1 : 0);
  });

  test('the call is cancelled while it goes on', async () => {
    const { caller, round } = await begun('twice');
    caller.answer(round, accept);
    await (dialect === 'legacy' ? caller.round() : undefined);
    caller.x.cancellation.cancel('cancelled');
    expect(await caller.recorder.outcome()).toBe('cancelled');
    expect(caller.recorder.closed).toHaveLength(dialect === 'legacy' ? 1 : 0);
    await quiet();
  });

  test('the exchange that asked is cancelled', async () => {
    const { caller, round } = await begun('form');
    caller.x.cancellation.cancel('disconnected');
    caller.answer(round, accept);
    // It ends the call of a legacy caller; any other call has left its exchange.
    const expected =
      dialect === 'legacy' ? 'cancelled' : [{ action: 'accept', content: { name: 'é' } }];
    expect(said(await caller.recorder.outcome())).toEqual(expected);
    await quiet();
  });

  test.each(legacyOnly)('%s upstream: the upstream ends while it is asking', async () => {
    const { recorder } = call('ends');
    expect(await recorder.outcome()).toContain('over');
    expect(recorder.rounds).toHaveLength(dialect === 'legacy' ? 1 : 0);
    expect(recorder.closed).toHaveLength(dialect === 'legacy' ? 1 : 0);
    await quiet();
  });

  test.each(legacyOnly)('%s upstream: the upstream dies while it is asking', async () => {
    expect(await call('dies').recorder.outcome()).toBe('upstream_closed');
    await quiet();
  });

  test.each(modernOnly)('%s upstream: the upstream is gone when the answers come', async () => {
    const { caller, round } = await begun('dies');
    const isGone = (): boolean => running.world.room.status()[0]?.links === 0;
    await until(isGone);
    caller.answer(round, accept);
    // A process is started again; all that it needs comes with the call.
    expect(await caller.recorder.outcome()).toMatch(/accept|upstream_closed/);
    await quiet();
  });
});
