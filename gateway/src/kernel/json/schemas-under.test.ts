import { expect, test } from 'vitest';
import { ROOT, scanJson, schemasUnder } from '../index.ts';

test.each([
  ['a keyword that holds one', '{"items":{"a":1}}', ['{"a":1}']],
  ['a list of them', '{"allOf":[{"a":1},{"b":2}]}', ['[{"a":1},{"b":2}]']],
  ['an element of such a list', '[{"a":1}]', ['{"a":1}']],
  ['one that nobody knows', '{"x-more":{"a":1}}', ['{"a":1}']],
  ['names, keywords among them', '{"properties":{"enum":{"a":1},"$ref":{}}}', ['{"a":1}', '{}']],
  ['names of an older draft', '{"definitions":{"a":true}}', ['true']],
  ['names of dependencies', '{"dependencies":{"a":["b"],"c":{}}}', ['["b"]', '{}']],
  ['names that are none', '{"$defs":true}', []],
  ['data', '{"const":{"$ref":"#/a"}}', []],
  ['examples', '{"examples":[{"$ref":"#/a"}],"example":{},"default":{},"enum":[{}]}', []],
])('%s', (_what, schema, expected) => {
  const view = scanJson(Buffer.from(schema), { maxDepth: 10, recordDepth: 10 });
  if ('fault' in view) throw new Error(view.fault);
  const found = [...view.children(ROOT)].flatMap((member) => schemasUnder(view, member));
  expect(found.map((entry) => view.raw(entry))).toEqual(expected);
});
