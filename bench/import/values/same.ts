/** Whether what arrived is what was sent. */
import { ExactNumber, stringifyExact, type Json } from '../../../gateway/src/kernel/index.ts';
import { isTree } from '../tree.ts';

/** A number as it stood in JSON that arrived. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON whose numbers keep the text they were written in. */
export function parseWritten(text: string): unknown {
  const reviver = (_: string, value: unknown, { source }: { source?: string } = {}): unknown =>
    typeof value === 'number' && source !== undefined ? new WrittenNumber(source) : value;
  return JSON.parse(text, reviver);
}

/** @param got texts where the place knows only texts */
export function isSame(sent: Json, got: unknown): boolean {
  if (typeof sent === 'string') return got === sent;
  if (sent === null) return got === null || got === undefined || got === 'null';
  if (typeof sent === 'boolean') return got === sent || got === String(sent);
  if (typeof sent === 'number' || sent instanceof ExactNumber) {
    const text = sent instanceof ExactNumber ? sent.text : stringifyExact(sent);
    const is = got instanceof WrittenNumber ? got.text : got;
    return is === text;
  }
  // Where a style has no place for parts, they are JSON.
  if (typeof got === 'string') return isJsonOf(sent, got);
  if (isList(sent)) {
    // Servers cannot tell a list of one from a value in names with brackets.
    if (!Array.isArray(got)) return sent.length === 1 && isSame(sent[0] ?? null, got);
    return sent.length === got.length && sent.every((one, at) => isSame(one, got[at]));
  }
  if (!isTree(got)) return false;
  const keys = Object.keys(sent);
  return (
    keys.length === Object.keys(got).length &&
    keys.every((key) => Object.hasOwn(got, key) && isSame(sent[key] ?? null, got[key]))
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isJsonOf(sent: Json, text: string): boolean {
  try {
    const value = parseWritten(text);
    return typeof value !== 'string' && isSame(sent, value);
  } catch {
    return isList(sent) && sent.length === 1 && isSame(sent[0] ?? null, text);
  }
}
