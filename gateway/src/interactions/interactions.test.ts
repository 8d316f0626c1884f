import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Refusal,
  splice,
  type AnswerMessage,
  type Exchange,
  type Terminal,
} from '../kernel/index.ts';
import { LOCAL, answerOf, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../test/kit/sealer.ts';
import { createInteractions } from './index.ts';

const MINUTES_MS = 10 * 60_000;
const clock = new ManualClock();
const room = createInteractions({
  sealer: makeSealer(clock),
  clock,
  onBug: (error) => {
    throw error;
  },
});
const sealQuestion = (x: Exchange, message: Terminal): Terminal => room.sealQuestion(x, message);
const openState = (x: Exchange, state: string) => room.openState(x, state);

function exchange(
  change: { principal?: string; endpoint?: string; method?: string; name?: string } = {},
): Exchange {
  const x = makeExchange();
  x.principal = { ...LOCAL, id: change.principal ?? 'local' };
  x.endpoint = change.endpoint ?? 'default';
  x.call = makeCall({ method: change.method ?? 'tools/call', name: change.name ?? 'ask' });
  return x;
}

const question = (rawState: string, era: AnswerMessage['era'] = 'modern'): AnswerMessage =>
  answerOf(
    `{"id":1,"result":{"n":1.0,"resultType":"input_required","requestState":${rawState}}}`,
    era,
  );

/** The state as the caller gets it. */
function sealed(x: Exchange, rawState: string): string {
  const message = sealQuestion(x, question(rawState)) as AnswerMessage;
  return JSON.parse(splice(message.view.bytes, message.edits).toString()).result.requestState;
}

describe('a question on its way out', () => {
  test('its state is sealed and nothing else of it is touched', () => {
    const message = sealQuestion(exchange(), question('"secret"')) as AnswerMessage;
    const text = splice(message.view.bytes, message.edits).toString();
    expect(text).not.toContain('secret');
    expect(text).toMatch(
      /^\{"id":1,"result":\{"n":1\.0,"resultType":"input_required","requestState":"[\w-]+"\}\}$/,
    );
  });

  test('edits made before stay', () => {
    const first = { start: 1, end: 1, text: ' ' };
    const message = sealQuestion(exchange(), { ...question('"s"'), edits: [first] });
    expect((message as AnswerMessage).edits[0]).toBe(first);
    expect((message as AnswerMessage).edits).toHaveLength(2);
  });

  test.each<[string, Terminal]>([
    [
      'a question without state',
      answerOf('{"id":1,"result":{"resultType":"input_required"}}', 'modern'),
    ],
    [
      'a result',
      answerOf('{"id":1,"result":{"resultType":"complete","requestState":"s"}}', 'modern'),
    ],
    ['a result without type', answerOf('{"id":1,"result":{"requestState":"s"}}', 'modern')],
    ['a legacy result', question('"s"', 'legacy')],
    ['an error', answerOf('{"id":1,"error":{"resultType":"input_required"}}', 'modern')],
    ['a refusal', new Refusal('internal')],
    [
      'a local result',
      { kind: 'local', result: '{"resultType":"input_required","requestState":"s"}' },
    ],
    ['nothing', { kind: 'accepted' }],
  ])('%s passes as it is', (_what, message) => {
    expect(sealQuestion(exchange(), message)).toBe(message);
  });

  test.each(['5', 'null', '{"a":1}', '["s"]', 'true'])('a state that is %s is no state', (raw) => {
    expect(sealQuestion(exchange(), question(raw))).toMatchObject({ reason: 'upstream_invalid' });
  });
});

const upstream = (state: string) => ({ kind: 'upstream', state });

describe('a state that comes back', () => {
  test('is exactly the string the upstream gave, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (state) => {
        const x = exchange();
        expect(openState(x, sealed(x, JSON.stringify(state)))).toEqual(upstream(state));
      }),
    );
  });

  test.each(['"\\ud800"', '"\\u0061\\/"', '""', '"\\u0000"'])('also %s', (raw) => {
    const x = exchange();
    expect(openState(x, sealed(x, raw))).toEqual(upstream(JSON.parse(raw)));
  });

  test.each([
    ['another principal', { principal: 'eve' }],
    ['another endpoint', { endpoint: 'crm' }],
    ['another method', { method: 'prompts/get' }],
    ['another item', { name: 'ask2' }],
  ])('is worth nothing to %s', (_what, change) => {
    expect(openState(exchange(change), sealed(exchange(), '"s"'))).toMatchObject({
      reason: 'state_invalid',
    });
  });

  test('may come back under another id and more than once', () => {
    const token = sealed(exchange(), '"s"');
    expect([openState(exchange(), token), openState(exchange(), token)]).toEqual([
      upstream('s'),
      upstream('s'),
    ]);
  });

  test('is refused when it was not given out here, or changed', () => {
    const token = sealed(exchange(), '"s"');
    for (const other of ['', 's', '"s"', token.slice(1), `${token}A`, token.toUpperCase()]) {
      expect(openState(exchange(), other)).toMatchObject({ reason: 'state_invalid' });
    }
  });

  test('expires', async () => {
    const token = sealed(exchange(), '"s"');
    await clock.advance(MINUTES_MS - 1);
    expect(openState(exchange(), token)).toEqual(upstream('s'));
    await clock.advance(1);
    expect(openState(exchange(), token)).toMatchObject({ reason: 'state_invalid' });
  });
});
