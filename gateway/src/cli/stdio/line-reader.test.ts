import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineReader } from './line-reader.ts';

/** What a reader of lines of at most 8 bytes makes of these chunks. */
function read(chunks: readonly Buffer[]): (string | null)[] {
  const seen: (string | null)[] = [];
  const reader = new LineReader(
    8,
    (line) => seen.push(line.toString('latin1')),
    () => seen.push(null),
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return seen;
}

test.each<[text: string, lines: (string | null)[]]>([
  ['', []],
  ['a\nb', ['a', 'b']],
  ['a\r\n\r\n \n\nb\n', ['a\r', 'b']],
  ['12345678\n123456789\nx\n', ['12345678', null, 'x']],
  ['123456789', [null]],
])('%j', (text, lines) => {
  expect(read([Buffer.from(text)])).toEqual(lines);
});

test('it does not matter where the chunks end', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'c') }),
      fc.array(fc.nat(40)),
      (text, cuts) => {
        const bytes = Buffer.from(text);
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
        const sorted = places.toSorted((a, b) => a - b);
        const chunks = sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end));
        expect(read(chunks)).toEqual(read([bytes]));
      },
    ),
  );
});
