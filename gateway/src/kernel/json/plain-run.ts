/** Skipping the unremarkable part of a long JSON string, four bytes at a time. */

const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
const SPACES = 0x20202020;
const ONES = 0x01010101;
const HIGH_BITS = 0x80808080;

/** Strings shorter than this are not worth a word-wise pass. */
export const LONG_RUN_BYTES = 24;

/**
 * @returns the offset of a byte at or behind `pos` that may be a quote, a backslash or a control
 *   character; every byte before it is none of them. The offset may be early, never late.
 */
export function skipPlainRun(bytes: Buffer, pos: number): number {
  const base = bytes.byteOffset;
  const words = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2);
  const lastWord = (base + bytes.length - 4) >> 2;
  const first = (base + pos + 3) >> 2;
  for (let at = pos; at < (first << 2) - base; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x22 || byte === 0x5c || byte < 0x20) return at;
  }
  let index = first;
  while (index <= lastWord) {
    const word = words[index] ?? 0;
    const quote = word ^ QUOTES;
    const backslash = word ^ BACKSLASHES;
    // A byte's high bit is set by the subtraction when it borrowed: below 0x20, or zero after xor.
    const odd =
      ((word - SPACES) & ~word) | ((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash);
    if ((odd & HIGH_BITS) !== 0) break;
    index++;
  }
  return Math.max(pos, (index << 2) - base);
}
