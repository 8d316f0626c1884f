import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiIndex, Operation } from '../model.ts';
import { indexBytes, readIndexBytes } from './index-file.ts';

const text = fc.string({
  unit: fc.constantFrom('a', '"', '\n', '\\', 'ü', '😀', '\u2028', '\x7f'),
});

const operation: fc.Arbitrary<Operation> = fc.record({
  key: text,
  name: text,
  aliases: fc.array(text, { maxLength: 2 }),
  title: text,
  summary: text,
  tags: fc.array(text, { maxLength: 2 }),
  isDeprecated: fc.boolean(),
  verb: fc.constantFrom('GET', 'POST'),
  place: text,
  effects: fc.record({
    effect: fc.constantFrom('read', 'destroy'),
    isIdempotent: fc.boolean(),
    origin: fc.constantFrom('verb', 'guess'),
  }),
  auth: fc.array(fc.array(fc.record({ scheme: text, scopes: fc.array(text) }), { maxLength: 2 })),
  at: fc.record({ source: text, pointer: text, line: fc.nat() }),
});

function indexOf(operations: readonly Operation[]): ApiIndex {
  return {
    kind: 'openapi',
    digest: 'd',
    title: 't',
    version: '1',
    description: '',
    servers: ['https://example.com'],
    schemes: [],
    operations,
    skipped: [{ what: 'GET /', why: 'w', at: { source: '', pointer: '', line: 3 } }],
    repairs: [],
  };
}

/** What is told of operations, asked for. */
function readBack(bytes: Buffer): unknown {
  return JSON.parse(JSON.stringify(readIndexBytes(bytes)?.operations));
}

test('whatever operations hold comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 8 }), (operations) => {
      const index = indexOf(operations);
      const bytes = indexBytes(index);
      expect({ ...readIndexBytes(bytes), operations: readBack(bytes) }).toEqual(index);
    }),
  );
});

const ONE: Operation = {
  key: 'http:GET /',
  name: 'n',
  aliases: [],
  title: 't',
  summary: 't',
  tags: [],
  isDeprecated: false,
  verb: 'GET',
  place: '/',
  effects: { effect: 'read', isIdempotent: true, origin: 'verb' },
  auth: [],
  at: { source: '', pointer: '#/paths/~1/get', line: 1 },
};

test('what follows from the rest is not written, and other values are', () => {
  const other = {
    ...ONE,
    key: 'graphql:pets',
    summary: 'another',
    at: { ...ONE.at, pointer: '#' },
  };
  const places = ['/', '/a~b', '/pets/{id}'];
  const like = places.map((place) => ({
    ...ONE,
    place,
    key: `http:GET ${place}`,
    at: { ...ONE.at, pointer: `#/paths/${place.replace('~', '~0').replaceAll('/', '~1')}/get` },
  }));
  const operations = [...like, other];
  const bytes = indexBytes(indexOf(operations));
  expect(readBack(bytes)).toEqual(operations);
  expect(String(bytes)).not.toContain('~1pets');
  expect(String(bytes)).toContain('{"3":"graphql:pets"}');
});

const WHOLE = String(indexBytes(indexOf([ONE])));

test.each([
  ['nothing', ''],
  ['no index', '7\n'],
  ['no outline', WHOLE.replace('"outline"', '"other"')],
  ['a column less', WHOLE.replace(/,\{"form":"joined","bytes":1\}\]/, ']')],
  ['no rows', WHOLE.replace('"rows":1', '"rows":"1"')],
  ['nothing of what is shared', WHOLE.replace('"shared"', '"else"')],
  ['more bytes than it says', `${WHOLE}x`],
  ['fewer bytes', WHOLE.slice(0, -1)],
])('%s is nothing', (_what, broken) => {
  expect(readIndexBytes(Buffer.from(broken))).toBeUndefined();
});
