/** Percent-encoding (RFC 3986, section 2.1; RFC 6570, section 3.2.1). Texts are well-formed Unicode. */

/** Writes a text as the value it is, and possibly changes it on the way. */
export type Percent = (text: string) => string;

const PLAIN = /^[\w.~-]*$/;
const SUB_DELIMITERS = /[!'()*]/g;

/** Everything but letters, digits and `-._~`. */
export function encodeStrictly(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text).replace(SUB_DELIMITERS, hex);
}

/**
 * Reserved characters stay bare, for `allowReserved`, but for those that would end the value: `#`,
 * `&`, `;` (separates like `&` for some servers), `+` (read as a space) and brackets, which may not
 * stand in a query. `%` is always a character of the value.
 */
export function encodeLoosely(text: string): string {
  return PLAIN.test(text) ? text : text.replace(/[^\w.~:/?@!$'()*,=-]+/g, encodeStrictly);
}

/** As a form is sent: a space is a plus sign. */
export function encodeForm(text: string): string {
  return encodeStrictly(text).replaceAll('%20', '+');
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
