/**
 * JSON as values whose numbers stay as they were written: 2^53+1, 1.0, 1e400 and -0 come out as
 * they went in. Only numbers that JavaScript would change are wrapped.
 */

/** A number as its JSON text, where JavaScript's own would differ from it. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Json = string | number | boolean | null | ExactNumber | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json;
}
