import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolArguments } from './tool-arguments.ts';

const schema = {
  type: 'object',
  properties: {
    path: { type: 'string' },
    head: { type: 'integer' },
    deep: { type: 'object', properties: { on: { type: 'boolean' } } },
    tags: { type: 'array', items: { type: 'string' } },
    maybe: { anyOf: [{ type: 'number' }, { type: 'null' }] },
  },
};

test.each<[words: string[], expected: string]>([
  [[], '{}'],
  [['path=12'], '{"path":"12"}'],
  [['path=a=b'], '{"path":"a=b"}'],
  [['path='], '{"path":""}'],
  [['head=12'], '{"head":12}'],
  [['deep.on=true', 'deep.by=me'], '{"deep":{"on":true,"by":"me"}}'],
  [['tags=a,b'], '{"tags":["a","b"]}'],
  [['tags=["a,b"]'], '{"tags":["a,b"]}'],
  [['maybe='], '{"maybe":null}'],
  [['unknown=1'], '{"unknown":"1"}'],
  [['unknown:=1'], '{"unknown":1}'],
  [['__proto__=x'], '{"__proto__":"x"}'],
])('%j', (words, text) => {
  expect(toolArguments(undefined, words, schema)).toEqual({ ok: true, text });
});

test.each<[json: string | undefined, words: string[], why: string]>([
  [undefined, ['path'], '"path" is no argument'],
  [undefined, ['head=x'], 'integer is wanted'],
  [undefined, ['head:=x'], 'the value of "head" does not fit'],
  ['{}', ['path=x'], 'arguments came twice'],
  ['[]', [], '--args is no JSON object'],
  ['{', [], '--args cannot be read'],
  ['@/nowhere/at/all', [], '--args cannot be read'],
])('%j %j is refused', (json, words, why) => {
  expect(toolArguments(json, words, schema)).toMatchObject({
    ok: false,
    why: expect.stringContaining(why),
  });
});

test('JSON is passed on as it was written, from the word or from a file', () => {
  const text = '{"n": 9007199254740993, "f": 1.0}';
  expect(toolArguments(text, [], schema)).toEqual({ ok: true, text });
  const file = join(mkdtempSync(join(tmpdir(), 'drawbridge-')), 'args.json');
  writeFileSync(file, `${text}\n`);
  expect(toolArguments(`@${file}`, [], schema)).toEqual({ ok: true, text });
});
