/**
 * JSON as values whose numbers stay as they were written: 2^53+1, 1.0, 1e400 and -0 come out as
 * they went in. Only numbers that JavaScript would change are wrapped.
 */

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

type Reviver = (key: string, value: Json, context?: { readonly source?: string }) => Json;
const parse: (text: string, reviver?: Reviver) => Json = JSON.parse;

/**
 * What a number must look like to be written otherwise by JavaScript: many digits, an end of zeros
 * after a point, an exponent, a minus zero, a fraction so small that it gets an exponent. Text
 * inside strings may look the same and only costs time.
 */
const MAY_CHANGE = /[\d.]{16}|\.\d*0(?!\d)|\d[eE]|-0(?![.\d])|0\.000000/;

/**
 * Reads one JSON text. Members named `__proto__` stay members; of the same key twice the last
 * counts; members named like array indices come first. Who reads foreign text bounds its depth.
 * @throws SyntaxError where the text is not JSON, RangeError where it is nested too deep
 */
export function parseExact(text: string): Json {
  return MAY_CHANGE.test(text) ? parse(text, keepNumber) : parse(text);
}

/** Writes a value as compact JSON text, every number as it was read. */
export function stringifyExact(value: Json): string {
  return JSON.stringify(value);
}

function keepNumber(_key: string, value: Json, context?: { readonly source?: string }): Json {
  if (typeof value !== 'number') return value;
  const source = context?.source;
  return source === undefined || source === String(value) ? value : new ExactNumber(source);
}
