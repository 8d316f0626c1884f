import { describe, expect, test } from 'vitest';
import { Refusal, type LocalMessage, type Question } from '../kernel/index.ts';
import { answerOf } from '../../../test/kit/exchange.ts';
import { settled } from '../../../test/kit/manual-clock.ts';
import {
  FORM,
  ROOTS,
  caller,
  questionsWorld,
  roundOf,
  type Caller,
} from '../../../test/kit/questions-world.ts';
import { interactionsSchema } from './config.ts';

const GOOD = '{"q1":{"action":"accept","content":{"n":1}}}';
const BOTH = '{"q1":{"action":"decline"},"q2":{"roots":[{"uri":"file:///a"}]}}';
const MINUTES_MS = 10 * 60_000;
const DONE: LocalMessage = { kind: 'local', result: '{"content":[]}' };
const quiet = { parked: 0, open: 0 };

function parked(questions: readonly Question[] = [FORM], change: Caller = {}) {
  const world = questionsWorld();
  const round = roundOf(questions);
  return { world, round, ...world.ask(caller(change), round) };
}

describe.each(['modern', 'rest'] as const)('a question to a %s caller', (dialect) => {
  test('ends the exchange and waits; the retry that answers it hears what comes next', () => {
    const { world, round, delivery, state } = parked([FORM, ROOTS], { dialect });
    const [message] = delivery.terminals;
    expect(message).toMatchObject({ kind: 'local', isQuestion: true });
    expect(JSON.parse((message as LocalMessage).result)).toEqual({
      inputRequests: {
        q1: { method: FORM.method, params: JSON.parse(FORM.params) },
        q2: { method: 'roots/list' },
      },
      requestState: expect.stringMatching(/^[\w-]+$/),
    });
    expect([round.fate, world.room.status().parked, world.clock.pending]).toEqual(['', 1, 1]);

    const retry = world.retry({ state, responses: BOTH, dialect, rawId: '2' });
    expect(round).toMatchObject({ fate: 'answered', calls: 1, x: retry.x });
    expect(round.answers).toEqual({
      q1: { kind: 'result', result: '{"action":"decline"}' },
      q2: { kind: 'result', result: '{"roots":[{"uri":"file:///a"}]}' },
    });
    expect(retry.terminal).toBeUndefined();
    round.delivery?.event({ kind: 'notice', text: '{"method":"n"}' });
    round.delivery?.finish(DONE);
    round.delivery?.finish(new Refusal('internal'));
    expect(retry.delivery.order).toEqual(['{"method":"n"}', 'end']);
    expect(retry.terminal).toBe(DONE);
    expect(world.room.status()).toMatchObject(quiet);
  });
});

test('what only legacy peers say is left out of a question', () => {
  const params =
    '{"mode":"url","elicitationId":"e","url":"https://a.example","n":1.0,"_meta":{"progressToken":1}}';
  const { delivery } = parked([{ ...FORM, params }]);
  expect((delivery.terminals[0] as LocalMessage).result).toContain(
    '"params":{"mode":"url","url":"https://a.example","n":1.0}}',
  );
});

describe('a state', () => {
  test.each<[string, Caller]>([
    ['of another principal', { principal: 'eve' }],
    ['at another endpoint', { endpoint: 'crm' }],
    ['of another item', { name: 'crm__other' }],
    ['of another method', { method: 'prompts/get' }],
    ['with other arguments', { arguments: '{"a":2}' }],
    ['with an argument more', { arguments: '{"a":1,"b":1}' }],
    ['without arguments', { arguments: '' }],
    ['of an item that the name means since', { item: 'other' }],
  ])('%s is refused, and the question stays open', (_what, change) => {
    const { world, round, state } = parked();
    expect(world.retry({ ...change, state, responses: GOOD }).terminal).toMatchObject({
      reason: 'state_invalid',
    });
    expect([round.fate, world.room.status().open]).toEqual(['', 1]);
    world.retry({ state, responses: GOOD });
    expect(round.fate).toBe('answered');
  });

  test('that was changed in any character is refused', () => {
    const { world, round, state } = parked();
    for (let at = 0; at < state.length; at += 7) {
      const other = state[at] === 'A' ? 'B' : 'A';
      const changed = state.slice(0, at) + other + state.slice(at + 1);
      expect(world.retry({ state: changed, responses: GOOD }).terminal).toMatchObject({
        reason: 'state_invalid',
      });
    }
    expect(round.fate).toBe('');
  });

  test.each([
    ['{"a":1}', ' {\n"a" : 1 }'],
    ['{"a":" x \\" "}', '{ "a":" x \\" "}'],
    ['', '{}'],
  ])('does not mind how %j is spaced', (first, second) => {
    const { world, round, state } = parked([FORM], { arguments: first });
    world.retry({ state, responses: GOOD, arguments: second });
    expect(round.fate).toBe('answered');
  });

  test('of another process means a call that has ended', () => {
    const { world, state } = parked();
    const other = questionsWorld(world);
    expect(other.retry({ state, responses: GOOD }).terminal).toMatchObject({
      reason: 'interaction_expired',
    });
  });
});

describe('answers', () => {
  test.each([
    ['[]', 'must be an object'],
    ['{"q1":[]}', 'It must be an object'],
    ['{"q1":{"action":"yes"}}', '"action"'],
    ['{"q1":{"action":"accept"}}', '"n"'],
    ['{"q1":{"action":"accept","content":{"n":"1"}}}', 'integer'],
  ])('%s are refused in words, and the question stays open', (responses, words) => {
    const { world, round, state } = parked();
    const { terminal } = world.retry({ state, responses });
    expect(terminal).toMatchObject({ reason: 'params_invalid' });
    expect((terminal as Refusal).text).toContain(words);
    world.retry({ state, responses: GOOD });
    expect(round).toMatchObject({ fate: 'answered', calls: 1 });
  });

  test('to nothing that was asked are ignored', () => {
    const { world, round, state } = parked();
    world.retry({ state, responses: '{"zz":5,"q1":{"action":"cancel"}}' });
    expect(Object.keys(round.answers)).toEqual(['q1']);
  });

  test('that are missing are asked for once more; then nobody answers', () => {
    const { world, round, state } = parked([FORM, ROOTS]);
    const first = world.retry({ state, responses: GOOD });
    expect(Object.keys(first.question.inputRequests)).toEqual(['q2']);
    expect(round.fate).toBe('');
    expect(world.retry({ state, responses: BOTH }).terminal).toMatchObject({
      reason: 'state_invalid',
    });
    world.retry({ state: first.question.requestState });
    expect(round.answers).toMatchObject({ q1: { kind: 'result' }, q2: { kind: 'none' } });
    expect(world.room.status()).toMatchObject({ unanswered: 1, open: 0 });
  });
});

describe('the same answers once more', () => {
  test('while the first run wait for the same outcome, each under its own id', () => {
    const { world, round, state } = parked();
    const first = world.retry({ state, responses: GOOD, rawId: '2' });
    const second = world.retry({ state, responses: GOOD, rawId: '3' });
    expect([round.calls, second.terminal]).toEqual([1, undefined]);
    round.delivery?.event({ kind: 'notice', text: '{}' });
    const error = answerOf('{"error":{"code":1,"message":"m"}}', 'legacy');
    round.delivery?.finish({ ...error, edits: [{ start: 1, end: 1, text: '"id":2,' }] });
    expect(first.terminal).toMatchObject({ edits: [{ text: '"id":2,' }] });
    expect(second.terminal).toMatchObject({ edits: [{ text: '"id":3,' }] });
    expect(second.delivery.events).toEqual([]);
  });

  test('after the end get the outcome that was kept, until it is too old', async () => {
    const { world, round, state } = parked();
    world.retry({ state, responses: GOOD });
    round.delivery?.finish(DONE);
    expect(world.retry({ state, responses: GOOD }).terminal).toBe(DONE);
    expect(world.room.status()).toMatchObject({ ...quiet, kept: 1 });
    await world.clock.advance(MINUTES_MS);
    expect(world.retry({ state, responses: GOOD }).terminal).toMatchObject({
      reason: 'interaction_expired',
    });
    expect(world.room.status()).toMatchObject({ ...quiet, kept: 0, waiting: 0 });
    expect([round.calls, world.clock.pending]).toEqual([1, 0]);
  });

  test('an outcome that is too long is not kept', () => {
    const { world, round, state } = parked();
    const first = world.retry({ state, responses: GOOD });
    const long: LocalMessage = {
      kind: 'local',
      result: JSON.stringify({ a: 'x'.repeat(300_000) }),
    };
    round.delivery?.finish(long);
    expect(first.terminal).toBe(long);
    expect(world.room.status()).toMatchObject({ ...quiet, kept: 0, waiting: 0 });
  });

  test('one that goes away is told so and waits no longer', () => {
    const { world, round, state } = parked();
    const first = world.retry({ state, responses: GOOD });
    const second = world.retry({ state, responses: GOOD });
    second.x.cancellation.cancel('disconnected');
    expect(second.terminal).toMatchObject({ reason: 'cancelled' });
    round.delivery?.finish(DONE);
    expect([first.terminal, second.delivery.terminals]).toEqual([DONE, [expect.anything()]]);
  });

  test('the next hears what comes when the one goes away that is heard', () => {
    const { world, round, state } = parked();
    const passed: unknown[] = [];
    round.passOn = (x, delivery) => {
      passed.push(x);
      round.delivery = delivery;
    };
    const [first, second, third] = [1, 2, 3].map(() => world.retry({ state, responses: GOOD }));
    first?.x.cancellation.cancel('disconnected');
    second?.x.cancellation.cancel('disconnected');
    expect(passed).toEqual([second?.x, third?.x]);
    expect(first?.terminal).toMatchObject({ reason: 'cancelled' });
    expect(second?.terminal).toMatchObject({ reason: 'cancelled' });
    round.delivery?.finish(DONE);
    expect([third?.terminal, round.calls]).toEqual([DONE, 1]);
    expect(world.room.status()).toMatchObject({ ...quiet, retrying: 0 });
  });

  test('are bounded', () => {
    const { world, state } = parked();
    const retries = Array.from({ length: 9 }, () => world.retry({ state, responses: GOOD }));
    expect(retries.map(({ terminal }) => terminal?.kind)).toEqual([
      ...Array.from({ length: 8 }, () => undefined),
      'refusal',
    ]);
  });
});

describe('the next question of the same call', () => {
  test('goes to all who wait, under a state of its own; the old one is over', () => {
    const { world, round, state } = parked();
    const first = world.retry({ state, responses: GOOD });
    const also = world.retry({ state, responses: GOOD });
    const next = roundOf([{ ...FORM, key: 'q9' }]);
    round.delivery?.ask(next);
    expect(Object.keys(first.question.inputRequests)).toEqual(['q9']);
    expect(also.question).toEqual(first.question);
    round.delivery?.event({ kind: 'notice', text: 'between rounds' });
    expect(first.delivery.events).toEqual([]);

    expect(world.retry({ state, responses: GOOD }).terminal).toMatchObject({
      reason: 'state_invalid',
    });
    const responses = '{"q9":{"action":"accept","content":{"n":2}}}';
    const last = world.retry({ state: first.question.requestState, responses });
    next.delivery?.finish(DONE);
    expect([last.terminal, next.calls, round.calls]).toEqual([DONE, 1, 1]);
    expect(world.room.status()).toMatchObject(quiet);
  });

  test('is refused when there were too many', async () => {
    const { world, round, state } = parked();
    world.room.configure(interactionsSchema.parse({ maxRounds: 1 }));
    const first = world.retry({ state, responses: GOOD });
    const next = roundOf();
    round.delivery?.ask(next);
    await settled();
    expect(first.terminal).toMatchObject({ reason: 'upstream_invalid' });
    expect(next).toMatchObject({ fate: 'cancelled', calls: 1 });
    expect(world.room.status()).toMatchObject(quiet);
  });
});

describe('a caller that cannot be asked', () => {
  test.each<[string, readonly Question[], object]>([
    ['{}', [FORM, ROOTS], { elicitation: { form: {} }, roots: {} }],
    [
      '{"roots":{}}',
      [FORM, { ...FORM, key: 'u', params: '{"mode":"url"}' }],
      { elicitation: { form: {}, url: {} } },
    ],
    ['{"elicitation":{"url":{}}}', [FORM], { elicitation: { form: {} } }],
  ])('with %s hears what it would have to declare', async (capabilities, questions, required) => {
    const { world, round, delivery } = parked(questions, { capabilities });
    expect(delivery.terminals).toMatchObject([
      { reason: 'capability_missing', detail: { data: { requiredCapabilities: required } } },
    ]);
    await settled();
    expect(round).toMatchObject({ fate: 'cancelled', calls: 1 });
    expect(world.room.status()).toMatchObject({ ...quiet, waiting: 0, refused: 1 });
  });

  test('since its method has no questions lets the call go on without answers', async () => {
    const { round, delivery } = parked([FORM], { method: 'completion/complete' });
    expect(round.calls).toBe(0);
    await settled();
    expect(round).toMatchObject({ fate: 'answered', answers: { q1: { kind: 'none' } }, delivery });
  });

  test('nobody is called once the upstream has ended the call', async () => {
    const { round, asked } = parked([FORM], { capabilities: '{}' });
    asked.close(DONE);
    await settled();
    expect(round.calls).toBe(0);
  });
});

describe('caps', () => {
  test.each<[string, object, Caller, string, boolean]>([
    ['per caller', { maxParkedPerPrincipal: 2 }, { principal: 'eve' }, 'crm', true],
    ['per upstream', { maxParkedPerUpstream: 2 }, {}, 'other', true],
    ['in all', { maxParked: 2 }, { principal: 'eve' }, 'other', false],
  ])('%s', async (_what, config, free, upstream, isFree) => {
    const world = questionsWorld();
    world.room.configure(interactionsSchema.parse(config));
    const first = world.ask(caller(), roundOf());
    world.ask(caller(), roundOf());
    const third = roundOf();
    expect(world.ask(caller(), third).delivery.terminals).toMatchObject([
      { reason: 'too_many_calls' },
    ]);
    await settled();
    expect(third.fate).toBe('cancelled');
    expect(world.ask(caller(free), roundOf([FORM], upstream)).state !== '').toBe(isFree);
    first.asked.close(DONE);
    expect(world.ask(caller(), roundOf()).state !== '').toBe(true);
  });
});

describe('the end', () => {
  test('of the time to answer abandons the call; who comes late is told', async () => {
    const { world, round, state } = parked();
    await world.clock.advance(MINUTES_MS - 1);
    expect(round.fate).toBe('');
    await world.clock.advance(1);
    expect(round).toMatchObject({ fate: 'expired', calls: 1 });
    expect(world.retry({ state, responses: GOOD }).terminal).toMatchObject({
      reason: 'interaction_expired',
    });
    expect(world.room.status()).toEqual({
      ...quiet,
      retrying: 0,
      kept: 0,
      waiting: 0,
      refused: 0,
      unanswered: 1,
      ignored: 0,
    });
    expect(world.clock.pending).toBe(0);
  });

  test('by the upstream while a question is open is what the retry hears', () => {
    const { world, round, state, asked } = parked();
    asked.close(DONE);
    asked.close(new Refusal('internal'));
    expect(world.room.status()).toMatchObject({ ...quiet, kept: 1 });
    expect(world.retry({ state, responses: GOOD }).terminal).toBe(DONE);
    expect(round.calls).toBe(0);
  });

  test('by the upstream with more than is kept is said in words', () => {
    const { world, state, asked } = parked();
    asked.close({ kind: 'local', result: 'x'.repeat(300_000) });
    expect(world.retry({ state, responses: GOOD }).terminal).toMatchObject({
      reason: 'interaction_expired',
    });
  });

  test('of the process waits for answers, parks nothing more and then gives up', async () => {
    const { world, round, state } = parked();
    const second = roundOf();
    world.ask(caller(), second);
    let isDrained = false;
    const drained = world.room.drain(5000).then(() => {
      isDrained = true;
    });
    expect(world.room.isAsking()).toBe(true);
    const late = roundOf();
    expect(world.ask(caller(), late).delivery.terminals).toMatchObject([{ reason: 'draining' }]);
    world.retry({ state, responses: GOOD });
    await world.clock.advance(4999);
    expect([round.fate, second.fate, late.fate, isDrained]).toEqual([
      'answered',
      '',
      'draining',
      false,
    ]);
    await world.clock.advance(1);
    await drained;
    expect(second.fate).toBe('draining');
    round.delivery?.finish(DONE);
    expect(world.room.status()).toMatchObject(quiet);
  });

  test('of the process is at once where nothing is asked', async () => {
    const { room, clock } = questionsWorld();
    await room.drain(5000);
    expect(clock.pending).toBe(0);
  });
});
