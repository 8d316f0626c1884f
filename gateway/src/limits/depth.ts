/** How deep a value is nested; its text has been proven to be JSON before. */
export function depthOf(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let deepest = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === 0x22) at = endOfString(bytes, at, end);
    else if (byte === 0x7b || byte === 0x5b) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

/** Most strings end within this many bytes, where a native search costs more than it saves. */
const SHORT_BYTES = 32;

/** Offset of the quote that closes the string opened at `open`. */
function endOfString(bytes: Buffer, open: number, end: number): number {
  const near = Math.min(end, open + SHORT_BYTES);
  for (let at = open + 1; at < near; at++) {
    const byte = bytes[at];
    if (byte === 0x22) return at;
    if (byte === 0x5c) at++;
  }
  let close = bytes.indexOf(0x22, near);
  while (close >= 0 && isEscaped(bytes, close)) close = bytes.indexOf(0x22, close + 1);
  return close < 0 ? end : close;
}

/** Whether an odd number of backslashes stands before `at`; the opening quote ends the count. */
function isEscaped(bytes: Buffer, at: number): boolean {
  let slashes = 0;
  while (bytes[at - 1 - slashes] === 0x5c) slashes++;
  return slashes % 2 === 1;
}
