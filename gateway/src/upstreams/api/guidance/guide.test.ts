import { describe, expect, test } from 'vitest';
import type { ApiIndex, FailureClass, Operation, OperationPlan, ReplyBody } from '../model.ts';
import { apiWords } from './api-words.ts';
import { argumentPlace } from './argument-names.ts';
import type { Failure } from './failed.ts';
import { guide } from './guide.ts';

const AT = { source: '', pointer: '#/paths/x', line: 12 };

function operation(verb: string, place: string, name: string): Operation {
  const isRead = verb === 'GET';
  return {
    key: `http:${verb} ${place}`,
    name,
    aliases: [],
    title: name,
    summary: name,
    tags: [],
    isDeprecated: false,
    verb,
    place,
    effects: { effect: isRead ? 'read' : 'write', isIdempotent: verb !== 'POST', origin: 'verb' },
    auth: [[{ scheme: 'oauth', scopes: ['toys:write'] }], [{ scheme: 'key', scopes: [] }]],
    at: AT,
  };
}

const OPERATIONS = [
  operation('GET', '/pets', 'list_pets'),
  operation('GET', '/pets/{id}/toys/{toy}', 'get_toy'),
  operation('PUT', '/pets/{petId}/toys/{toyId}', 'put_toy'),
  operation('POST', '/pets', 'add_pet'),
] as const;

const INDEX: ApiIndex = {
  kind: 'openapi',
  digest: 'd',
  title: 'Pets',
  version: '1',
  description: '',
  servers: [],
  schemes: [
    {
      name: 'key',
      kind: 'api_key',
      words: 'API key in the header X-Key',
      location: 'header',
      parameter: 'X-Key',
      tokenUrl: '',
    },
  ],
  operations: OPERATIONS,
  skipped: [],
  repairs: [],
};

const PLAN: OperationPlan = {
  key: 'http:PUT /pets/{petId}/toys/{toyId}',
  description: '',
  input: { type: 'object' },
  listed: null,
  output: null,
  arguments: [
    { name: 'pet_id', wire: 'petId', location: 'path', isRequired: true, role: 'value' },
    { name: 'toy_id', wire: 'toyId', location: 'path', isRequired: true, role: 'value' },
    {
      name: 'name_body',
      wire: '/name',
      location: 'body_property',
      isRequired: false,
      role: 'value',
    },
    { name: 'parts', wire: '/parts', location: 'body_property', isRequired: false, role: 'value' },
  ],
  pagination: null,
  request: {},
};

const NONE: ReplyBody = { kind: 'none' };

function told(
  kind: FailureClass,
  rest: Partial<Failure> = {},
  of: Operation = OPERATIONS[2],
  sees = true,
): string {
  const reply: Failure = {
    kind: 'failure',
    class: kind,
    status: '4xx',
    body: NONE,
    complaints: [],
    retryAfterMs: -1,
    authHint: '',
    ...rest,
  };
  return guide(reply, {
    upstream: 'pets',
    index: INDEX,
    operation: of,
    plan: PLAN,
    toolName: ({ name }) => (sees ? `pets__${name}` : undefined),
  });
}

describe('a failure says what to do', () => {
  test('one complaint in the name of the argument', () => {
    const complaints = [{ wire: 'body.name', text: 'too long' }];
    expect(told('invalid', { complaints, status: '422 Unprocessable Content' })).toBe(
      'Change name_body: the API says of it "too long".\nThe API answered 422 Unprocessable Content.',
    );
  });

  test('several complaints', () => {
    const complaints = [
      { wire: '/parts/0/size', text: 'must be\npositive' },
      { wire: 'petId', text: 'bad' },
    ];
    expect(told('invalid', { complaints })).toBe(
      'Change parts[0].size and pet_id. The API says of them:\n- parts[0].size: "must be positive"\n- pet_id: "bad"\nThe API answered 4xx.',
    );
  });

  test('what is missing is looked for where the caller sees a list', () => {
    const first = 'Change pet_id or toy_id: the API knows nothing by these values.\n';
    expect(told('not_found')).toBe(
      `${first}The tool pets__list_pets lists what there is.\nThe API answered 4xx.`,
    );
    expect(told('not_found', {}, OPERATIONS[2], false)).toBe(`${first}The API answered 4xx.`);
  });

  test('credentials', () => {
    expect(told('forbidden', { authHint: 'the scope toys:write' })).toBe(
      [
        'Do not call again as it is: the credentials that the gateway has for this API do not allow this.',
        'This operation needs oauth with the scope toys:write, or key (API key in the header X-Key).',
        'What would help: the scope toys:write',
        'Whoever runs the gateway sets auth.schemes.oauth, or auth.schemes.key of upstreams.pets.',
        'The API answered 4xx.',
      ].join('\n'),
    );
    const open = { ...OPERATIONS[2], auth: [] };
    expect(told('unauthenticated', {}, open)).toBe(
      [
        'Do not call again as it is: the API wants valid credentials, which are no arguments; the gateway adds them.',
        'What the gateway sent was not accepted.',
        'Whoever runs the gateway sets auth of upstreams.pets.',
        'The API answered 4xx.',
      ].join('\n'),
    );
  });

  test('what has a state of its own is read at the nearest place', () => {
    const finish = operation('POST', '/pets/{id}/toys/{toy}/finish', 'finish_toy');
    expect(told('conflict', {}, finish)).toContain('with the tool pets__get_toy first');
    const adopt = operation('POST', '/pets/{id}/adopt', 'adopt_pet');
    expect(told('conflict', {}, adopt)).toContain('with the tool pets__list_pets first');
    expect(told('conflict', {}, operation('POST', '/shops', 'add_shop'))).toContain(
      'Read the current state first',
    );
  });

  test.each<[FailureClass, Partial<Failure>, Operation, string]>([
    [
      'invalid',
      {},
      OPERATIONS[2],
      'Change the arguments: the API takes the call, but not with these values.',
    ],
    [
      'conflict',
      {},
      OPERATIONS[2],
      'Read the current state with the tool pets__get_toy first, then decide again: the call does not fit it.',
    ],
    ['too_large', {}, OPERATIONS[2], 'Send less: what was sent is larger than the API takes.'],
    [
      'rate_limited',
      { retryAfterMs: 1500 },
      OPERATIONS[2],
      'Wait 2 seconds, then call again: the API takes no more calls for now.',
    ],
    [
      'rate_limited',
      {},
      OPERATIONS[2],
      'Wait a moment, then call again: the API takes no more calls for now.',
    ],
    [
      'server_error',
      {},
      OPERATIONS[2],
      'The arguments are not to blame: the API itself failed.\nWait a moment, then call again: doing so is safe.',
    ],
    [
      'server_error',
      {},
      OPERATIONS[3],
      'The arguments are not to blame: the API itself failed.\nThe call may have been carried out all the same: look before calling again.',
    ],
    ['other', {}, OPERATIONS[2], 'The API did not carry the call out.'],
  ])('%s', (kind, rest, of, lines) => {
    expect(told(kind, rest, of)).toBe(`${lines}\nThe API answered 4xx.`);
  });

  test('unsendable', () => {
    const reply = { kind: 'unsendable', argument: 'pet_id', text: 'it must not be "..".' } as const;
    const failed = {
      upstream: 'pets',
      index: INDEX,
      operation: OPERATIONS[2],
      plan: PLAN,
      toolName: () => undefined,
    };
    expect(guide(reply, failed)).toBe(
      'pet_id cannot be sent: it must not be "..".\nNothing was sent to the API.',
    );
  });
});

test.each<[string, ReplyBody, string]>([
  [
    'problem details',
    { kind: 'json', value: { title: 'Bad', detail: 'No "x"', status: 400 } },
    'No "x"',
  ],
  ['nested errors', { kind: 'json', value: { error: { code: 7, message: 'Nope' } } }, 'Nope'],
  ['lists', { kind: 'json', value: { errors: [{ message: 'a' }, { message: 'b' }] } }, 'a; b'],
  ['another form', { kind: 'json', value: { code: 7 } }, '{"code":7}'],
  [
    'a page',
    { kind: 'text', mimeType: 'text/html', text: '<html><title>Oops</title><p>x' },
    'Oops',
  ],
  [
    'a stack',
    { kind: 'text', mimeType: 'text/plain', text: 'E: boom\n    at f (/srv/a.js:1:2)\n' },
    'E: boom',
  ],
  [
    'length',
    { kind: 'text', mimeType: 'text/plain', text: 'x'.repeat(5000) },
    `${'x'.repeat(1000)}…`,
  ],
])('the API is quoted: %s', (_what, body, words) => {
  expect(apiWords(body)).toBe(`The API's own words, as data: ${JSON.stringify(words)}`);
});

test.each([
  ['petId', 'pet_id'],
  ['path.pet_id', 'pet_id'],
  ['#/parts/3', 'parts[3]'],
  ['parts[3].a b', 'parts[3]["a b"]'],
  ['body.unknown', 'body.unknown'],
])('%s is told as %s', (wire, place) => {
  expect(argumentPlace(wire, PLAN.arguments)).toBe(place);
});
