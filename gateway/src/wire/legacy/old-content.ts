/**
 * Content for revisions that do not know its kind yet: as text. Clients of their time refuse a whole
 * result for a single block they do not know.
 */
import {
  ROOT,
  replaceValue,
  scanJson,
  type AnswerMessage,
  type Edit,
  type Exchange,
  type JsonView,
} from '../../kernel/index.ts';
import { NO_EDITS } from '../dialect.ts';

/** Blocks that came later than the first revision: since when, and what they are as text. */
const LATER = new Map<string, { since: string; say: (view: JsonView, block: number) => string }>([
  ['resource_link', { since: '2025-06-18', say: sayLink }],
  ['audio', { since: '2025-03-26', say: sayAudio }],
]);
/** From this revision on everything is known. */
const LATEST_CHANGE = '2025-06-18';

/** The members of results that hold content, by method, and whether it stands in messages. */
const HOLDERS: Readonly<Record<string, { member: string; isInMessages: boolean }>> = {
  'tools/call': { member: 'content', isInMessages: false },
  'prompts/get': { member: 'messages', isInMessages: true },
};

/** Edits of a result, of whichever era its server is. */
export function oldContentEdits({ call }: Exchange, message: AnswerMessage): readonly Edit[] {
  if (call === undefined || call.revision >= LATEST_CHANGE) return NO_EDITS;
  const holder = HOLDERS[call.method];
  if (holder === undefined) return NO_EDITS;
  const list = message.view.member(message.value, holder.member);
  if (message.view.kind(list) !== 'array') return NO_EDITS;
  const view = scanJson(message.view.slice(list), { maxDepth: 128, recordDepth: 3 });
  if ('fault' in view) return NO_EDITS;
  const offset = message.view.start(list);
  const edits: Edit[] = [];
  for (const element of view.children(ROOT)) {
    const block = holder.isInMessages ? view.member(element, 'content') : element;
    const text = asText(view, block, call.revision);
    if (text === undefined) continue;
    const { start, end } = replaceValue(view, block, text);
    edits.push({ start: start + offset, end: end + offset, text });
  }
  return edits;
}

function asText(view: JsonView, block: number, revision: string): string | undefined {
  if (view.kind(block) !== 'object') return undefined;
  const kind = LATER.get(view.string(view.member(block, 'type')) ?? '');
  if (kind === undefined || revision >= kind.since) return undefined;
  const annotations = view.member(block, 'annotations');
  const rest = annotations < 0 ? '' : `,"annotations":${view.raw(annotations)}`;
  return `{"type":"text","text":${JSON.stringify(kind.say(view, block))}${rest}}`;
}

function sayLink(view: JsonView, block: number): string {
  const text = (key: string): string => view.string(view.member(block, key)) ?? '';
  const name = text('title') === '' ? text('name') : text('title');
  const line = name === '' ? text('uri') : `${name}: ${text('uri')}`;
  return text('description') === '' ? line : `${line}\n${text('description')}`;
}

function sayAudio(view: JsonView, block: number): string {
  const type = view.string(view.member(block, 'mimeType')) ?? 'of an unknown type';
  const data = view.member(block, 'data');
  const characters = Math.max(0, view.end(data) - view.start(data) - 2);
  const bytes = Math.floor((characters * 3) / 4);
  return `[Audio (${type}, about ${bytes} bytes), which clients of 2024-11-05 cannot take]`;
}
