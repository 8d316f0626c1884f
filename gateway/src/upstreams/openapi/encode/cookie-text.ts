/** Values in the style `cookie` (OpenAPI 3.2): as they are, but for what a cookie cannot hold. */
import { encodeStrictly } from './percent.ts';

/** RFC 6265, section 4.1.1 (cookie-octet); `%` stays, as this style does not encode. */
const NOT_COOKIE = /[^!#-+\--:<-[\]-~]+/g;

/** Writes `;`, `,`, `"`, `\`, spaces, line breaks and everything outside ASCII in percent. */
export function encodeCookieText(text: string): string {
  return text.replace(NOT_COOKIE, encodeStrictly);
}
