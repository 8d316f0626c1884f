import { describe, expect, test } from 'vitest';
import { Refusal, type LocalMessage, type Question } from '../kernel/index.ts';
import { SESSION, makeCall } from '../../../test/kit/exchange.ts';
import { settled } from '../../../test/kit/manual-clock.ts';
import {
  ALL,
  FORM,
  ROOTS,
  caller,
  questionsWorld,
  roundOf,
  type Caller,
} from '../../../test/kit/questions-world.ts';
import { interactionsSchema } from './config.ts';

const MINUTES_MS = 10 * 60_000;
const DONE: LocalMessage = { kind: 'local', result: '{"content":[]}' };
const URL_MODE: Question = {
  key: 'u',
  method: 'elicitation/create',
  params: '{"mode":"url","message":"m","url":"https://a.example"}',
};
const SAMPLE: Question = {
  key: 's',
  method: 'sampling/createMessage',
  params: '{"messages":[],"maxTokens":1.0}',
};
const TOOLS: Question = { ...SAMPLE, key: 't', params: '{"messages":[],"tools":[]}' };
const session = (more: Partial<typeof SESSION>) => ({ ...SESSION, capabilities: ALL, ...more });

function asked(questions: readonly Question[] = [FORM], change: Caller = {}) {
  const world = questionsWorld();
  const round = roundOf(questions);
  const x = caller({ dialect: 'legacy', ...change });
  const put = world.ask(x, round);
  const sent = () =>
    put.delivery.notices as unknown as {
      id: string;
      method: string;
      params?: Record<string, unknown>;
    }[];
  /** A response of a client, as the path hands it on. */
  const respond = (rawId: string, outcome: string, by: Caller = {}): void => {
    const response = caller({ dialect: 'legacy', ...change, ...by });
    const message = `{"jsonrpc":"2.0","id":${rawId},${outcome}}`;
    response.call = makeCall({ message, kind: 'response', method: '' });
    world.room.takeResponse(response);
  };
  const idOf = (at: number): string => JSON.stringify(sent()[at]?.id);
  return { world, round, x, ...put, sent, respond, idOf };
}

const YES = '"result":{"action":"accept","content":{"n":1}}';

describe('questions to a session', () => {
  test('are requests on the stream of the call, and go on when all are answered', () => {
    const { world, round, x, delivery, sent, respond, idOf } = asked([FORM, ROOTS, SAMPLE]);
    expect(sent()).toEqual([
      {
        jsonrpc: '2.0',
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        method: FORM.method,
        params: JSON.parse(FORM.params),
      },
      { jsonrpc: '2.0', id: expect.any(String), method: 'roots/list' },
      { jsonrpc: '2.0', id: expect.any(String), method: SAMPLE.method, params: expect.anything() },
    ]);
    expect(delivery.order[2]).toContain('"maxTokens":1.0');
    expect([world.room.status().open, world.clock.pending]).toEqual([3, 1]);
    respond(idOf(2), '"error":{"code":-1,"message":"no","data":1.0}');
    respond(idOf(0), YES);
    expect(round.calls).toBe(0);
    respond(idOf(1), '"result":{"roots":[]}');
    expect(round).toMatchObject({ fate: 'answered', calls: 1, x, delivery });
    expect(round.answers).toEqual({
      q1: { kind: 'result', result: '{"action":"accept","content":{"n":1}}' },
      q2: { kind: 'result', result: '{"roots":[]}' },
      s: { kind: 'error', error: '{"code":-1,"message":"no","data":1.0}' },
    });
    expect(world.room.status()).toMatchObject({ open: 0, waiting: 0, ignored: 0 });
    expect(world.clock.pending).toBe(0);
  });

  test.each<[string, Partial<typeof SESSION>, readonly Question[], readonly string[]]>([
    ['declared nothing', { capabilities: '{}' }, [FORM, URL_MODE, SAMPLE, ROOTS], []],
    ['has roots only', { capabilities: '{"roots":{}}' }, [FORM, ROOTS], ['q2']],
    ['is of 2025-03-26', { revision: '2025-03-26' }, [FORM, URL_MODE, SAMPLE, ROOTS], ['s', 'q2']],
    ['is of 2025-06-18', { revision: '2025-06-18' }, [FORM, URL_MODE, TOOLS, SAMPLE], ['q1', 's']],
    ['is of 2025-11-25', {}, [FORM, URL_MODE, TOOLS], ['q1', 'u', 't']],
  ])('a client that %s is asked nothing else', async (_what, more, questions, keys) => {
    const { round, sent, respond } = asked(questions, { session: session(more) });
    expect(sent()).toHaveLength(keys.length);
    expect(round.calls).toBe(0);
    for (const { id } of sent()) respond(JSON.stringify(id), '"error":{"code":1,"message":""}');
    await settled();
    const answered = Object.entries(round.answers).map(([key, { kind }]) => `${key} ${kind}`);
    expect(answered.toSorted()).toEqual(
      questions.map(({ key }) => `${key} ${keys.includes(key) ? 'error' : 'none'}`).toSorted(),
    );
  });

  test.each([
    ['2025-11-25', URL_MODE.params, true],
    ['2025-11-25', URL_MODE.params.replace('{', '{"elicitationId":"mine",'), 'mine'],
  ])('an address has an id of its own in %s', (_revision, params, id) => {
    const { sent } = asked([{ ...URL_MODE, params }]);
    const { elicitationId } = sent()[0]?.params ?? {};
    expect(id === true ? typeof elicitationId : elicitationId).toBe(id === true ? 'string' : id);
  });

  test('are bounded per call', async () => {
    const { world, round, x, delivery } = asked();
    world.room.configure(interactionsSchema.parse({ maxRounds: 1 }));
    const next = roundOf([{ ...FORM, key: 'q5' }]);
    world.room.ask(x, next, delivery);
    await settled();
    expect([next.answers, round.calls]).toEqual([{ q5: { kind: 'none' } }, 0]);
  });
});

describe('a response', () => {
  test.each<[string, Caller]>([
    ['of another session', { session: session({ key: 'session-2' }) }],
    ['of another principal', { principal: 'eve' }],
  ])('%s changes nothing', (_what, by) => {
    const { world, round, respond, idOf } = asked();
    respond(idOf(0), YES, by);
    expect([round.calls, world.room.status().ignored]).toEqual([0, 1]);
    respond(idOf(0), YES);
    expect(round.fate).toBe('answered');
  });

  test.each(['"q1"', '1', '"1"', '"00000000-0000-4000-8000-000000000000"'])(
    'to %s, which was not asked, changes nothing',
    (rawId) => {
      const { world, round, respond } = asked();
      respond(rawId, YES);
      expect([round.calls, world.room.status().ignored]).toEqual([0, 1]);
    },
  );

  test('that comes twice counts once', () => {
    const { world, round, respond, idOf } = asked([FORM, ROOTS]);
    respond(idOf(0), YES);
    respond(idOf(0), '"result":{"action":"cancel"}');
    respond(idOf(1), '"result":{"roots":[]}');
    respond(idOf(1), '"result":{"roots":[]}');
    expect(round).toMatchObject({
      calls: 1,
      answers: { q1: { result: expect.stringMatching('accept') } },
    });
    expect(world.room.status().ignored).toBe(2);
  });

  test.each([
    ['"result":5', 'It must be an object.'],
    ['"result":{"action":"accept"}', '"n"'],
    ['"error":"no"', 'neither a result nor an error'],
    ['"error":{"code":1}', 'neither a result nor an error'],
  ])('%s is an error that says what is wrong', (outcome, words) => {
    const { round, respond, idOf } = asked();
    respond(idOf(0), outcome);
    expect(round.answers['q1']).toMatchObject({ kind: 'error', error: expect.any(String) });
    const answer = round.answers['q1'];
    expect(JSON.parse(answer?.kind === 'error' ? answer.error : '{}')).toMatchObject({
      code: -32602,
      message: expect.stringContaining(words),
    });
  });
});

const withdrawn = (id: string | undefined) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId: id, reason: expect.any(String) },
});

describe('a call that ends while it is asking', () => {
  test('by its upstream takes its questions back', () => {
    const { world, round, asked: put, sent, respond, idOf } = asked([FORM, ROOTS]);
    respond(idOf(0), YES);
    put.close(DONE);
    expect(sent()[2]).toEqual(withdrawn(sent()[1]?.id));
    respond(idOf(1), '"result":{"roots":[]}');
    expect([sent().length, round.calls]).toEqual([3, 0]);
    expect(world.room.status()).toMatchObject({ open: 0, waiting: 0, ignored: 1 });
  });

  test('by its client does too, and the upstream hears of it', async () => {
    const { world, round, x, delivery, sent } = asked();
    x.cancellation.cancel('cancelled');
    await settled();
    expect(sent()[1]).toEqual(withdrawn(sent()[0]?.id));
    expect(delivery.terminals).toMatchObject([{ reason: 'cancelled' }]);
    expect(round).toMatchObject({ fate: 'cancelled', calls: 1 });
    expect(world.room.status()).toMatchObject({ open: 0, waiting: 0 });
  });

  test('by an upstream that hears of the cancellation itself is told once', async () => {
    const { round, x, asked: put, delivery } = asked();
    x.cancellation.cancel('cancelled');
    put.close(new Refusal('cancelled'));
    await settled();
    expect([round.calls, delivery.terminals, delivery.notices.length]).toEqual([0, [], 2]);
  });

  test('with its session goes on without answers', () => {
    const { world, round } = asked([FORM, ROOTS]);
    world.room.sessionEnded('session-2');
    expect(round.calls).toBe(0);
    world.room.sessionEnded('session-1');
    expect(round.answers).toEqual({ q1: { kind: 'none' }, q2: { kind: 'none' } });
  });
});

test('questions that nobody answers in time are taken back, and the call goes on', async () => {
  const { world, round, sent, respond, idOf } = asked([FORM, ROOTS]);
  respond(idOf(0), YES);
  await world.clock.advance(MINUTES_MS);
  expect(round).toMatchObject({
    fate: 'answered',
    calls: 1,
    answers: { q1: { kind: 'result' }, q2: { kind: 'none' } },
  });
  expect(sent()[2]).toEqual(withdrawn(sent()[1]?.id));
  expect(world.room.status()).toMatchObject({ open: 0, waiting: 0, unanswered: 1 });
  expect([world.clock.pending, world.bugs]).toEqual([0, []]);
});

test('at shutdown open questions have their time, then the call ends', async () => {
  const { world, round, delivery } = asked();
  const drained = world.room.drain(100);
  await world.clock.advance(100);
  await drained;
  expect(round.fate).toBe('draining');
  expect(delivery.terminals).toMatchObject([{ reason: 'draining' }]);
});
