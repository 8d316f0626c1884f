/** Comments of `.proto` files as a model should read them. */
import { visibleText } from '../../api/words/visible-text.ts';

const MAX_READ = 20_000;
/** Blocks and lines that speak to tools. */
const BLOCKS = /\(--[^]*?--\)/g;
const LINT =
  /^\s*(?:buf:lint:|protolint:|nolint|api-linter:|@[a-z-]+:|TODO\b|FIXME\b|[-=*#/]{4,}\s*$).*$/gim;
const LINKS = /\[([^\][\n]{1,200})\](?:\[[^\][\n]{0,200}\]|\([^()\s]{0,500}\))/g;

/** On as few lines as it has paragraphs, and at most `maxChars` long. */
export function commentText(comment: string | undefined, maxChars: number): string {
  if (comment === undefined || comment === '') return '';
  const text = visibleText(comment.slice(0, MAX_READ).toWellFormed())
    .replace(BLOCKS, '')
    .replace(LINT, '')
    .replace(LINKS, '$1')
    .replace(/[^\S\n]*\n[^\S\n]*\*?(?=[^\S\n]|$)/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/(?<!\n)\n(?![\n*-])/g, ' ')
    .replace(/\n{2,}/g, '\n')
    .trim();
  return cut(text, maxChars);
}

/** The first sentence on one line. */
export function firstSentence(comment: string | undefined, maxChars: number): string {
  const line = commentText(comment, 2000).replaceAll('\n', ' ');
  const end = /[.!?](?=\s+[A-Z])/.exec(line);
  return cut(end === null ? line : line.slice(0, end.index + 1), maxChars);
}

function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const head = text.slice(0, maxChars - 1);
  const end = Math.max(...['. ', '.\n'].map((mark) => head.lastIndexOf(mark)));
  if (end > maxChars / 3) return head.slice(0, end + 1);
  const space = head.lastIndexOf(' ');
  return `${(space > maxChars / 3 ? head.slice(0, space) : head).trim().toWellFormed()}…`;
}
