import { describe, expect, test } from 'vitest';
import { scanJson } from './scan.ts';
import { JsonView, ROOT } from './view.ts';

/** What may stand at one place of a long string. */
const PIECES: readonly (readonly [string, string])[] = [
  ['a NUL', '\0'],
  ['the last control character', '\u001f'],
  ['a line end', '\n'],
  ['the first that is no control character', ' '],
  ['the neighbour below the quote', '!'],
  ['the neighbour above the quote', '#'],
  ['the neighbours of the backslash', '[]'],
  ['a quote', '"'],
  ['an escaped quote', '\\"'],
  ['an escaped backslash', '\\\\'],
  ['a unicode escape', '\\u00e9'],
  ['an escape that is none', '\\x'],
  ['a unicode escape that is cut', '\\u00e'],
  ['DEL', '\u007f'],
  ['two bytes', 'é'],
  ['three bytes', '€'],
  ['four bytes', '🙂'],
];

/** Lengths around the one from which strings are skipped by words, and multiples of it. */
const LENGTHS = [...Array.from({ length: 14 }, (_, at) => 19 + at), 47, 48, 49, 50, 64];

const limits = { maxDepth: 4, recordDepth: 2 };

/** The same bytes at every offset of a word, between neighbours that must not be read. */
function* placements(bytes: Buffer): Generator<Buffer> {
  for (const neighbour of [0x22, 0x5c]) {
    for (let offset = 0; offset < 8; offset++) {
      const around = Buffer.alloc(bytes.length + 16, neighbour);
      bytes.copy(around, offset);
      yield around.subarray(offset, offset + bytes.length);
    }
  }
  for (let offset = 0; offset < 8; offset++) {
    const exact = Buffer.from(new ArrayBuffer(offset + bytes.length), offset);
    bytes.copy(exact);
    yield exact;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe.each(PIECES)('%s in a long string', (_case, piece) => {
  test('at every place and alignment means what it means to JSON.parse', () => {
    const faults: string[] = [];
    for (const length of LENGTHS) {
      for (let at = 0; at <= length; at++) {
        const text = `"${'x'.repeat(at)}${piece}${'y'.repeat(length - at)}"`;
        const wanted = parse(text);
        for (const bytes of placements(Buffer.from(text))) {
          const scanned = scanJson(bytes, limits);
          const found = scanned instanceof JsonView ? scanned.string(ROOT) : undefined;
          if (found !== wanted) faults.push(`${JSON.stringify(text)} at ${bytes.byteOffset}`);
        }
      }
    }
    expect(faults).toEqual([]);
  });
});

test('a string that does not end is refused at every alignment', () => {
  for (const length of LENGTHS) {
    for (const bytes of placements(Buffer.from(`"${'x'.repeat(length)}`))) {
      expect(scanJson(bytes, limits)).toMatchObject({ fault: 'not_json' });
    }
  }
});

test('long keys and values side by side are read whole', () => {
  for (let length = 0; length < 80; length++) {
    const [key, value] = ['k'.repeat(length), 'é\\n'.repeat(length)];
    const text = `{"${key}":"${value}","z":["${value}"]}`;
    const view = scanJson(Buffer.from(text), limits) as JsonView;
    expect(view.string(view.member(ROOT, key))).toBe('é\n'.repeat(length));
    expect(view.value(ROOT)).toEqual(JSON.parse(text));
  }
});
