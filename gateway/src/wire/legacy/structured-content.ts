/**
 * Structured results for callers of before 2026-07-28, to whom they are always objects (2025-11-25,
 * server/tools, structured content): what is none becomes the member `result` of one.
 */
import {
  ROOT,
  addMembers,
  scanJson,
  type AnswerMessage,
  type Edit,
  type Exchange,
  type JsonView,
} from '../../kernel/index.ts';
import { NO_EDITS } from '../dialect.ts';

/** Edits of a tool's result from a modern server; none where it is an object and listed as one. */
export function structuredEdits(x: Exchange, { view, value }: AnswerMessage): readonly Edit[] {
  const structured = view.member(value, 'structuredContent');
  if (structured < 0) return NO_EDITS;
  const isObject = view.kind(structured) === 'object';
  const isListedWrapped = x.target?.kind === 'item' && x.target.item.wrapsOutput === true;
  if (isObject && !isListedWrapped) return NO_EDITS;
  const [start, end] = [view.start(structured), view.end(structured)];
  const edits: Edit[] = [
    { start, end: start, text: '{"result":' },
    { start: end, end, text: '}' },
  ];
  if (!isObject) edits.push(...mirrorEdits(view, value, view.raw(structured)));
  return edits;
}

/** Callers that do not look at structured content are shown it as text where there is no other. */
function mirrorEdits(view: JsonView, result: number, raw: string): readonly Edit[] {
  const block = `{"type":"text","text":${JSON.stringify(raw)}}`;
  const content = view.member(result, 'content');
  if (content < 0) return [addMembers(view, result, `"content":[${block}]`)];
  if (view.kind(content) !== 'array') return NO_EDITS;
  const blocks = view.children(content);
  if (blocks.some((each) => isText(view.slice(each)))) return NO_EDITS;
  const at = view.end(content) - 1;
  return [{ start: at, end: at, text: blocks.length === 0 ? block : `,${block}` }];
}

function isText(block: Buffer): boolean {
  const view = scanJson(block, { maxDepth: 128, recordDepth: 1 });
  return !('fault' in view) && view.string(view.member(ROOT, 'type')) === 'text';
}
