import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonText } from '../../../../test/kit/naive-json.ts';
import { scanJson } from './scan.ts';
import { addMembers, removeMembers, replaceValue, splice, type Edit } from './splice.ts';
import { JsonView, ROOT } from './view.ts';

const LIMITS = { maxDepth: 64, recordDepth: 3 };

function viewOf(text: string): JsonView | undefined {
  const scanned = scanJson(Buffer.from(text), LIMITS);
  return scanned instanceof JsonView ? scanned : undefined;
}

/** All noted entries. */
function entriesOf(view: JsonView, entry = ROOT): number[] {
  return [entry, ...view.children(entry).flatMap((child) => entriesOf(view, child))];
}

/** Where an entry stands in the parsed value: keys and places. */
function pathOf(view: JsonView, wanted: number, entry = ROOT): (string | number)[] | undefined {
  if (entry === wanted) return [];
  for (const [place, child] of view.children(entry).entries()) {
    const rest = pathOf(view, wanted, child);
    if (rest !== undefined)
      return [view.kind(entry) === 'array' ? place : view.key(child), ...rest];
  }
  return undefined;
}

/** A parsed value as nested lists: objects keep their order, and `__proto__` is a key like others. */
function plain(text: string): unknown {
  const view = scanJson(Buffer.from(text), { maxDepth: 64, recordDepth: 64 });
  if (!(view instanceof JsonView)) return view;
  const read = (entry: number): unknown => {
    if (view.kind(entry) === 'array') return view.children(entry).map(read);
    if (view.kind(entry) !== 'object') return view.raw(entry);
    return new Map(view.children(entry).map((child) => [view.key(child), read(child)]));
  };
  return read(ROOT);
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      inner instanceof Map ? inner.get(step) : (inner as unknown[])[step as number],
    value,
  );
}

/** The text with the edits applied, in the plainest way. */
function naiveSplice(bytes: Buffer, edits: readonly Edit[]): string {
  let text = bytes.toString('latin1');
  for (const edit of edits.toSorted((a, b) => b.start - a.start || b.end - a.end)) {
    const put = Buffer.from(edit.text).toString('latin1');
    text = text.slice(0, edit.start) + put + text.slice(edit.end);
  }
  return Buffer.from(text, 'latin1').toString();
}

describe('replacing', () => {
  test('a value changes it and no other byte', () => {
    fc.assert(
      fc.property(jsonText, jsonText, fc.nat(), (text, replacement, pick) => {
        const view = viewOf(text);
        fc.pre(view !== undefined && viewOf(replacement) !== undefined);
        const all = entriesOf(view);
        const entry = all[pick % all.length]!;
        const [start, end] = [view.start(entry), view.end(entry)];
        const result = splice(view.bytes, [replaceValue(view, entry, replacement)]);
        const put = Buffer.from(replacement);
        expect(result.subarray(0, start)).toEqual(view.bytes.subarray(0, start));
        expect(result.subarray(start, start + put.length)).toEqual(put);
        expect(result.subarray(start + put.length)).toEqual(view.bytes.subarray(end));
        const path = pathOf(view, entry) ?? [];
        expect(at(plain(result.toString()), path)).toEqual(plain(replacement));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('members', () => {
  const objectText = jsonText.filter((text) => viewOf(text)?.kind(ROOT) === 'object');

  test('that are removed are gone, the others stand as they stood', () => {
    fc.assert(
      fc.property(objectText, fc.array(fc.nat(8), { maxLength: 6 }), (text, picks) => {
        const view = viewOf(text)!;
        const all = view.children(ROOT);
        const gone = [...new Set(picks)].flatMap((pick) => all[pick] ?? []);
        const kept = all.filter((entry) => !gone.includes(entry));
        const result = splice(view.bytes, removeMembers(view, ROOT, gone)).toString();
        const expected = new Map(
          kept.map((entry) => [view.key(entry), plain(view.raw(entry))] as const),
        );
        expect(plain(result)).toEqual(expected);
        expect([...(plain(result) as Map<string, unknown>).keys()]).toEqual([...expected.keys()]);
        // What is kept is kept byte for byte, from its key to the end of its value.
        for (const entry of kept) {
          const bytes = view.bytes.subarray(view.keyStart(entry), view.end(entry));
          expect(result).toContain(bytes.toString());
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('that are added stand first, and no other byte changes', () => {
    fc.assert(
      fc.property(jsonText, fc.nat(), (text, pick) => {
        const view = viewOf(text);
        fc.pre(view !== undefined);
        const objects = entriesOf(view).filter((entry) => view.kind(entry) === 'object');
        fc.pre(objects.length > 0);
        const entry = objects[pick % objects.length]!;
        const edit = addMembers(view, entry, '"new 1":1,"new 2":{}');
        const result = splice(view.bytes, [edit]);
        expect(edit.start).toBe(edit.end);
        expect(naiveSplice(view.bytes, [edit])).toBe(result.toString());
        const before = at(plain(text), pathOf(view, entry) ?? []) as Map<string, unknown>;
        const after = at(plain(result.toString()), pathOf(view, entry) ?? []);
        expect(after).toEqual(new Map([['new 1', '1'], ['new 2', new Map()], ...before]));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['{}', '{"n":1}'],
    ['{ }', '{"n":1 }'],
    [`{${' \n\t\r'.repeat(50)}}`, `{"n":1${' \n\t\r'.repeat(50)}}`],
    ['{"a":1}', '{"n":1,"a":1}'],
    ['{ "a":1}', '{"n":1, "a":1}'],
  ])('are added to %j as %j', (text, expected) => {
    const view = viewOf(text)!;
    expect(splice(view.bytes, [addMembers(view, ROOT, '"n":1')]).toString()).toBe(expected);
  });

  test.each([
    [['a'], '{ "b" : 2 , "c" : 3 }'],
    [['b'], '{ "a" : 1 , "c" : 3 }'],
    [['c'], '{ "a" : 1 , "b" : 2 }'],
    [['a', 'b'], '{ "c" : 3 }'],
    [['a', 'c'], '{ "b" : 2 }'],
    [['c', 'b'], '{ "a" : 1 }'],
    [['a', 'b', 'c'], '{  }'],
    [[], '{ "a" : 1 , "b" : 2 , "c" : 3 }'],
  ])('%j are removed with the commas that belong to them', (keys, expected) => {
    const view = viewOf('{ "a" : 1 , "b" : 2 , "c" : 3 }')!;
    const gone = keys.map((key) => view.member(ROOT, key));
    expect(splice(view.bytes, removeMembers(view, ROOT, gone)).toString()).toBe(expected);
  });
});

describe('splicing', () => {
  const edits = fc
    .array(fc.tuple(fc.nat(30), fc.nat(5), fc.string({ unit: 'binary', maxLength: 5 })), {
      maxLength: 5,
    })
    .map((all) => all.map(([start, length, text]) => ({ start, end: start + length, text })));

  /** Edits from left to right; two insertions at one place stay in their order. */
  function spliceInWords(bytes: Buffer, all: readonly Edit[]): string {
    let [text, read] = ['', 0];
    for (const { start, end, text: put } of all.toSorted(
      (a, b) => a.start - b.start || a.end - b.end,
    )) {
      if (start < read || end > bytes.length) return 'refused';
      text += bytes.toString('latin1', read, start) + Buffer.from(put).toString('latin1');
      read = end;
    }
    return text + bytes.toString('latin1', read);
  }

  function outcomeOf(run: () => Buffer): string {
    try {
      return run().toString('latin1');
    } catch (error) {
      return error instanceof RangeError ? 'refused' : String(error);
    }
  }

  test('does all edits in any order, or refuses those that overlap or leave the text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 40 }), edits, (array, all) => {
        const bytes = Buffer.from(array);
        expect(outcomeOf(() => splice(bytes, all))).toBe(spliceInWords(bytes, all));
      }),
      { numRuns: 2000 },
    );
  });

  test('without edits shares the bytes', () => {
    const bytes = Buffer.from('0123456789');
    expect(splice(bytes, []).buffer).toBe(bytes.buffer);
    expect(splice(bytes, [], 2, 5).toString()).toBe('234');
  });

  test('of a part gives that part only', () => {
    const bytes = Buffer.from('0123456789');
    const edits = [
      { start: 6, end: 7, text: 'six' },
      { start: 3, end: 3, text: '[' },
    ];
    expect(splice(bytes, edits, 3, 7).toString()).toBe('[345six');
    expect(() => splice(bytes, edits, 4, 7)).toThrow(RangeError);
    expect(() => splice(bytes, edits, 3, 6)).toThrow(RangeError);
  });

  test('leaves the bytes it was given alone', () => {
    const bytes = Buffer.from('0123456789');
    splice(bytes, [{ start: 0, end: 10, text: 'x' }]);
    expect(bytes.toString()).toBe('0123456789');
  });
});
