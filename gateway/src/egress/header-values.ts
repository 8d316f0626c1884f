/** What may stand in the head of an outgoing request (RFC 9110, sections 5.1 and 5.5). */

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;

/** Printable ASCII and Latin-1, with spaces and tabs inside: nothing that could end a line. */
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** Whether a text is an HTTP token and so can be the name of a header. */
export function isHeaderName(text: string): boolean {
  return NAME.test(text);
}

/** Whether a text can be sent as a header's value and arrives as it was written. */
export function isHeaderValue(text: string): boolean {
  return VALUE.test(text);
}
