import { InitializeResultSchema, EmptyResultSchema } from '@modelcontextprotocol/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LEGACY_REVISIONS,
  principalOf,
  Refusal,
  type Call,
  type LocalMessage,
  type Principal,
  type SessionRef,
  type Terminal,
} from '../kernel/index.ts';
import { LOCAL, RecordingDelivery, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../test/kit/sealer.ts';
import { createSessions, type Sessions } from './index.ts';

const OTHER = principalOf({ id: 'other', kind: 'user', verifiedBy: 'token' });
const WEEK_MS = 7 * 24 * 3600 * 1000;
const SERVER = '{"name":"drawbridge","version":"0"}';

function house(clock = new ManualClock()) {
  const sealer = makeSealer(clock);
  const sessions = createSessions({ sealer, clock, serverInfo: SERVER });
  return {
    clock,
    sealer,
    sessions,
    again: () => createSessions({ sealer, clock, serverInfo: SERVER }),
  };
}

interface From {
  readonly principal?: Principal;
  readonly endpoint?: string;
  readonly session?: SessionRef;
  readonly instructions?: string;
}

function carried(sessions: Sessions, call: Call, from: From = {}): Terminal {
  const { principal = LOCAL, endpoint = 'default', session, instructions = '' } = from;
  const x = makeExchange();
  x.endpoint = endpoint;
  x.session = session;
  const delivery = new RecordingDelivery();
  const carrier = sessions.carrier(() => ({ capabilities: '{"tools":{}}', instructions }));
  carrier.carry(Object.assign(x, { principal, call }), delivery);
  expect(delivery.terminals).toHaveLength(1);
  return delivery.terminals[0]!;
}

function initialize(sessions: Sessions, params: object = {}, from: From & Partial<Call> = {}) {
  const message = JSON.stringify({ id: 1, params: { protocolVersion: '2025-11-25', ...params } });
  const { capabilities = '{}', clientInfo = '' } = from;
  const call = makeCall({ message, method: 'initialize', capabilities, clientInfo });
  const answer = carried(sessions, call, from) as LocalMessage;
  return { result: JSON.parse(answer.result), token: answer.sessionToken ?? '' };
}

function opened(sessions: Sessions, token: string): SessionRef {
  const session = sessions.open(token, LOCAL, 'default');
  if (session instanceof Refusal) throw new Error(session.text);
  return session;
}

const isUnknown = (step: SessionRef | Refusal): boolean =>
  step instanceof Refusal && step.reason === 'session_unknown';

describe('initialize', () => {
  test.each<[string, string]>([
    ...LEGACY_REVISIONS.map((revision): [string, string] => [revision, revision]),
    ['2026-07-28', '2025-11-25'],
    ['2024-10-07', '2025-11-25'],
    ['2099-01-01', '2025-11-25'],
    ['', '2025-11-25'],
    ['"}', '2025-11-25'],
  ])('a client of %s gets %s', (protocolVersion, expected) => {
    const { sessions } = house();
    const { result, token } = initialize(sessions, { protocolVersion });
    expect(InitializeResultSchema.safeParse(result).error).toBeUndefined();
    expect(result).toEqual({
      protocolVersion: expected,
      capabilities: { tools: {} },
      serverInfo: JSON.parse(SERVER),
    });
    expect(opened(sessions, token).revision).toBe(expected);
  });

  test('instructions are given where there are any', () => {
    const { result } = initialize(house().sessions, {}, { instructions: 'Say "please"\n' });
    expect(result.instructions).toBe('Say "please"\n');
  });

  test('the session remembers what the client said it can do', () => {
    const { sessions } = house();
    const said = { capabilities: '{"sampling":{}}', clientInfo: '{"name":"é"}' };
    const { token } = initialize(sessions, {}, said);
    expect(opened(sessions, token)).toMatchObject({ token, ...said });
  });

  test('two sessions of one client are two', () => {
    const { sessions } = house();
    const [one, two] = [initialize(sessions), initialize(sessions)];
    expect(one.token).not.toBe(two.token);
    expect(opened(sessions, one.token).key).not.toBe(opened(sessions, two.token).key);
  });

  test('whatever a client says, its token is visible ASCII and fits into a header', () => {
    const { sessions } = house();
    const long = fc.string({ unit: 'grapheme', maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(long, long, (capabilities, clientInfo) => {
        const { token } = initialize(sessions, {}, { capabilities, clientInfo });
        expect(token).toMatch(/^[\x21-\x7e]+$/);
        expect(token.length).toBeLessThan(12 * 1024);
        opened(sessions, token);
      }),
      { numRuns: 10 },
    );
  });

  test('a client that says too much is held to have said nothing', () => {
    const { sessions } = house();
    const capabilities = `{"experimental":${JSON.stringify('x'.repeat(5000))}}`;
    const { token } = initialize(sessions, {}, { capabilities });
    expect(opened(sessions, token).capabilities).toBe('{}');
  });
});

describe('tokens', () => {
  test('one is good for another process with the same keys', () => {
    const { sessions, again } = house();
    const { token } = initialize(sessions);
    expect(opened(again(), token).key).toBe(opened(sessions, token).key);
  });

  test.each(['', 'x', 'null', '../..', 'é', `${'A'.repeat(20_000)}`])(
    'a foreign one is unknown: %.20s',
    (token) => {
      expect(isUnknown(house().sessions.open(token, LOCAL, 'default'))).toBe(true);
    },
  );

  test('one of other keys is unknown', () => {
    const { token } = initialize(house().sessions);
    expect(isUnknown(house().sessions.open(token, LOCAL, 'default'))).toBe(true);
  });

  test('a changed one is unknown, wherever it was changed', () => {
    const { sessions } = house();
    const { token } = initialize(sessions);
    for (let at = 0; at < token.length; at += 7) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expect(isUnknown(sessions.open(changed, LOCAL, 'default'))).toBe(true);
    }
  });

  test('one belongs to its principal and endpoint, also after it was opened', () => {
    const { sessions } = house();
    const { token } = initialize(sessions);
    opened(sessions, token);
    expect(isUnknown(sessions.open(token, OTHER, 'default'))).toBe(true);
    expect(isUnknown(sessions.open(token, LOCAL, 'crm'))).toBe(true);
    opened(sessions, token);
  });

  test('parts of principal and endpoint cannot be moved between them', () => {
    const { sessions } = house();
    const { token } = initialize(
      sessions,
      {},
      { principal: { ...LOCAL, id: 'a' }, endpoint: 'b\nc' },
    );
    const mixed = { ...LOCAL, id: 'a\nb' };
    expect(sessions.open(token, { ...LOCAL, id: 'a' }, 'b\nc')).not.toBeInstanceOf(Refusal);
    expect(isUnknown(sessions.open(token, mixed, 'c'))).toBe(true);
  });

  test('one expires, also while it is in use', async () => {
    const { sessions, clock, again } = house();
    const { token } = initialize(sessions);
    await clock.advance(WEEK_MS - 1);
    opened(sessions, token);
    await clock.advance(1);
    expect(isUnknown(sessions.open(token, LOCAL, 'default'))).toBe(true);
    expect(isUnknown(again().open(token, LOCAL, 'default'))).toBe(true);
  });

  test.each([
    ['of another kind', 'cursor', '{"k":"k","v":"2025-11-25","c":"{}","i":"","e":9e15}'],
    ['without expiry', 'session', '{"k":"k","v":"2025-11-25","c":"{}","i":""}'],
    [
      'of a revision no longer served',
      'session',
      '{"k":"k","v":"2024-10-07","c":"{}","i":"","e":9e15}',
    ],
    ['with more in it', 'session', '{"k":"k","v":"2025-11-25","c":"{}","i":"","e":9e15,"x":1}'],
  ])('a sealed text %s is no session', (_what, purpose, text) => {
    const { sessions, sealer, clock } = house();
    const context = JSON.stringify([LOCAL.id, 'default']);
    const token = sealer.seal(purpose, text, context, clock.nowMs() + 1000);
    expect(isUnknown(sessions.open(token, LOCAL, 'default'))).toBe(true);
  });
});

describe('the methods of a session', () => {
  const of = (method: string, params: unknown = {}, more: Partial<Call> = {}): Call =>
    makeCall({ message: JSON.stringify({ id: 1, params }), method, ...more });

  test('ping is answered by an empty result', () => {
    const answer = carried(house().sessions, of('ping')) as LocalMessage;
    expect(EmptyResultSchema.safeParse(JSON.parse(answer.result)).success).toBe(true);
  });

  test.each<[string, Partial<Call>]>([
    ['notifications/initialized', { kind: 'notification' }],
    ['notifications/progress', { kind: 'notification' }],
    ['notifications/roots/list_changed', { kind: 'notification' }],
    ['notifications/cancelled', { kind: 'notification' }],
    ['', { kind: 'response' }],
  ])('%s %o is taken', (method, more) => {
    expect(carried(house().sessions, of(method, {}, more))).toEqual({ kind: 'accepted' });
  });

  test('a request of none of them does not exist', () => {
    expect(carried(house().sessions, of('notifications/initialized'))).toMatchObject({
      reason: 'method_unknown',
    });
  });

  test.each([
    ['debug', true],
    ['info', true],
    ['notice', true],
    ['warning', true],
    ['error', true],
    ['critical', true],
    ['alert', true],
    ['emergency', true],
    ['warn', false],
    ['INFO', false],
    ['', false],
    [3, false],
    [null, false],
    [undefined, false],
  ])('the log level %s is set: %s', (level, isTaken) => {
    const { sessions } = house();
    const session = opened(sessions, initialize(sessions).token);
    const answer = carried(sessions, of('logging/setLevel', { level }), { session });
    expect(answer).toMatchObject(
      isTaken ? { kind: 'local', result: '{}' } : { reason: 'params_invalid' },
    );
    expect(sessions.logLevel(session)).toBe(isTaken ? level : '');
  });

  test('a log level is that of its session only', () => {
    const { sessions } = house();
    const [one, two] = [initialize(sessions), initialize(sessions)];
    const session = opened(sessions, one.token);
    carried(sessions, of('logging/setLevel', { level: 'error' }), { session });
    carried(sessions, of('logging/setLevel', { level: 'loud' }), { session });
    expect(sessions.logLevel(session)).toBe('error');
    expect(sessions.logLevel(opened(sessions, two.token))).toBe('');
  });
});

describe('the end of a session', () => {
  const end = makeCall({ kind: 'end', method: '' });

  test('an ended session stays ended, and those who care are told', () => {
    const { sessions } = house();
    const told: string[] = [];
    sessions.onEnd((key) => told.push(`a ${key}`));
    sessions.onEnd((key) => told.push(`b ${key}`));
    const { token } = initialize(sessions);
    const session = opened(sessions, token);
    expect(carried(sessions, end, { session })).toEqual({ kind: 'accepted' });
    expect(told).toEqual([`a ${session.key}`, `b ${session.key}`]);
    expect(isUnknown(sessions.open(token, LOCAL, 'default'))).toBe(true);
    expect(isUnknown(sessions.open(token, LOCAL, 'default'))).toBe(true);
  });

  test('other sessions of the client go on', () => {
    const { sessions } = house();
    const [one, two] = [initialize(sessions), initialize(sessions)];
    carried(sessions, end, { session: opened(sessions, one.token) });
    expect(opened(sessions, two.token).token).toBe(two.token);
  });
});

describe('calls under way', () => {
  function call(session: SessionRef, rawId: string) {
    const x = makeExchange();
    x.session = session;
    x.rawId = rawId;
    return x;
  }
  function setUp() {
    const { sessions } = house();
    const session = opened(sessions, initialize(sessions).token);
    const other = opened(sessions, initialize(sessions).token);
    const cancel = (requestId: string, from = session): Terminal =>
      carried(
        sessions,
        makeCall({
          message: `{"params":{"requestId":${requestId}}}`,
          kind: 'notification',
          method: 'notifications/cancelled',
        }),
        { session: from },
      );
    return { sessions, session, other, cancel };
  }

  test('one is cancelled by its id, written as it was', () => {
    const { sessions, session, cancel } = setUp();
    const [number, text] = [call(session, '1'), call(session, '"1"')];
    sessions.callBegun(number, new RecordingDelivery());
    sessions.callBegun(text, new RecordingDelivery());
    expect(cancel('"1"')).toEqual({ kind: 'accepted' });
    expect(text.cancellation.reason).toBe('cancelled');
    expect(number.cancellation.reason).toBeUndefined();
  });

  test.each(['2', '"1"', 'null', '{}', '[1]'])('%s cancels nothing', (requestId) => {
    const { sessions, session, cancel } = setUp();
    const x = call(session, '1');
    sessions.callBegun(x, new RecordingDelivery());
    expect(cancel(requestId)).toEqual({ kind: 'accepted' });
    expect(x.cancellation.reason).toBeUndefined();
  });

  test('nobody cancels the call of another session', () => {
    const { sessions, session, other, cancel } = setUp();
    const x = call(session, '1');
    sessions.callBegun(x, new RecordingDelivery());
    cancel('1', other);
    expect(x.cancellation.reason).toBeUndefined();
  });

  test('a call that has ended is forgotten, also one whose id is used again', () => {
    const { sessions, session, cancel } = setUp();
    const [first, second] = [call(session, '1'), call(session, '1')];
    sessions.callBegun(first, new RecordingDelivery());
    sessions.callBegun(second, new RecordingDelivery());
    sessions.callEnded(first);
    cancel('1');
    expect(first.cancellation.reason).toBeUndefined();
    expect(second.cancellation.reason).toBe('cancelled');
    sessions.callEnded(second);
    cancel('1');
  });

  test('modern calls are none of its business', () => {
    const { sessions } = setUp();
    const x = makeExchange();
    x.rawId = '1';
    sessions.callBegun(x, new RecordingDelivery());
    sessions.callEnded(x);
    expect(x.cancellation.reason).toBeUndefined();
  });
});
