import { expect, test } from 'vitest';
import type { DocumentResult } from './run.ts';
import { failuresOf, type Outcomes } from './verdict.ts';

const RESULT: DocumentResult = {
  file: '/apis/shop.yaml',
  version: '3.1',
  bytes: 10,
  error: '',
  hasEnded: true,
  isBug: false,
  importMs: 1,
  allMs: 1,
  importMb: 1,
  judgement: { operations: 3, tools: 3, valid: 3, complete: 3, tokens: 100, faults: {} },
};
const NONE = { ...RESULT.judgement, tools: 0 };
const NOTHING = { ...NONE, operations: 0 };

const withResult = (change: Partial<DocumentResult>, areInvalid = false): Partial<Outcomes> => ({
  results: [RESULT, { ...RESULT, ...change }],
  areInvalid,
});
const list = (tokens: number, fault = '') => ({
  lists: [{ file: '/apis/shop.yaml', tools: 3, tokens, fault }],
});

test.each<[string, Partial<Outcomes>, string[]]>([
  ['nothing at all', {}, []],
  ['a document that became tools', withResult({}), []],
  ['a document that is refused', withResult({ error: 'It is empty.', judgement: NOTHING }), []],
  ['a list at the budget', list(8000), []],
  ['a list over the budget', list(8001), ['shop.yaml: a list of 8001 tokens']],
  ['no list', list(0, 'It is down.'), ['shop.yaml: no list: It is down.']],
  ['a vector that is right', { vectors: [{ id: 'a', fault: '' }] }, []],
  ['a vector that is wrong', { vectors: [{ id: 'a', fault: 'was +' }] }, ['vector a: was +']],
  ['a process that ended badly', withResult({ hasEnded: false, error: 'x' }), ['shop.yaml: x']],
  [
    'a converter that broke',
    withResult({ isBug: true, error: 'x is undefined' }),
    ['shop.yaml: the converter broke: x is undefined'],
  ],
  ['a broken document, refused', withResult({ error: 'No paths.', judgement: NONE }, true), []],
  ['a broken document, imported in part', withResult({}, true), []],
  ['a broken document of nothing', withResult({ judgement: NOTHING }, true), []],
  [
    'a broken document that gave nothing',
    withResult({ judgement: NONE }, true),
    ['shop.yaml: neither an error nor tools'],
  ],
  [
    'a broken document that broke the converter',
    withResult({ isBug: true, error: 'x', judgement: NONE }, true),
    ['shop.yaml: the converter broke: x'],
  ],
])('%s', (_what, outcomes, failures) => {
  const none = { vectors: [], results: [], lists: [], areInvalid: false };
  expect(failuresOf({ ...none, ...outcomes })).toEqual(failures);
});
