import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frame, LineReader } from './framing.ts';

function read(chunks: readonly Buffer[], maxMessageBytes = 1000) {
  const seen = { messages: [] as string[], noise: [] as string[], oversize: 0 };
  const reader = new LineReader({
    maxMessageBytes,
    onMessage: (bytes) => seen.messages.push(bytes.toString()),
    onNoise: (bytes) => seen.noise.push(bytes.toString()),
    onOversize: () => (seen.oversize += 1),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return seen;
}

describe('frame', () => {
  test.each([
    ['{"a":1}', '{"a":1}\n'],
    ['{\n"a":\r\n1}\n', '{ "a":  1} \n'],
    ['{"a":"\\n"}', '{"a":"\\n"}\n'],
    ['{}\n{"method":"smuggled"}', '{} {"method":"smuggled"}\n'],
    ['', '\n'],
  ])('%j is one line', (message, expected) => {
    const bytes = Buffer.from(message);
    expect(frame(bytes).toString()).toBe(expected);
    expect(bytes.toString()).toBe(message);
  });
});

describe('LineReader', () => {
  test.each([
    ['messages', '{"a":1}\n{"b":2}\r\n', ['{"a":1}', '{"b":2}'], []],
    ['leading space', ' \t{"a":1}\n', [' \t{"a":1}'], []],
    ['logs between messages', 'starting\n{"a":1}\n[1]\n', ['{"a":1}'], ['starting', '[1]']],
    ['blank lines', '\n\n \r\n{"a":1}\n', ['{"a":1}'], []],
    ['an unfinished line', '{"a":1}\n{"b":', ['{"a":1}'], ['{"b":']],
    ['a batch', '[{"a":1}]\n [{}]\n[1]\n[INFO] {}\n', ['[{"a":1}]', ' [{}]'], ['[1]', '[INFO] {}']],
  ])('%s', (_name, text, messages, noise) => {
    expect(read([Buffer.from(text)])).toEqual({ messages, noise, oversize: 0 });
  });

  test('gives the same lines however the bytes are cut', () => {
    const line = fc.oneof(
      fc.json().map((json) => `{"v":${json}}`),
      fc.string({ minLength: 1, unit: fc.constantFrom('a', 'é', '{', ' ') }),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
        const whole = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const chunks: Buffer[] = [];
        let start = 0;
        for (const size of cuts) {
          chunks.push(whole.subarray(start, start + size));
          start += size;
        }
        chunks.push(whole.subarray(start));
        expect(read(chunks, 100_000)).toEqual(read([whole], 100_000));
      }),
    );
  });

  test.each([
    ['in one chunk', [`{${'x'.repeat(10)}\n{"late":1}\n`]],
    ['over many chunks', [...Array.from({ length: 11 }, () => '{'), '\n{"late":1}\n']],
    ['without any newline', ['x'.repeat(11)]],
  ])('a line over the limit ends reading: %s', (_name, chunks) => {
    const seen = read(
      chunks.map((chunk) => Buffer.from(chunk)),
      10,
    );
    expect(seen).toEqual({ messages: [], noise: [], oversize: 1 });
  });

  test('a line of exactly the limit is taken', () => {
    expect(read([Buffer.from('{"abcd":1}\n')], 10).messages).toEqual(['{"abcd":1}']);
  });

  test('a message in a million pieces is put together', () => {
    const size = 1_000_000;
    const text = `{${'y'.repeat(size)}`;
    const bytes = Buffer.from(`${text}\n`);
    const pieces = Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
    expect(read(pieces, size + 10).messages).toEqual([text]);
  });
});
