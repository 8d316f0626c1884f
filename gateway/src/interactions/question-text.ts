/** Questions in the words of both eras; what an upstream wrote stays as it is otherwise. */
import { randomUUID } from 'node:crypto';
import {
  ROOT,
  addMembers,
  removeMembers,
  scanJson,
  splice,
  type Edit,
  type JsonView,
  type Question,
} from '../kernel/index.ts';

const LIMITS = { maxDepth: 256, recordDepth: 2 };

/** Members of an `inputRequests` map (2026-07-28, multi round-trip requests), JSON text. */
export function inputRequests(questions: readonly Question[]): string {
  const members = questions.map((question) => {
    const params = modernParams(question);
    const rest = params === '' ? '' : `,"params":${params}`;
    return `${JSON.stringify(question.key)}:{"method":"${question.method}"${rest}}`;
  });
  return `{${members.join(',')}}`;
}

/** What only legacy peers say to each other is left out: `elicitationId`, progress of the answer. */
function modernParams({ params, method }: Question): string {
  const view = viewOf(params);
  if (view === undefined) return params;
  const gone: number[] = [];
  const id = method === 'elicitation/create' ? view.member(ROOT, 'elicitationId') : -1;
  if (id >= 0) gone.push(id);
  const meta = view.member(ROOT, '_meta');
  const token = view.member(meta, 'progressToken');
  const inner: Edit[] = [];
  if (token >= 0 && view.children(meta).length === 1) gone.push(meta);
  else if (token >= 0) inner.push(...removeMembers(view, meta, [token]));
  const edits = [...inner, ...removeMembers(view, ROOT, gone)];
  return edits.length === 0 ? params : splice(view.bytes, edits).toString('utf8');
}

/**
 * A question as a request of the gateway to a legacy client (2025-11-25, base protocol).
 * @param id of the request, not yet JSON
 * @param revision URL elicitations have an id of their own from 2025-11-25 on
 */
export function legacyRequest(question: Question, id: string, revision: string): string {
  const { method } = question;
  const params = revision >= '2025-11-25' ? withElicitationId(question) : question.params;
  const rest = params === '' ? '' : `,"params":${params}`;
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"${method}"${rest}}`;
}

/** Tells a legacy client that nobody waits for its answer any more. */
export function withdrawal(id: string, reason: string): string {
  const params = JSON.stringify({ requestId: id, reason });
  return `{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`;
}

function withElicitationId({ method, params }: Question): string {
  if (method !== 'elicitation/create') return params;
  const view = viewOf(params);
  const isLacking =
    view !== undefined &&
    view.string(view.member(ROOT, 'mode')) === 'url' &&
    view.member(ROOT, 'elicitationId') < 0;
  if (!isLacking) return params;
  const edit = addMembers(view, ROOT, `"elicitationId":"${randomUUID()}"`);
  return splice(view.bytes, [edit]).toString('utf8');
}

function viewOf(params: string): JsonView | undefined {
  if (params === '') return undefined;
  const view = scanJson(Buffer.from(params), LIMITS);
  return 'fault' in view ? undefined : view;
}
