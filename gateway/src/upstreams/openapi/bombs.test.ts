/** Documents that were made to exhaust whoever reads them: each is refused, or read within bounds. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../kernel/index.ts';
import { PROFILES, toProfile } from '../api/schema/index.ts';
import { compileOperation } from './compile/index.ts';
import { createSchemaConverter } from './schema/index.ts';
import { readOpenApi } from './read.ts';
import { READ_OPTIONS, readAny, readDocument } from './test-documents.ts';

/** What a reader without bounds would need is hours; a busy machine may need seconds. */
const TIMEOUT = { timeout: 60_000 };

const range = (length: number): number[] => [...Array.from({ length }).keys()];
const ref = (name: string): unknown => ({ $ref: `#/components/schemas/${name}` });
const each = (count: number, entry: (at: number) => readonly [string, unknown]): object =>
  Object.fromEntries(range(count).map(entry));

const HEAD = { openapi: '3.1.0', info: { title: 't', version: '1' } };
const YAML_HEAD = 'openapi: 3.1.0\ninfo: {title: t, version: "1"}\n';

/** A document of which one operation takes and gives the schema `A0`. */
function about(schemas: object): object {
  const content = { 'application/json': { schema: ref('A0') } };
  const post = { requestBody: { content }, responses: { 200: { description: 'x', content } } };
  return { ...HEAD, paths: { '/a': { post } }, components: { schemas } };
}

function under(get: object, path = '/a'): object {
  return { ...HEAD, paths: { [path]: { get: { responses: {}, ...get } } } };
}

/** Plans of the first operations as JSON; words where one cannot be compiled. */
async function plansOf(document: unknown, most = 20): Promise<string[]> {
  const read = await readDocument(document);
  const converter = createSchemaConverter(read.resolver);
  return read.operations.slice(0, most).map((operation) => {
    const plan = compileOperation(read, operation, converter);
    return typeof plan === 'string' ? plan : JSON.stringify(plan);
  });
}

const nested = (levels: number): string =>
  `${'{"type":"object","properties":{"x":'.repeat(levels)}{}${'}}'.repeat(levels)}`;

describe('schemas', () => {
  test.each<[string, () => object]>([
    [
      'four references each, forty levels deep',
      () =>
        about({
          ...each(40, (i) => [
            `A${i}`,
            { properties: each(4, (k) => [`p${k}`, ref(`A${i + 1}`)]) },
          ]),
          A40: {},
        }),
    ],
    [
      'parts that are the same part twice, forty levels deep',
      () =>
        about({
          ...each(40, (i) => [`A${i}`, { allOf: [ref(`A${i + 1}`), ref(`A${i + 1}`)] }]),
          A40: { type: 'object' },
        }),
    ],
    [
      'a hundred parts of each other',
      () => about(each(100, (i) => [`A${i}`, { allOf: range(100).map((k) => ref(`A${k}`)) }])),
    ],
    [
      'variants of each other, thirty levels deep',
      () =>
        about({
          ...each(30, (i) => [`A${i}`, { oneOf: range(3).map(() => ref(`A${i + 1}`)) }]),
          A30: {},
        }),
    ],
    [
      'a chain of 3,000 definitions',
      () =>
        about({
          ...each(3000, (i) => [`A${i}`, { properties: { x: ref(`A${i + 1}`) } }]),
          A3000: {},
        }),
    ],
    [
      'a chain of 10,000 references',
      () => about({ ...each(10_000, (i) => [`A${i}`, ref(`A${i + 1}`)]), A10000: {} }),
    ],
    [
      'two ways down at each of forty levels',
      () =>
        about({
          ...each(40, (i) => [
            `A${i}`,
            { oneOf: [ref(`A${i + 1}`), ref(`B${i + 1}`)], title: 'a' },
          ]),
          ...each(40, (i) => [
            `B${i}`,
            { oneOf: [ref(`B${i + 1}`), ref(`A${i + 1}`)], title: 'b' },
          ]),
          A40: { properties: { a: {} } },
          B40: { properties: { b: {} } },
        }),
    ],
    ['a reference to itself', () => about({ A0: ref('A0') })],
    ['sixty levels', () => about({ A0: JSON.parse(nested(60)) as unknown })],
    ['300,000 values', () => about({ A0: { enum: range(300_000).map((i) => `v${i}`) } })],
    [
      '30,000 properties',
      () => about({ A0: { properties: each(30_000, (i) => [`p${i}`, { type: 'string' }]) } }),
    ],
    [
      '2,000 schemas with ids that refer to each other',
      () =>
        about({
          A0: {
            properties: each(2000, (i) => [
              `p${i}`,
              {
                $id: `https://x.example/${i}`,
                $anchor: 'a',
                $ref: `https://x.example/${(i + 1) % 2000}#a`,
              },
            ]),
          },
        }),
    ],
    [
      '1,000 subtypes of each other',
      () =>
        about({
          A0: {
            discriminator: {
              propertyName: 'k',
              mapping: each(1000, (i) => [`m${i}`, `#/components/schemas/S${i}`]),
            },
          },
          ...each(1000, (i) => [
            `S${i}`,
            { allOf: [ref('A0'), { properties: { x: ref(`S${(i + 1) % 1000}`) } }] },
          ]),
        }),
    ],
    [
      'a description of 10 MB',
      () => about({ A0: { properties: { a: { description: 'y'.repeat(1e7) } } } }),
    ],
  ])('%s', TIMEOUT, async (_name, make) => {
    const [plan = ''] = await plansOf(make());
    expect(plan.length).toBeLessThan(4_000_000);
    const { input } = JSON.parse(plan) as { input: JsonObject };
    for (const profile of PROFILES) expect(toProfile(input, profile).schema).toBeTypeOf('object');
  });

  test('patterns that take for ever are kept as text and never run', TIMEOUT, async () => {
    const patterns = [
      '^(a+)+$',
      '(a|aa)+$'.repeat(100),
      '((a{0,99}){0,99}){0,99}',
      '('.repeat(500),
    ];
    const schema = {
      properties: each(4, (i) => [
        `p${i}`,
        { type: 'string', pattern: patterns[i], default: 'a'.repeat(99) },
      ]),
    };
    const [plan = ''] = await plansOf(about({ A0: schema }));
    expect(plan).toContain('"^(a+)+$"');
  });
});

describe('operations', () => {
  test.each<[string, () => object]>([
    [
      '100,000 parameters',
      () => under({ parameters: range(100_000).map((i) => ({ name: `p${i}`, in: 'query' })) }),
    ],
    [
      '20,000 parameters that want one name',
      () =>
        under({
          parameters: range(20_000).map((i) => ({
            name: `a${String.fromCodePoint(0x4e00 + i)}`,
            in: 'query',
          })),
        }),
    ],
    [
      '20,000 variables',
      () =>
        under(
          { parameters: range(20_000).map((i) => ({ name: `V${i}`, in: 'path', required: true })) },
          `/${range(20_000)
            .map((i) => `{v${i}}`)
            .join('/')}`,
        ),
    ],
  ])('%s', TIMEOUT, async (_name, make) => {
    expect(await plansOf(make())).toEqual(['It has more than 1000 parameters.']);
  });

  test.each<[string, string]>([
    ['script', '<script>'.repeat(2500)],
    ['comments', '<!--'.repeat(5000)],
    ['brackets', '!['.repeat(10_000)],
    ['tags', '<a '.repeat(6000)],
    ['entities', '&#'.repeat(10_000)],
  ])('texts full of unfinished %s', TIMEOUT, async (_name, text) => {
    const paths = each(500, (i) => [
      `/a${i}`,
      { get: { summary: text, description: text, responses: {} } },
    ]);
    expect(await plansOf({ ...HEAD, paths }, 500)).toHaveLength(500);
  });

  test.each<[string, object]>([
    ['a parameter', under({ parameters: [{ name: `é${'_'.repeat(300_000)}a`, in: 'query' }] })],
    ['a path', under({}, `/${'_'.repeat(300_000)}{`)],
    ['a server', { ...under({}), servers: [{ url: `https://h${'/'.repeat(300_000)}a` }] }],
    [
      'a host',
      { ...under({}), swagger: '2.0', openapi: undefined, host: `h${'/'.repeat(300_000)}a` },
    ],
    ['an operation', under({ operationId: '_'.repeat(300_000), tags: ['_'.repeat(300_000)] })],
  ])('%s with a name of 300,000 characters', TIMEOUT, async (_name, document) => {
    expect(await plansOf(document)).toHaveLength(1);
  });

  test('200,000 operations of one name', TIMEOUT, async () => {
    const item = {
      get: { operationId: 'same', responses: {} },
      post: { operationId: 'same', responses: {} },
    };
    const read = await readDocument({ ...HEAD, paths: each(100_000, (i) => [`/a${i}`, item]) });
    expect(read.operations).toHaveLength(50_000);
    expect(new Set(read.operations.map(({ name }) => name)).size).toBe(50_000);
    expect(read.skipped[0]?.why).toContain('Only the first 50000');
  });
});

describe('texts', () => {
  const utf16 = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  const deep = `{"openapi":"3.1.0","info":{"title":"\u2222"},"paths":{},"x":${nested(10_000)}}`;

  test.each<[string, () => string | Buffer, RegExp]>([
    ['100 MB', () => Buffer.alloc(100 * 1024 * 1024, 0x20), /bytes; at most 64 MiB are read/],
    ['JSON of 10,000 levels', () => deep, /nested deeper than 200/],
    ['the same in another encoding', () => utf16(deep), /nested deeper than 200/],
    ['YAML of 100,000 levels', () => `${YAML_HEAD}x: ${'['.repeat(100_000)}`, /nesting exceeded/],
    [
      'aliases that multiply',
      () =>
        `${YAML_HEAD}x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n${range(12)
          .map((i) => `x${i + 1}: &x${i + 1} [${Array(10).fill(`*x${i}`).join(',')}]`)
          .join('\n')}`,
      /its aliases multiply/,
    ],
    [
      'merges that multiply',
      () =>
        `${YAML_HEAD}x0: &x0 {${range(2000)
          .map((i) => `k${i}: 1`)
          .join(', ')}}\n${range(2000)
          .map((i) => `y${i}: {<<: *x0}`)
          .join('\n')}`,
      /its aliases multiply/,
    ],
    [
      'an alias of what is around it',
      () => `${YAML_HEAD}paths: &p {/a: *p}`,
      /names nothing that came before/,
    ],
    ['dashes without end', () => `a: "b\nc"\nx:\n${'- '.repeat(200_000)}a`, /indentation/],
    ['an alias with a name of a megabyte', () => `a: *${'x'.repeat(1_000_000)}`, /the alias \*xxx/],
  ])('%s', TIMEOUT, async (_name, make, fault) => {
    const made = make();
    const bytes = typeof made === 'string' ? Buffer.from(made) : made;
    const read = await readOpenApi({ location: '/x/api.yaml', bytes }, READ_OPTIONS);
    const text = 'text' in read ? read.text : '';
    expect(text).toMatch(fault);
    expect(text.length).toBeLessThan(1000);
  });
});

test('names that every object has are names like others', async () => {
  const schema = (name: string): string =>
    `{"type":"object","required":["${name}"],"properties":{"__proto__":{"type":"string","default":"p"},"constructor":{"$ref":"#/components/schemas/__proto__"},"toString":{}}}`;
  const text = `{"openapi":"3.1.0","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},
    "info":{"title":"t","version":"1","__proto__":{"polluted":1}},
    "paths":{"__proto__":{"get":{"responses":{}}},"/a":{"__proto__":{"get":{}},"post":{"operationId":"__proto__",
      "__proto__":{"deprecated":true},"security":[{"__proto__":[]},{"constructor":[]}],
      "parameters":[{"name":"__proto__","in":"query"},{"name":"constructor","in":"header"},{"name":"toString","in":"cookie"}],
      "requestBody":{"content":{"__proto__":{},"application/json":{"schema":${schema('__proto__')}}}},
      "responses":{"__proto__":{},"200":{"description":"x","headers":{"__proto__":{}},"content":{"application/json":{"schema":${schema('toString')}}}}}}}},
    "components":{"schemas":{"__proto__":${schema('constructor')}},
      "securitySchemes":{"__proto__":{"type":"apiKey","in":"header","name":"__proto__"},"constructor":{"type":"http","scheme":"bearer"}}}}`;
  const read = await readAny(text);
  if ('text' in read) throw new Error(read.text);
  expect(read.operations.map(({ isDeprecated }) => isDeprecated)).toEqual([false, false]);
  for (const plan of await plansOf(text)) expect(plan).toContain('"openapi-request-1"');
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect('polluted' in {}).toBe(false);
});

test('texts show nothing that nobody sees', async () => {
  const evil = 'Read\u001b[2J\u009b1m the \u202Etxt.exe\u202C\u200b\u{e0049}\u{e0067}\u0007.';
  const document = under({
    summary: evil,
    description: evil,
    parameters: [
      { name: 'q', in: 'query', description: evil, schema: { type: 'string', title: evil } },
    ],
    requestBody: undefined,
    responses: { 200: { description: evil } },
  });
  const read = await readDocument(document);
  const [plan = ''] = await plansOf(document);
  const shown = JSON.stringify(read.operations) + plan;
  expect(shown).toContain('Read the txt.exe');
  expect(shown).not.toMatch(/\\u00|[\p{Cc}\u202a-\u202e\u200b\u{e0000}-\u{e007f}]/u);
});
