import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiIndex, Operation } from '../model.ts';
import { indexText, readIndexText } from './index-text.ts';

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

test('whatever operations hold comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 8 }), (operations) => {
      const index = indexOf(operations);
      expect(readIndexText(indexText(index))).toEqual(index);
    }),
  );
});

const ONE = JSON.parse(
  indexText(
    indexOf([
      {
        key: 'k',
        name: 'n',
        aliases: [],
        title: 't',
        summary: 's',
        tags: [],
        isDeprecated: false,
        verb: 'GET',
        place: '/',
        effects: { effect: 'read', isIdempotent: true, origin: 'verb' },
        auth: [],
        at: { source: '', pointer: '#/a', line: 1 },
      },
    ]),
  ),
);

test.each([
  ['no index', '7'],
  ['no columns', JSON.stringify({ ...ONE, columns: undefined })],
  ['a column less', changed({ texts: ONE.columns.texts.slice(1) })],
  ['a number for a column', changed({ texts: ONE.columns.texts.with(0, 1) })],
  ['more rows than texts', changed({ lines: [1, 2] })],
  ['nothing shared', changed({ shared: [] })],
  ['nobody says what is shared', changed({ which: [] })],
])('%s is nothing', (_what, broken) => {
  expect(readIndexText(broken)).toBeUndefined();
});

function changed(columns: object): string {
  return JSON.stringify({ ...ONE, columns: { ...ONE.columns, ...columns } });
}
