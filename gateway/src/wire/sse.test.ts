import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameEvent } from './sse.ts';

/** What a reader of the stream gets, given in pieces of `step` characters. */
function read(stream: string, step = stream.length || 1): string[] {
  const data: string[] = [];
  const parser = createParser({ onEvent: (event) => data.push(event.data) });
  for (let at = 0; at < stream.length; at += step) parser.feed(stream.slice(at, at + step));
  return data;
}

const frame = (message: string | Buffer): string => frameEvent(message).toString();

test('one message is one event', () => {
  expect(frame('{"a":1}')).toBe('event: message\ndata: {"a":1}\n\n');
  expect(frame(Buffer.from('{"a":"é"}'))).toBe('event: message\ndata: {"a":"é"}\n\n');
});

test('an empty message is a comment that nobody hears', () => {
  expect(frame('')).toBe(':\n\n');
  expect(read(`${frame('')}${frame('{}')}${frame('')}`)).toEqual(['{}']);
});

describe('line ends between tokens begin new lines of data', () => {
  test.each(['\n', '\r', '\r\n', '\n\n', '\r\r\n', '\n\r'])('%j', (end) => {
    const text = `{${end}"a":${end}"data: x\\n\\nevent: y",${end}"b":[1,${end}2]${end}}${end}`;
    for (const message of [text, Buffer.from(text)]) {
      const [data, ...more] = read(frame(message));
      expect(more).toEqual([]);
      expect(JSON.parse(data ?? '')).toEqual(JSON.parse(text));
    }
  });
});

/** JSON texts with white space of every kind wherever the grammar allows it. */
const spaced = fc
  .tuple(
    fc.jsonValue(),
    fc.array(fc.constantFrom(' ', '\t', '\n', '\r', '\r\n', ''), { minLength: 1 }),
  )
  .map(([value, spaces]) => {
    let next = 0;
    const space = (): string => spaces[next++ % spaces.length] ?? '';
    const tokens = JSON.stringify(value).match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^"[\]{}:,]+/g) ?? [];
    return tokens.map((token) => `${space()}${token}${space()}`).join('');
  });

test('what is read from a stream is what was written, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(spaced, fc.boolean()), { maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (messages, step) => {
        const frames = messages.map(([text, asBytes]) => frame(asBytes ? Buffer.from(text) : text));
        const parsed = read(frames.join(''), step).map((data): unknown => JSON.parse(data));
        expect(parsed).toEqual(messages.map(([text]): unknown => JSON.parse(text)));
      },
    ),
  );
});

test('a text without line ends arrives byte for byte', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(read(frame(text))).toEqual([text]);
      expect(read(frame(Buffer.from(text)))).toEqual([text]);
    }),
  );
});
