/** JSON of others: bounded, and written so that what is looked for in it is found. */
import { parseExact, type Json } from '../../../../kernel/index.ts';

/** Deeper values would overflow who walks them. */
const MAX_DEPTH = 256;

/** @returns undefined where the text is no JSON, or nested deeper than 256 levels */
export function readJson(text: string): Json | undefined {
  try {
    const value = parseExact(text);
    return isDeeperThan(value, MAX_DEPTH) ? undefined : value;
  } catch {
    // It is no JSON, or nested so deep that it cannot be read as such.
    return undefined;
  }
}

function isDeeperThan(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((member: Json) => isDeeperThan(member, depth - 1));
}

/**
 * The same JSON with printable ASCII written as it is, where it came escaped (`\u0041`): a
 * credential is looked for as a text, and any of its characters may have come so.
 */
export function withPlainAscii(text: string): string {
  if (!text.includes('\\u00')) return text;
  return text.replace(/\\(?:u00([2-7][\da-fA-F])|[^])/g, (escape, hex?: string) => {
    const char = hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16));
    return /^[ !#-[\]-~]$/.test(char) ? char : escape;
  });
}
