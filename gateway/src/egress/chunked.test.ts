import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkedReader } from './chunked.ts';

interface Reading {
  readonly body: string;
  /** Bytes that belong to the body; -1 where it is none. */
  readonly used: number;
  readonly isDone: boolean;
  readonly pieces: number;
}

/** Reads a text in segments that end at `cuts`. */
function read(text: string, cuts: readonly number[] = []): Reading {
  const pieces: string[] = [];
  const reader = new ChunkedReader((chunk) => pieces.push(chunk.toString('latin1')));
  const ends = [...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length];
  let used = 0;
  let from = 0;
  for (const end of ends) {
    const taken = reader.read(Buffer.from(text.slice(from, end), 'latin1'));
    used = taken < 0 ? -1 : used + taken;
    if (taken < 0 || reader.isDone) break;
    from = end;
  }
  return { body: pieces.join(''), used, isDone: reader.isDone, pieces: pieces.length };
}

/** Reads a whole text in the plainest way there is; undefined where it is no chunked body. */
function readSlowly(text: string): { body: string; used: number } | undefined {
  let at = 0;
  let body = '';
  const line = (): string => {
    const end = text.indexOf('\n', at);
    const found = end < 0 ? '' : text.slice(at, end + 1);
    at += found.length;
    return found;
  };
  for (;;) {
    const size = /^([0-9a-f]{1,8})[ \t]*(;[\t\x20-\x7e\x80-\xff]*)?\r\n$/i.exec(line())?.[1];
    if (size === undefined) return undefined;
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    body += text.slice(at, at + length);
    at += length;
    if (line() !== '\r\n') return undefined;
  }
  for (;;) {
    const trailer = line();
    if (trailer === '\r\n') return { body, used: at };
    if (!trailer.endsWith('\r\n')) return undefined;
  }
}

const chunk = fc.record({
  data: fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }),
  extension: fc.constantFrom('', ';a', ';a=b', ' ;c="d e"', ';\u00e9'),
  isUpper: fc.boolean(),
  zeros: fc.constantFrom('', '0', '000'),
});

const encoded = fc
  .record({
    chunks: fc.array(chunk, { maxLength: 12 }),
    trailers: fc.constantFrom('', 'x: y\r\n', 'x: y\r\nz:\r\n'),
    rest: fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', '\r\n'),
  })
  .map(({ chunks, trailers, rest }) => {
    const parts = chunks.map(({ data, extension, isUpper, zeros }) => {
      const size = zeros + data.length.toString(16);
      return `${isUpper ? size.toUpperCase() : size}${extension}\r\n${data}\r\n`;
    });
    const whole = `${parts.join('')}0\r\n${trailers}\r\n`;
    return { body: chunks.map(({ data }) => data).join(''), text: whole + rest, whole };
  });

const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 });

test('any body in any chunks and any segments is that body', () => {
  fc.assert(
    fc.property(encoded, cuts, ({ body, text, whole }, where) => {
      expect(read(whole, where)).toMatchObject({ body, used: whole.length, isDone: true });
      expect(read(text)).toMatchObject({ body, used: whole.length, isDone: true });
      expect(
        read(
          text,
          Array.from(text, (_, at) => at),
        ),
      ).toMatchObject({ body, isDone: true });
    }),
  );
});

test('a body that stops early is not done, and what was read of it is its beginning', () => {
  fc.assert(
    fc.property(encoded, cuts, fc.nat(), ({ body, whole }, where, stop) => {
      const reading = read(whole.slice(0, stop % whole.length), where);
      expect(reading.isDone).toBe(false);
      expect(body.startsWith(reading.body)).toBe(true);
    }),
  );
});

const mutation = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 3 }),
  insert: fc.constantFrom('', '\r', '\n', '\r\n', '0', '5', 'f', ';', ' ', '-', '\0', 'x', '\x80'),
});

test('whatever is changed in a body, it is refused or read as its plain text says', () => {
  fc.assert(
    fc.property(
      encoded,
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      cuts,
      (one, many, where) => {
        let { text } = one;
        for (const { at, remove, insert } of many) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + insert + text.slice(from + remove);
        }
        const reading = read(text, where);
        const slow = readSlowly(text);
        expect(reading.body.length).toBeLessThanOrEqual(text.length);
        const { body, used } = reading;
        expect(reading.isDone ? { body, used } : undefined).toEqual(slow);
      },
    ),
    { numRuns: 1000 },
  );
});

test('a body in tiny chunks is handed on in one piece per segment', () => {
  const reading = read(`${'1\r\nx\r\n'.repeat(10_000)}0\r\n\r\n`);
  expect(reading).toMatchObject({ body: 'x'.repeat(10_000), pieces: 1, isDone: true });
});
