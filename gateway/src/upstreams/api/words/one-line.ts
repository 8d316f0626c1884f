/** The first thing a text says, in one line. */
import { visibleText } from './visible-text.ts';

const MAX_LINE = 120;
/** Anything that a plain line does not hold. */
const MARKED = /[^\x20-\x7e]|[<>[\]#*`]|^\s*-| {2}/;

/** At most 120 characters without markup; '' where the text says nothing. */
export function oneLine(text: string, maxLength = MAX_LINE): string {
  if (text === '') return '';
  if (text.length <= maxLength && !MARKED.test(text)) return text.trim();
  const plain = visibleText(text.slice(0, 2000))
    .replace(/<[^<>]{0,500}>/g, ' ')
    .replace(/!?\[([^\][]{0,300})\]\([^()]{0,500}\)/g, '$1')
    .replace(/(^|\n)[ \t]*(?:#{1,6}|[-*>])[ \t]+/g, '$1')
    .replace(/[`*]+/g, '')
    .trim();
  const paragraph = /^[\s\S]*?(?=\n[ \t]*\n|$)/.exec(plain)?.[0] ?? '';
  const line = paragraph.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line.length <= maxLength) return line;
  const sentence = /^.{20,}?[.!?](?= )/.exec(line)?.[0] ?? '';
  if (sentence !== '' && sentence.length <= maxLength) return sentence;
  const cut = line.slice(0, maxLength - 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > maxLength / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:]+$/, '').toWellFormed()}…`;
}
