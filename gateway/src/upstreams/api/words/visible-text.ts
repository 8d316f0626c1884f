/** Texts that others wrote, without what nobody sees. */

/**
 * Control characters but for line ends and tabs, marks that reorder or hide text, and the tag
 * characters in which whole sentences can be written invisibly. Joiners stay: scripts need them.
 */
const UNSEEN =
  /[^\P{Cc}\n\r\t]|[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

const PLAIN = /^[\n\r\t\x20-\x7e]*$/;

/** `text` without ANSI escapes, bidirectional marks and invisible characters. */
export function visibleText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/(?:(?![\n\r\t])\p{Cc}\[|\u009b)[0-?]{0,32}[ -/]{0,8}[@-~]/gu, '')
    .replace(/[\u2028\u2029]/g, '\n')
    .replace(UNSEEN, '');
}
