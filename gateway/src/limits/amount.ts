/** Amounts per time, as people write them: `100/minute`, `100 per minute`, `50MB/day`, `200k/day`. */

/** So much within any one window; the window slides. */
export interface Amount {
  readonly max: number;
  readonly windowMs: number;
}

const WINDOWS_MS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const COUNTS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };
const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** What may be counted: plain numbers (`100`, `200k`), or bytes with their unit (`50MB`, `1 GiB`). */
export type AmountKind = 'count' | 'bytes';

const FORM = /^(\d{1,12}(?:\.\d{1,6})?) ?([a-zA-Z]*)(?:\/| ?per )(second|minute|hour|day)$/;
const MAX = 1e12;

/** @returns the amount, or a sentence that says what is wrong with the text */
export function parseAmount(text: string, kind: AmountKind): Amount | string {
  const example = kind === 'bytes' ? '50MB/day' : '100/minute or 200k/day';
  const [, number = '', unit = '', window = ''] = FORM.exec(text.trim()) ?? [];
  const factor = (kind === 'bytes' ? BYTES : COUNTS)[unit.toLowerCase()];
  const windowMs = WINDOWS_MS[window];
  if (factor === undefined || windowMs === undefined) {
    return `"${text}" is no amount per second, minute, hour or day; write for example ${example}`;
  }
  const max = Math.floor(Number(number) * factor);
  if (max >= 1 && max <= MAX) return { max, windowMs };
  return `"${text}" is less than 1 or more than a million millions; write for example ${example}`;
}

/** `60000` as `minute`. */
export function windowWord(windowMs: number): string {
  return Object.keys(WINDOWS_MS).find((word) => WINDOWS_MS[word] === windowMs) ?? '';
}

/** What an answer costs whoever reads it, estimated: a token is about four bytes. */
export function estimateTokens(bytes: number): number {
  return Math.ceil(bytes / 4);
}
