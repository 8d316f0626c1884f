import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { graphQlConfig } from '../config-schema.ts';
import { readDocument } from '../index/document.ts';

const NAMES = ['T0', 'T1', 'T2', 'T3', 'I0', 'U0', 'E0', 'String', 'Int', 'ID'] as const;
const FIELDS = [
  'id',
  'name',
  'nodes',
  'edges',
  'node',
  'pageInfo',
  'totalCount',
  'endCursor',
  'hasNextPage',
  'a',
  'b',
] as const;
const INPUTS = [
  'String',
  'ID!',
  'E0',
  '[E0!]! = [P]',
  'In',
  'In!',
  '[[In!]]',
  'Int! = 3',
  'Boolean',
] as const;

const wrapped = (names: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('', '!', '[]', '[!]!', '[[]]'))
    .map(([name, wrap]) => {
      if (wrap === '' || wrap === '!') return name + wrap;
      return wrap.startsWith('[[') ? `[[${name}]]` : wrap.replace('[', `[${name}`);
    });
const args = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('first', 'after', 'x', 'offset', 'limit', '_fields'),
      fc.constantFrom(...INPUTS),
    ),
    {
      selector: ([name]) => name,
      maxLength: 3,
    },
  )
  .map((list) =>
    list.length === 0 ? '' : `(${list.map(([name, type]) => `${name}: ${type}`).join(' ')})`,
  );
const fields = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...FIELDS), args, wrapped(NAMES), fc.boolean()), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 6,
  })
  .map((list) =>
    list
      .map(([name, given, type, old]) => `${name}${given}: ${type}${old ? ' @deprecated' : ''}`)
      .join(' '),
  );

test('every document that is made fits its schema, whatever the schema is', () => {
  fc.assert(
    fc.property(fc.tuple(fields, fields, fields, fields, fields, fields), (all) => {
      const [query, t0, t1, t2, t3, i0] = all;
      const sdl = `type Query { ${query} } type Mutation { ${t3} }
        type T0 { ${t0} } type T1 implements I0 { ${i0} } type T2 { ${t1} } type T3 { ${t2} }
        interface I0 { ${i0} } union U0 = T0 | T1 | T2 enum E0 { P Q }
        input In { a: E0 = P, b: [In!], c: Int! }`;
      const config = graphQlConfig('./x.graphql');
      const document = readDocument(
        { schema: Buffer.from(sdl), operations: [] },
        config,
        new Map(),
      );
      if (!('index' in document)) throw new Error(document.text);
      for (const { key } of document.index.operations) {
        const plan = document.plan(key);
        if (typeof plan === 'string') throw new Error(plan);
        const text = String(plan.request['document']);
        expect(validate(document.schema, parse(text))).toEqual([]);
        expect(plan.description).not.toBe('');
      }
    }),
    { numRuns: 100 },
  );
});
