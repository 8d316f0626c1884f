import { describe, expect, test } from 'vitest';
import { parseExact } from '../../../kernel/index.ts';
import type { FailureClass, Reply } from '../../api/model.ts';
import { readReply } from './reply.ts';

function answer(value: object): Reply {
  const body = { kind: 'json', value: parseExact(JSON.stringify(value)) } as const;
  return { kind: 'answer', status: '200', body, nextUrl: '' };
}

function failure(status: string, kind: FailureClass, value: object): Reply {
  const { body } = answer(value) as Extract<Reply, { kind: 'answer' }>;
  const none = { complaints: [], retryAfterMs: -1, authHint: '' };
  return { kind: 'failure', class: kind, status, body, ...none };
}

const coded = (code: unknown, message = 'no') => ({
  data: null,
  errors: [{ message, extensions: { code } }],
});

describe('what kind of failure it is', () => {
  test.each<[unknown, FailureClass]>([
    ['UNAUTHENTICATED', 'unauthenticated'],
    ['FORBIDDEN', 'forbidden'],
    ['BAD_USER_INPUT', 'invalid'],
    ['NOT_FOUND', 'not_found'],
    ['PERSISTED_QUERY_NOT_FOUND', 'unsupported'],
    ['PERSISTED_QUERY_NOT_SUPPORTED', 'unsupported'],
    ['PersistedQueryRequired', 'unsupported'],
    ['GRAPHQL_VALIDATION_FAILED', 'unsupported'],
    ['GRAPHQL_PARSE_FAILED', 'unsupported'],
    ['validation-failed', 'invalid'],
    ['INTERNAL_SERVER_ERROR', 'server_error'],
    ['THROTTLED', 'rate_limited'],
    ['CONFLICT', 'conflict'],
    [404, 'not_found'],
    ['', 'other'],
    [{}, 'other'],
  ])('%j is %s', (code, kind) => {
    expect(readReply(answer(coded(code)), 'a')).toMatchObject({ kind: 'failure', class: kind });
    // HTTP says only that something is wrong: 400 by some servers, 500 by others.
    const said = kind === 'other' ? 'server_error' : kind;
    expect(readReply(failure('500', 'server_error', coded(code)), 'a')).toMatchObject({
      class: said,
    });
  });

  test('a status of HTTP that says more than the code is kept', () => {
    const reply = failure('429', 'rate_limited', coded('INTERNAL_SERVER_ERROR'));
    expect(readReply(reply, 'a')).toMatchObject({ class: 'rate_limited' });
  });

  test.each(['type', 'classification', 'category'])('by %s where there is no code', (key) => {
    const errors = [{ message: 'x', extensions: { [key]: 'DataFetching.NotFound' } }];
    expect(readReply(answer({ data: null, errors }), 'a')).toMatchObject({ class: 'not_found' });
  });
});

describe('which input is meant', () => {
  const said = (error: object): unknown => {
    const reply = readReply(failure('400', 'invalid', { errors: [error] }), 'a');
    return reply.kind === 'failure' ? reply.complaints.map(({ wire }) => wire) : [];
  };

  test.each<[string, object, readonly string[]]>([
    [
      'a place after at',
      { message: 'Variable "$input" got invalid value 5 at "input.lines[0].sku"; Expected text.' },
      ['input.lines[0].sku'],
    ],
    [
      'the variable alone',
      { message: "Variable '$x' expected value of type 'Int!' but got: 5" },
      ['x'],
    ],
    ['in single quotes', { message: "Variable 'when' has an invalid value: no date" }, ['when']],
    ['in backticks', { message: 'Variable `input` got an invalid value.' }, ['input']],
    [
      'a place inside',
      {
        message:
          'Variable "$input" got invalid value {}.\nIn field "lines": In element #2: In field "sku": Expected type "ID!", found null.',
      },
      ['input.lines.2.sku'],
    ],
    [
      'a place after for',
      { message: 'Variable $input of type In! was provided invalid value for lines.0.count (no)' },
      ['input.lines.0.count'],
    ],
    [
      'problems',
      {
        message: 'Variable $input of type In! was provided invalid value',
        extensions: { problems: [{ path: ['lines', 0], explanation: 'is short' }] },
      },
      ['input.lines.0'],
    ],
    [
      'a path into the variables',
      { message: 'must be defined', path: ['variable', 'input', 'lines', 0, 'sku'] },
      ['input.lines.0.sku'],
    ],
    [
      'a path of arguments',
      { message: 'no', extensions: { path: '$.selectionSet.insert_order.args.objects[0].sku' } },
      ['objects[0].sku'],
    ],
    ['an argument', { message: 'Argument "id" has invalid value $id.' }, ['id']],
    ['a name', { message: 'no', extensions: { argumentName: 'input.email' } }, ['input.email']],
    [
      'steps of a name',
      { message: 'no', extensions: { field: ['input', 'email'] } },
      ['input.email'],
    ],
    [
      'texts by names',
      {
        message: 'no',
        extensions: { validation: { 'input.email': ['is taken'], note: 'is long' } },
      },
      ['input.email', 'note'],
    ],
    [
      'a list as REST has it',
      { message: 'no', extensions: { errors: [{ field: 'email', message: 'is taken' }] } },
      ['email'],
    ],
    ['nothing', { message: 'Unknown argument "x" on field "Query.a".' }, []],
    ['nothing of any', { message: 'it is variable' }, []],
  ])('%s', (_what, error, wires) => {
    expect(said(error)).toEqual(wires);
  });
});

describe('part of an answer', () => {
  const errors = [
    { message: 'not yours', path: ['a', 'list', 1, 'b'], extensions: { code: 'FORBIDDEN' } },
  ];
  const data = { a: { list: [{ b: 1 }, { b: null }] } };

  test('comes with what is missing, by its place in it', () => {
    const note =
      'Part of the answer is missing; the API says why, as data: list.1.b ("not yours").';
    const read = readReply(answer({ data, errors }), 'a');
    expect(read).toMatchObject({ kind: 'answer', note, body: { value: data.a } });
    // Some servers give the status of the error to all of it.
    expect(readReply(failure('403', 'forbidden', { data, errors }), 'a')).toMatchObject({
      kind: 'answer',
      note,
    });
  });

  test('that is nothing is a failure', () => {
    expect(readReply(answer({ data: { a: null }, errors }), 'a')).toMatchObject({
      kind: 'failure',
      class: 'forbidden',
    });
    expect(readReply(answer({ data: { a: null } }), 'a')).toMatchObject({
      kind: 'answer',
      body: { value: null },
    });
  });

  test('of very many errors some are told', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({
      message: 'x'.repeat(500),
      path: ['a', at],
    }));
    const read = readReply(answer({ data: { a: [1] }, errors: many }), 'a');
    expect(read.kind === 'answer' ? read.note?.length : 0).toBeLessThan(2000);
  });
});
