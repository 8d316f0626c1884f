/** Texts that others chose, as JSON strings on one line that is safe to show on a terminal. */

/** Longer texts of callers are cut; the record says how long they were. */
const MAX_FOREIGN_CHARS = 256;

const ASCII = /^[ -~]*$/;
const PLAIN = /^[ !#-[\]-~]*$/;

/** Line ends that JSON allows in a string, C1 controls, and characters that reorder text. */
const HIDDEN = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** The JSON string of a text; plain ASCII, by far the most frequent, is not searched twice. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : withoutHidden(JSON.stringify(text));
}

/** The same for a text whose length a caller chose. */
export function quoteForeign(text: string): string {
  if (text.length <= MAX_FOREIGN_CHARS) return quote(text);
  return quote(`${text.slice(0, MAX_FOREIGN_CHARS)}… (${text.length} characters)`);
}

/** A JSON number or string as its writer wrote it, or a note where it is too long. */
export function rawScalar(raw: string): string {
  if (raw.length > MAX_FOREIGN_CHARS) return `"(${raw.length} characters)"`;
  return ASCII.test(raw) ? raw : withoutHidden(raw);
}

/** Inside JSON strings an escape means the same as the character, and outside these do not occur. */
export function withoutHidden(json: string): string {
  return json.replace(
    HIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
