import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonText, naiveTree, type NaiveValue } from '../../../../test/kit/naive-json.ts';
import { scanJson } from './scan.ts';
import { JsonView, ROOT } from './view.ts';

function verdict(text: string): string {
  const scanned = scanJson(Buffer.from(text), { maxDepth: 100, recordDepth: 3 });
  return scanned instanceof JsonView ? 'ok' : scanned.fault;
}

describe('duplicate keys', () => {
  const many = (count: number, last: string): string =>
    `{${Array.from({ length: count }, (_, at) => `"k${at}":0`).join(',')},${last}:0}`;

  test.each([
    ['plain', '{"a":1,"a":2}'],
    ['apart', '{"a":1,"b":{"c":1},"a":2}'],
    ['deep', '[{"x":[{"a":1,"a":1}]}]'],
    ['the second by an escape', '{"a":1,"\\u0061":2}'],
    ['the first by an escape', '{"\\u0061":1,"a":2}'],
    ['by different escapes', '{"\\/":1,"\\u002F":2}'],
    ['by hexadecimal digits of both cases', '{"\\u00e9":1,"\\u00E9":2}'],
    ['an escape and UTF-8', '{"é":1,"\\u00e9":2}'],
    ['a surrogate pair and UTF-8', '{"🙂":1,"\\ud83d\\ude42":2}'],
    ['lone surrogates', '{"\\ud83d":1,"\\uD83D":2}'],
    ['empty', '{"":1,"":2}'],
    ['an escape long before', '{"\\n":1,"b":2,"c":3,"b":4}'],
    ['after a child with the key', '{"a":{"a":1},"a":2}'],
    ['after a child with escapes', '{"a":{"\\u0061":1},"b":1,"a":2}'],
    ['the last of 24', many(23, '"k0"')],
    ['the last of 25', many(24, '"k0"')],
    ['the last of 26', many(25, '"k24"')],
    ['the last of 1000', many(999, '"k500"')],
    ['the last of 1000 by an escape', many(999, '"\\u006b500"')],
    ['__proto__', '{"__proto__":1,"__proto__":2}'],
    ['a long key', `{"${'x'.repeat(100)}":1,"${'x'.repeat(100)}":2}`],
  ])('%s', (_case, text) => {
    expect(verdict(text)).toBe('duplicate_key');
  });

  test.each([
    ['in siblings', '[{"a":1},{"a":1}]'],
    ['in parent and child', '{"a":{"a":{"a":1}}}'],
    ['of different case', '{"a":1,"A":2}'],
    ['one the beginning of the other', '{"a":1,"aa":2,"":3}'],
    ['that only look alike', '{"é":1,"e\u0301":2}'],
    ['an escaped backslash', '{"\\\\u0061":1,"a":2}'],
    ['in a sibling after one with escapes', '[{"\\u0061":1,"b":1},{"a":1,"b":1}]'],
    ['in a child of a large object', many(100, `"x":{"k0":1},"y"`)],
    ['in an array as values', '["a","a"]'],
    ['as key and value', '{"a":"a","b":"a"}'],
  ])('are none %s', (_case, text) => {
    expect(verdict(text)).toBe('ok');
  });
});

describe('depth', () => {
  const nested = (count: number, open: string, middle: string, close: string): Buffer =>
    Buffer.from(open.repeat(count) + middle + close.repeat(count));
  const DEPTH = 100_000;
  const unbounded = { maxDepth: 1_000_000, recordDepth: 3 };

  test.each([
    ['arrays', '[', '', ']'],
    ['objects', '{"a":', '1', '}'],
    ['both', '[{"a":', '1', '}]'],
    ['with space', '[\n', '', ' ]'],
  ])('of %s does not use the call stack', (_case, open, middle, close) => {
    const bytes = nested(DEPTH, open, middle, close);
    expect(scanJson(bytes, { maxDepth: 64, recordDepth: 3 })).toMatchObject({ fault: 'too_deep' });
    expect(scanJson(bytes, unbounded)).toBeInstanceOf(JsonView);
    expect(scanJson(bytes, { ...unbounded, recordDepth: 1_000_000 })).toBeInstanceOf(JsonView);
    expect(scanJson(bytes.subarray(0, -1), unbounded)).toMatchObject({ fault: 'not_json' });
  });

  test.each([
    [0, '1', 'ok'],
    [0, '[]', 'too_deep'],
    [1, '[1]', 'ok'],
    [1, '[[]]', 'too_deep'],
    [2, '{"a":[1,2,{}]}', 'too_deep'],
    [3, '{"a":[1,2,{}]}', 'ok'],
    [2, '[[],[],[]]', 'ok'],
  ])('at most %i allows %s: %s', (maxDepth, text, wanted) => {
    const scanned = scanJson(Buffer.from(text), { maxDepth, recordDepth: 3 });
    expect('fault' in scanned ? scanned.fault : 'ok').toBe(wanted);
  });
});

test.each([
  ['{"a":1,"a":2}', 'duplicate_key', 10],
  ['[1,x]', 'not_json', 3],
  ['[1', 'not_json', 2],
  ['[[[', 'too_deep', 2],
])('%s: where %s was noticed', (text, fault, at) => {
  expect(scanJson(Buffer.from(text), { maxDepth: 2, recordDepth: 0 })).toEqual({ fault, at });
});

describe('places', () => {
  /** Every noted entry that is not as in the tree that was read in the plain way. */
  function faultsOf(
    view: JsonView,
    entry: number,
    wanted: NaiveValue,
    text: string,
    left: number,
  ): string[] {
    const { key = '', start, end, children } = wanted;
    const faults: string[] = [];
    if (view.raw(entry) !== text.slice(start, end)) faults.push(`value of ${key}`);
    if (view.slice(entry).toString() !== view.raw(entry)) faults.push(`bytes of ${key}`);
    if (view.key(entry) !== key) faults.push(`key ${key}`);
    if (wanted.key === undefined ? view.keyStart(entry) !== -1 : keyAt(view, entry) !== key) {
      faults.push(`place of key ${key}`);
    }
    const found = view.children(entry);
    if (found.length !== (left > 0 ? children.length : 0)) faults.push(`children of ${key}`);
    return [
      ...faults,
      ...found.flatMap((child, at) => faultsOf(view, child, children[at]!, text, left - 1)),
    ];
  }

  function keyAt(view: JsonView, entry: number): unknown {
    const quoted = view.bytes.toString('utf8', view.keyStart(entry), view.start(entry));
    return JSON.parse(quoted.trim().replace(/\s*:$/, ''));
  }

  test('of all noted values are those of the text, down to the depth that was asked for', () => {
    fc.assert(
      fc.property(jsonText, fc.nat(5), (text, recordDepth) => {
        const scanned = scanJson(Buffer.from(text), { maxDepth: 100, recordDepth });
        fc.pre(scanned instanceof JsonView);
        expect(faultsOf(scanned, ROOT, naiveTree(text), text, recordDepth)).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });
});
