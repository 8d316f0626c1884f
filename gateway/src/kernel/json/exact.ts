/**
 * JSON as values whose numbers stay as they were written: 2^53+1, 1.0, 1e400 and -0 come out as
 * they went in. Only numbers that JavaScript would change are wrapped.
 */
import { randomUUID } from 'node:crypto';

declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** A number as its JSON text, where JavaScript's own would differ from it. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Lets every `JSON.stringify` write the number as it was; a text that is no number throws. */
  toJSON(): object {
    return JSON.rawJSON(this.text);
  }
}

export type Json = string | number | boolean | null | ExactNumber | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Reads one JSON text. Members named `__proto__` stay members; of the same key twice the last
 * counts; members named like array indices come first. Who reads foreign text bounds its depth.
 * @throws SyntaxError where the text is not JSON, RangeError where it is nested too deep
 */
export function parseExact(text: string): Json {
  const numbers = changingNumbers(text);
  if (numbers.length === 0) return parse(text);
  // Unguessable, so that no text can hold a string that looks like a number we put aside.
  const mark = `${randomUUID()}:`;
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of numbers) {
    pieces.push(text.slice(from, start), '"', mark, text.slice(start, end), '"');
    from = end;
  }
  pieces.push(text.slice(from));
  return putBack({ root: parse(pieces.join('')) }, mark);
}

/** Writes a value as compact JSON text, every number as it was read. */
export function stringifyExact(value: Json): string {
  return JSON.stringify(value);
}

type Loose = string | number | boolean | null | ExactNumber | Loose[] | LooseObject;
interface LooseObject {
  [key: string]: Loose;
}
const parse: (text: string) => Loose = JSON.parse;

/** Puts the numbers back in place of the strings that stood for them. */
function putBack(holder: { root: Loose }, mark: string): Json {
  const read = (value: Loose): Loose => {
    if (typeof value === 'object' && value !== null) waiting.push(value);
    return typeof value === 'string' && value.startsWith(mark)
      ? new ExactNumber(value.slice(mark.length))
      : value;
  };
  const waiting: Loose[] = [];
  holder.root = read(holder.root);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (Array.isArray(at)) for (const [index, each] of at.entries()) at[index] = read(each);
    else if (typeof at === 'object' && at !== null && !(at instanceof ExactNumber)) {
      // The member is there already, so that even `__proto__` is only replaced.
      for (const key of Object.keys(at)) at[key] = read(at[key] ?? null);
    }
  }
  return holder.root;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const MINUS = 0x2d;
/** Numbers that certainly stay as they are; a shortcut for most. */
const SAFE = /^(?:0|-?[1-9]\d{0,14}|-?(?=.{3,15}$)(?:0(?!\.000000)|[1-9]\d*)\.\d*[1-9])$/;

/** Where the numbers stand that JavaScript would write otherwise; what is no JSON is left alone. */
function changingNumbers(text: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      continue;
    }
    if (!isDigit(code) && code !== MINUS) continue;
    const start = at;
    while (isNumeric(text.charCodeAt(at + 1))) at++;
    if (changes(text, start, at + 1)) found.push({ start, end: at + 1 });
  }
  return found;
}

function changes(text: string, start: number, end: number): boolean {
  if (end - start === 1) return false;
  const number = text.slice(start, end);
  if (SAFE.test(number)) return false;
  return NUMBER.test(number) && String(Number(number)) !== number && !isKey(text, end);
}

/** Whether a colon follows: then the text is no JSON, and must not become it. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === COLON;
}

/** The offset of the quote that ends the string which begins at `from`. */
function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Digits, sign, point and exponent. */
function isNumeric(code: number): boolean {
  return (
    isDigit(code) ||
    code === 0x2e ||
    code === MINUS ||
    code === 0x2b ||
    code === 0x65 ||
    code === 0x45
  );
}
