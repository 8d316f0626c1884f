/**
 * Links to resources and resources inside of results, named so that the caller can read them here.
 * A link need not be listed (2025-11-25 and 2026-07-28, server/tools, resource links), so behind an
 * endpoint of several upstreams its URI alone does not tell whose it is.
 */
import {
  ROOT,
  scanJson,
  type AnswerMessage,
  type Edit,
  type Exchange,
  type JsonView,
  type Terminal,
} from '../../kernel/index.ts';

/** What callers call a resource that an upstream speaks of. */
export type LinkNamer = (upstream: string, uri: string) => string;

/** Places of blocks in results: the list's name, and where in an element the block stands. */
const HOLDERS: Readonly<Record<string, { readonly list: string; readonly inside?: string }>> = {
  'tools/call': { list: 'content' },
  'prompts/get': { list: 'messages', inside: 'content' },
  'resources/read': { list: 'contents' },
};

/** Before this revision a link is told as text, with the URI that its upstream gave it. */
const LINKS_SINCE = '2025-06-18';
const MARK = '"resource';
const SCAN = { maxDepth: 128, recordDepth: 5 };

/** The message with its links renamed; every other byte, and every other message, as it was. */
export function nameResultLinks(x: Exchange, message: Terminal, nameOf: LinkNamer): Terminal {
  const { call, target } = x;
  if (!x.isOfMany || message.kind !== 'result') return message;
  if (call === undefined || target?.kind !== 'item') return message;
  const holder = HOLDERS[call.method];
  if (holder === undefined) return message;
  const list = message.view.member(message.value, holder.list);
  if (message.view.kind(list) !== 'array' || !speaksOfResources(message, list, call.method)) {
    return message;
  }
  const slice = message.view.slice(list);
  const view = scanJson(slice, SCAN);
  if ('fault' in view) return message;
  const { upstream } = target.item.id;
  const offset = message.view.start(list);
  const edits: Edit[] = [];
  for (const element of view.children(ROOT)) {
    const block = holder.inside === undefined ? element : view.member(element, holder.inside);
    const at = uriOf(view, block, call.method, call.revision);
    const uri = view.string(at);
    if (uri === undefined) continue;
    const name = nameOf(upstream, uri);
    if (name === uri) continue;
    const text = JSON.stringify(name);
    edits.push({ start: offset + view.start(at), end: offset + view.end(at), text });
  }
  return edits.length === 0 ? message : { ...message, edits: [...message.edits, ...edits] };
}

/** Most results hold text only, and looking for a word is cheaper than reading them again. */
function speaksOfResources({ view }: AnswerMessage, list: number, method: string): boolean {
  return method === 'resources/read' || view.slice(list).includes(MARK);
}

/** Where the URI of a block stands; -1 where it has none that is to be renamed. */
function uriOf(view: JsonView, block: number, method: string, revision: string): number {
  if (view.kind(block) !== 'object') return -1;
  if (method === 'resources/read') return view.member(block, 'uri');
  const type = view.string(view.member(block, 'type'));
  if (type === 'resource') return view.member(view.member(block, 'resource'), 'uri');
  return type === 'resource_link' && revision >= LINKS_SINCE ? view.member(block, 'uri') : -1;
}
