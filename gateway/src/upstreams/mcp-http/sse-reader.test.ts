import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SseReader } from './sse-reader.ts';

function read(chunks: readonly Buffer[], maxEventBytes = 10_000) {
  const data: string[] = [];
  const reader = new SseReader(maxEventBytes, { onData: (bytes) => data.push(bytes.toString()) });
  const isWhole = chunks.every((chunk) => reader.push(chunk));
  return { data, isWhole, id: reader.lastEventId, retryMs: reader.retryMs };
}

const cut = (text: string, sizes: readonly number[]): Buffer[] => {
  const whole = Buffer.from(text);
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(whole.subarray(at, at + size));
    at += size;
  }
  chunks.push(whole.subarray(at));
  return chunks;
};

describe('SseReader', () => {
  test.each([
    ['one line', 'data: {"a":1}\n\n', ['{"a":1}']],
    ['no space', 'data:{"a":1}\n\n', ['{"a":1}']],
    ['only one space goes', 'data:  x\n\n', [' x']],
    ['several lines', 'data: {\ndata: "a":1\ndata\ndata: }\n\n', ['{\n"a":1\n\n}']],
    ['all line ends', 'data: a\r\n\r\ndata: b\r\rdata: c\n\n', ['a', 'b', 'c']],
    ['comments', ': hello\n\n:\ndata: a\n: x\n\n', ['a']],
    ['unknown fields', 'foo: bar\nfoo\ndata: a\n\n', ['a']],
    ['the type message', 'event: message\ndata: a\n\n', ['a']],
    ['another type', 'event: endpoint\ndata: a\n\ndata: b\n\n', ['b']],
    ['a byte order mark', '\ufeffdata: a\n\n', ['a']],
    ['an event without its end', 'data: a\n\ndata: b\n', ['a']],
    ['nothing in it', 'data\n\nid: 1\ndata:\n\ndata\ndata\n\ndata: a\n\n', ['a']],
  ])('%s', (_name, text, expected) => {
    expect(read([Buffer.from(text)]).data).toEqual(expected);
    expect(
      read(
        cut(
          text,
          Array.from({ length: text.length }, () => 1),
        ),
      ).data,
    ).toEqual(expected);
  });

  test('remembers the last id and the time to wait', () => {
    const text = 'id: 1\nretry: 250\ndata: a\n\nid: 2\n\nid: 3\ndata: b';
    expect(read([Buffer.from(text)])).toMatchObject({ id: '2', retryMs: 250 });
  });

  test.each([
    ['one long line', `data: ${'x'.repeat(200)}\n\n`],
    ['a line without an end', 'x'.repeat(200)],
    ['many lines', 'data: x\n'.repeat(30)],
    ['many empty lines of data', 'data\n'.repeat(30)],
  ])('is bounded: %s', (_name, text) => {
    expect(read([Buffer.from(text)], 100).isWhole).toBe(false);
    expect(
      read(
        cut(
          text,
          Array.from({ length: text.length }, () => 1),
        ),
        100,
      ).isWhole,
    ).toBe(false);
  });

  test('events one after another are not added up', () => {
    expect(read([Buffer.from('data: 0123456789\n\n'.repeat(100))], 60).data).toHaveLength(100);
  });

  test('reads what another reader reads, however the bytes are cut', () => {
    const piece = fc.constantFrom(
      'data',
      'data:',
      'data: ',
      ': c',
      'id: 7',
      'event: message',
      'x',
      'é',
      '😀',
      ' ',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(7)), (pieces, sizes) => {
        const text = `${pieces.join('')}\n\n`;
        const expected: string[] = [];
        const parser = createParser({
          onEvent: ({ event = 'message', data }) => {
            if (event === 'message') expected.push(data);
          },
        });
        parser.feed(text);
        const told = expected.filter((data) => /[^\n]/.test(data));
        expect(read(cut(text, sizes)).data).toEqual(told);
      }),
      { numRuns: 2000 },
    );
  });
});
