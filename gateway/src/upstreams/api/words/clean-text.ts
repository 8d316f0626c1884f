/** Texts of documents as a model should read them: no markup that only a browser needs. */
import { visibleText } from './visible-text.ts';

/** Longest text that is looked at, characters. */
const MAX_READ = 20_000;

const TAGS =
  /<\/?(?:a|abbr|b|big|blockquote|body|br|center|code|dd|details|div|dl|dt|em|font|h[1-6]|head|hr|html|i|img|kbd|label|li|mark|ol|p|pre|q|s|samp|section|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|var|video|iframe|button|input|form|nav|figure|picture|source)\b[^<>]{0,2000}>/gi;

const BREAKS = /<(?:br|\/p|\/div|\/tr|\/h[1-6]|\/ul|\/ol|\/table|hr)\b[^<>]{0,200}>/gi;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['ndash', '-'],
  ['mdash', '-'],
  ['hellip', '…'],
  ['rsquo', "'"],
  ['lsquo', "'"],
  ['ldquo', '"'],
  ['rdquo', '"'],
]);

/**
 * Without HTML, images, link targets and superfluous white space, and at most `maxChars` long: cut at
 * the end of a sentence where there is one.
 */
export function cleanText(text: string, maxChars: number): string {
  const plain = withoutBlocks(text.slice(0, MAX_READ))
    .replace(/<li\b[^<>]{0,200}>/gi, '\n- ')
    .replace(BREAKS, '\n')
    .replace(TAGS, '')
    .replace(/!\[[^\][\n]{0,500}\]\([^()\n]{0,2000}\)/g, '')
    .replace(/\[([^\][\n]{0,500})\]\([^()\s]{0,2000}\)/g, '$1')
    .replace(/&(?:([a-z]{2,6})|#(\d{1,7})|#x([\da-f]{1,6}));/gi, entity)
    .toWellFormed();
  // Entities may have stood for characters that nobody sees.
  const seen = visibleText(plain)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return cutText(seen, maxChars);
}

const BLOCKS: readonly (readonly [start: RegExp, end: RegExp])[] = [
  [/<!--/g, /-->/g],
  [/<script\b[^<>]{0,2000}>/gi, /<\/script>/gi],
  [/<style\b[^<>]{0,2000}>/gi, /<\/style>/gi],
];

/** Without comments, scripts and styles; one that is not closed is no block. */
function withoutBlocks(text: string): string {
  if (!text.includes('<')) return text;
  let kept = text;
  for (const [start, end] of BLOCKS) kept = withoutBlock(kept, start, new RegExp(end));
  return kept;
}

/** Looks at every character a bounded number of times, whatever is opened and never closed. */
function withoutBlock(text: string, start: RegExp, end: RegExp): string {
  let kept = '';
  let from = 0;
  for (const { index, 0: opening } of text.matchAll(start)) {
    if (index < from) continue;
    end.lastIndex = index + opening.length;
    if (!end.test(text)) break;
    kept += text.slice(from, index);
    from = end.lastIndex;
  }
  return kept + text.slice(from);
}

/** @returns the text up to the last end of a sentence within `maxChars` */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const head = text.slice(0, maxChars);
  const end = Math.max(...['. ', '.\n', '! ', '? ', '\n\n'].map((mark) => head.lastIndexOf(mark)));
  if (end > maxChars / 3) return head.slice(0, end + 1).trim();
  const space = head.lastIndexOf(' ', maxChars - 2);
  const cut = space > maxChars / 3 ? space : maxChars - 1;
  return `${head
    .slice(0, cut)
    .trim()
    .replace(/[,;:]$/, '')}…`;
}

/** The first sentence on one line. */
export function firstSentence(text: string, maxChars: number): string {
  const line = cleanText(text, 4000).replaceAll('\n', ' ');
  const end = /[.!?](?=\s+[A-Z])/.exec(line);
  return cutText(end === null ? line : line.slice(0, end.index + 1), maxChars);
}

function entity(whole: string, name?: string, decimal?: string, hex?: string): string {
  if (name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? '0', 16) : Number(decimal);
  if (code < 32 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return ' ';
  return String.fromCodePoint(code);
}
