import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonText, naiveTree } from '../../../../test/kit/naive-json.ts';
import { scanJson } from './scan.ts';
import { JsonView, ROOT } from './view.ts';

function viewOf(text: string): JsonView {
  const scanned = scanJson(Buffer.from(text), { maxDepth: 64, recordDepth: 3 });
  if (scanned instanceof JsonView) return scanned;
  throw new Error(scanned.fault);
}

const ABSENT = -1;

describe('members', () => {
  const view = viewOf('{"a":{"b":1,"a":2},"ab":3,"b":[{"c":4}],"":5,"\\u0064":6,"é":7,"n":null}');
  const at = (...path: string[]): number =>
    path.reduce((entry, key) => view.member(entry, key), ROOT);

  test.each([
    [['a', 'b'], '1'],
    [['a', 'a'], '2'],
    [['ab'], '3'],
    [['b'], '[{"c":4}]'],
    [[''], '5'],
    [['d'], '6'],
    [['n'], 'null'],
  ])('%j is found among members of the same name elsewhere', (path, raw) => {
    expect(view.raw(at(...path))).toBe(raw);
  });

  test.each([[['c']], [['b', 'c']], [['x', 'y']], [['ab', 'a']], [['a', 'ab']], [['\\u0064']]])(
    '%j is not there',
    (path) => {
      const entry = at(...path);
      expect(entry).toBe(ABSENT);
      expect(view.kind(entry)).toBe('absent');
      expect(view.raw(entry)).toBe('');
      expect(view.string(entry)).toBeUndefined();
      expect(view.value(entry)).toBeUndefined();
      expect(view.children(entry)).toEqual([]);
      expect(view.isWritten(entry, '')).toBe(false);
    },
  );

  test('below the depth that was asked for are not noted', () => {
    const deep = viewOf('{"a":{"b":{"c":{"d":1}}}}');
    const c = deep.member(deep.member(deep.member(ROOT, 'a'), 'b'), 'c');
    expect(deep.raw(c)).toBe('{"d":1}');
    expect(deep.member(c, 'd')).toBe(ABSENT);
    expect(deep.value(ROOT)).toEqual({ a: { b: { c: { d: 1 } } } });
  });
});

test.each([
  ['{}', 'object'],
  ['[]', 'array'],
  ['"x"', 'string'],
  ['-1', 'number'],
  ['0', 'number'],
  ['true', 'boolean'],
  ['false', 'boolean'],
  ['null', 'null'],
])('%s is of the kind %s', (text, kind) => {
  expect(viewOf(` ${text} `).kind(ROOT)).toBe(kind);
});

test.each(['9007199254740993', '1.0', '-0', '1e400', '"\\u0061\\/"', '"é🙂"', '[ 1 , 2 ]'])(
  '%s stays as it was written',
  (text) => {
    const view = viewOf(`{"a": ${text} }`);
    const entry = view.member(ROOT, 'a');
    expect(view.raw(entry)).toBe(text);
    expect(view.slice(entry).buffer).toBe(view.bytes.buffer);
    expect(view.isWritten(entry, text)).toBe(/^[ -~]*$/.test(text));
    expect(view.isWritten(entry, `${text} `)).toBe(false);
    expect(view.isWritten(entry, text.slice(1))).toBe(false);
  },
);

describe('strings', () => {
  test('and values are what JSON.parse reads, whatever else the text holds', () => {
    fc.assert(
      fc.property(jsonText, fc.constantFrom('', 'é', 'x'.repeat(5000)), (inside, filler) => {
        const text = `{"filler":"${filler}","it":${inside}}`;
        const scanned = scanJson(Buffer.from(text), { maxDepth: 64, recordDepth: 1 });
        fc.pre(scanned instanceof JsonView);
        const wanted: unknown = JSON.parse(inside);
        const entry = scanned.member(ROOT, 'it');
        expect(scanned.value(entry)).toEqual(wanted);
        expect(scanned.string(entry)).toEqual(typeof wanted === 'string' ? wanted : undefined);
        expect(scanned.raw(entry)).toBe(
          inside.slice(naiveTree(inside).start, naiveTree(inside).end),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('of other kinds are none', () => {
    expect(['{}', '1', 'null', 'true', '["x"]'].map((text) => viewOf(text).string(ROOT))).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });
});
