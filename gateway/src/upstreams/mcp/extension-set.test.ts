import { describe, expect, test } from 'vitest';
import { declaringExtensions, extensionsToTell, withoutUnshared } from './extension-set.ts';
import { extensionsOfKey, linkKey, setOfKey } from './link-key.ts';

const UI = '"io.modelcontextprotocol/ui":{"mimeTypes":["text/html;profile=mcp-app"],"n":1.50}';
const TASKS = '"io.modelcontextprotocol/tasks":{}';
const OTHER = '"com.example/other":{"deep":[1e400]}';
const declaring = (...extensions: string[]): string =>
  `{"elicitation":{},"extensions":{${extensions.join(',')}}}`;

describe('what sessions and modern servers hear of other callers', () => {
  test.each([
    ['{}', false, ''],
    ['{"extensions":{}}', false, ''],
    ['{"extensions":7}', false, ''],
    ['extensions, but no JSON', false, ''],
    [declaring(UI, TASKS, OTHER), false, `{${UI},${OTHER}}`],
    [declaring(UI, TASKS, OTHER), true, `{${UI}}`],
    [declaring(TASKS, OTHER), true, ''],
    [declaring(`"a/b":${JSON.stringify('x'.repeat(5000))}`), false, ''],
  ])('%s, of many: %s', (capabilities, isOfMany, expected) => {
    const told = extensionsToTell(capabilities, isOfMany);
    expect(told).toBe(expected);
    const key = linkKey('principal:a/b', 'fu', 1, told);
    expect([setOfKey(key), extensionsOfKey(key)]).toEqual(['fu', told]);
    expect(JSON.parse(declaringExtensions('{"roots":{}}', told))).toEqual({
      roots: {},
      ...(told === '' ? {} : { extensions: JSON.parse(told) as object }),
    });
  });
});

describe('what servers behind one endpoint hear of a modern caller', () => {
  test.each([
    ['{}', undefined],
    [declaring(UI, TASKS), undefined],
    ['{"extensions":7}', undefined],
    [declaring(UI, OTHER, TASKS), declaring(UI, TASKS)],
    [declaring(OTHER), '{"elicitation":{}}'],
    [`{"\\u0065xtensions":{${OTHER},${UI}}}`, `{"extensions":{${UI}}}`],
  ])('%s', (capabilities, expected) => {
    const told = withoutUnshared(capabilities);
    expect(told === undefined).toBe(expected === undefined);
    expect(JSON.parse(told ?? '{}')).toEqual(JSON.parse(expected ?? '{}'));
  });
});
