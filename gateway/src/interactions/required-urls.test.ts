import { describe, expect, test } from 'vitest';
import { Refusal, type LocalMessage, type Terminal } from '../kernel/index.ts';
import { answerOf } from '../../../test/kit/exchange.ts';
import { caller, questionsWorld, type Caller } from '../../../test/kit/questions-world.ts';

const VISIT =
  '{"mode":"url","elicitationId":"e","message":"Sign in","url":"https://a.example/x?y=1"}';
const required = (elicitations: string, code = '-32042') =>
  answerOf(
    `{"id":1,"error":{"code":${code},"message":"m","data":{"elicitations":${elicitations}}}}`,
    'legacy',
  );

function sealed(message: Terminal, change: Caller = {}) {
  const world = questionsWorld();
  const x = caller(change);
  return { world, x, out: world.room.sealQuestion(x, message) };
}

describe.each(['modern', 'rest'] as const)('addresses for a %s caller', (dialect) => {
  test('become a question, whose state makes the call anew', () => {
    const { world, out } = sealed(required(`[${VISIT},${VISIT}]`), { dialect });
    expect(out).toMatchObject({ kind: 'local', isQuestion: true });
    const { inputRequests, requestState } = JSON.parse((out as LocalMessage).result);
    expect(Object.values(inputRequests)).toEqual(
      [0, 1].map(() => ({
        method: 'elicitation/create',
        params: { mode: 'url', message: 'Sign in', url: 'https://a.example/x?y=1' },
      })),
    );
    const open = (change: Caller) =>
      world.room.openState(caller({ dialect, ...change }), requestState);
    expect(open({})).toEqual({ kind: 'repeat' });
    for (const change of [{ principal: 'eve' }, { endpoint: 'x' }, { arguments: '{}' }]) {
      expect(open(change)).toMatchObject({ reason: 'state_invalid' });
    }
    expect(world.room.status()).toMatchObject({ parked: 0, waiting: 0 });
  });
});

test.each([
  '[]',
  '{}',
  '[5]',
  '[{"message":"m"}]',
  '[{"message":"m","url":"javascript:alert(1)"}]',
  '[{"message":"m","url":"no"}]',
  JSON.stringify(Array.from({ length: 17 }, () => JSON.parse(VISIT))),
  `[${JSON.stringify({ ...JSON.parse(VISIT), message: 'x'.repeat(70_000) })}]`,
])('%.60s names no address that can be visited', (elicitations) => {
  expect(sealed(required(elicitations)).out).toMatchObject({ reason: 'upstream_invalid' });
});

test('a caller that takes no addresses hears what it would have to declare', () => {
  const { out } = sealed(required(`[${VISIT}]`), { capabilities: '{"elicitation":{}}' });
  expect(out).toMatchObject({
    reason: 'capability_missing',
    detail: { data: { requiredCapabilities: { elicitation: { url: {} } } } },
  });
});

test.each<[string, Terminal, Caller]>([
  ['for a legacy caller', required(`[${VISIT}]`), { dialect: 'legacy' }],
  ['of a modern upstream', { ...required(`[${VISIT}]`), era: 'modern' }, {}],
  ['of another code', required(`[${VISIT}]`, '-32043'), {}],
  ['for a method without questions', required(`[${VISIT}]`), { method: 'completion/complete' }],
])('an error %s stays as it is', (_what, message, change) => {
  expect(sealed(message, change).out).toBe(message);
});

describe('a question of a modern upstream', () => {
  const question = (requests: string) =>
    answerOf(
      `{"id":1,"result":{"resultType":"input_required","inputRequests":${requests},"requestState":"s"}}`,
      'modern',
    );
  const FORM = '{"a":{"method":"elicitation/create","params":{"message":"m"}}}';

  test.each([
    [FORM, '{}', { elicitation: { form: {} } }],
    ['{"a":{"method":"roots/list"}}', '{"elicitation":{}}', { roots: {} }],
    [
      '{"a":{"method":"sampling/createMessage","params":{"tools":[]}}}',
      '{"sampling":{}}',
      { sampling: { tools: {} } },
    ],
  ])('%s does not reach a caller with %s', (requests, capabilities, lacking) => {
    const { out } = sealed(question(requests), { capabilities });
    expect(out).toMatchObject({
      reason: 'capability_missing',
      detail: { data: { requiredCapabilities: lacking } },
    });
  });

  test.each([FORM, '{}', '[]', '5', '{"a":5}', '{"a":{"method":"vendor/x"}}'])(
    '%s passes where it may',
    (requests) => {
      expect(sealed(question(requests)).out).not.toBeInstanceOf(Refusal);
    },
  );
});
