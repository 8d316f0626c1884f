import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kernel/index.ts';
import { lintForClients } from './clients.ts';
import { PROFILES, type Profile } from './profile-names.ts';
import { toProfile } from './profiles.ts';

const ROOT: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    id: { type: 'integer', format: 'int64' },
    shape: { oneOf: [{ $ref: '#/$defs/Circle' }, { $ref: '#/$defs/Square' }] },
    tree: { $ref: '#/$defs/Tree' },
    when: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    level: { type: 'integer', enum: [1, 2] },
    size: { type: ['string', 'integer'] },
    both: {
      allOf: [
        { type: 'string', minLength: 2 },
        { type: 'string', maxLength: 5 },
      ],
    },
    anything: {},
  },
  required: ['id'],
  additionalProperties: false,
  $defs: {
    Circle: { type: 'object', properties: { radius: { type: 'number' } }, required: ['radius'] },
    Square: { type: 'object', properties: { side: { type: 'number' } }, required: ['side'] },
    Tree: {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
    },
  },
};

const VALUES: readonly unknown[] = [
  { id: 1 },
  { id: 1, shape: { radius: 2 }, size: 'x' },
  { id: 1, shape: { side: 2 }, size: 3, level: 2, both: 'abc' },
  { id: 1, tree: { children: [{ children: [{ children: [{ children: [] }] }] }] } },
  { id: 1, when: null, labels: { a: 'b' }, anything: [1] },
];

function ajv(): Ajv2020 {
  return new Ajv2020({ strict: false, validateFormats: false, validateSchema: true });
}

test.each(PROFILES)('%s is valid, the same each time, and leaves its input alone', (profile) => {
  const before = JSON.stringify(ROOT);
  const first = toProfile(ROOT, profile);
  expect(toProfile(ROOT, profile)).toEqual(first);
  expect(JSON.stringify(ROOT)).toBe(before);
  expect(first.schema['type']).toBe('object');
  expect(() => ajv().compile({ ...first.schema })).not.toThrow();
});

test.each<Profile>(['strict-2020', 'default', 'no-refs', 'no-unions'])(
  '%s takes what its input takes',
  (profile) => {
    const before = ajv().compile({ ...ROOT });
    const after = ajv().compile({ ...toProfile(ROOT, profile).schema });
    expect(VALUES.map((value) => before(value))).toEqual(VALUES.map(() => true));
    expect(VALUES.map((value) => after(value))).toEqual(VALUES.map(() => true));
  },
);

test.each<[Profile, never: readonly string[]]>([
  ['strict-2020', ['"$schema"']],
  ['default', ['"oneOf"', '"int64"']],
  ['no-refs', ['"$ref"', '"$defs"', '"oneOf"']],
  ['no-unions', ['"oneOf"', '"anyOf"']],
  ['openai-strict', ['"oneOf"', '"allOf"', '"minLength"', '"int64"']],
  ['gemini', ['"$ref"', '"$defs"', '"oneOf"', '"allOf"', '"additionalProperties"', '"null"']],
])('%s never says %s', (profile, words) => {
  const text = JSON.stringify(toProfile(ROOT, profile).schema);
  expect(words.filter((word) => text.includes(word))).toEqual([]);
});

describe('what a profile could not say is told', () => {
  test('recursion that was cut', () => {
    const { schema, notes } = toProfile(ROOT, 'no-refs');
    expect(JSON.stringify(schema)).toContain('A Tree, as above.');
    expect(notes).toHaveLength(1);
  });

  test('variants that were merged', () => {
    const { schema, notes } = toProfile(ROOT, 'no-unions');
    expect(notes).toEqual(['The variants of shape were merged.']);
    expect(schema['properties']).toMatchObject({
      shape: {
        type: 'object',
        properties: { radius: { type: 'number' }, side: { type: 'number' } },
        description: 'Give one of these: radius; or side.',
      },
      when: { type: ['string', 'null'] },
    });
  });

  test('optional arguments that become null, and shapes that become text', () => {
    const { schema } = toProfile(ROOT, 'openai-strict');
    expect(schema['required']).toEqual(Object.keys(Object(ROOT['properties'])));
    expect(schema).toMatchObject({
      additionalProperties: false,
      properties: {
        id: { type: 'integer' },
        labels: { anyOf: [{ type: 'string', description: 'JSON text.' }, { type: 'null' }] },
        tree: { anyOf: [{ $ref: '#/$defs/Tree' }, { type: 'null' }] },
      },
    });
  });

  test('null and numbers in the words of OpenAPI 3.0', () => {
    expect(toProfile(ROOT, 'gemini').schema['properties']).toMatchObject({
      when: { type: 'string', nullable: true },
      level: { type: 'integer', description: 'One of 1, 2.' },
      size: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    });
  });
});

describe('the lint', () => {
  const plain = { type: 'object', properties: {} };

  test('finds nothing in a plain tool', () => {
    expect(lintForClients([{ name: 'list_pets', inputSchema: plain }])).toEqual([]);
  });

  test.each<[what: string, name: string, schema: JsonObject, clients: readonly string[]]>([
    ['a dot', 'pets.list', plain, ['Claude', 'OpenAI / Codex', 'Cursor', 'VS Code']],
    ['a long name', 'a'.repeat(62), plain, ['OpenAI / Codex', 'Gemini CLI', 'Cursor', 'VS Code']],
    [
      'a choice at the root',
      'a',
      { ...plain, allOf: [{}] },
      ['Claude', 'OpenAI / Codex', 'Gemini CLI', 'Cursor', 'VS Code'],
    ],
    [
      'a reference',
      'a',
      { ...plain, properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: {} } },
      ['Gemini CLI', 'Cursor'],
    ],
    ['a choice', 'a', { ...plain, properties: { a: { anyOf: [{}, {}] } } }, ['Cursor']],
    [
      'an array without items',
      'a',
      { ...plain, properties: { a: { type: 'array' } } },
      ['OpenAI / Codex', 'Gemini CLI', 'Cursor', 'VS Code'],
    ],
  ])('%s', (_, name, inputSchema, clients) => {
    expect(lintForClients([{ name, inputSchema }]).map(({ client }) => client)).toEqual(clients);
  });

  test('counts tools', () => {
    const tools = Array.from({ length: 130 }, (_, i) => ({ name: `t${i}`, inputSchema: plain }));
    expect(lintForClients(tools)).toEqual([
      { client: 'OpenAI / Codex', tool: '', why: 'It takes 128 tools; there are 130.' },
      { client: 'Cursor', tool: '', why: 'It takes 40 tools; there are 130.' },
      { client: 'VS Code', tool: '', why: 'It takes 128 tools; there are 130.' },
    ]);
  });
});
