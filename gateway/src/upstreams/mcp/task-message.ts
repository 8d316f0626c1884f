/**
 * Tasks on the wire: of the extension `io.modelcontextprotocol/tasks` (2026-07-28) and of the
 * experimental form in 2025-11-25.
 */
import { removeMembers, type AnswerMessage, type Era, type JsonView } from '../../kernel/index.ts';
import { ANSWER_DEPTH, readMessage } from './message.ts';

/** How a task stands. */
export interface TaskState {
  /** JSON text of the server's own id. */
  readonly rawId: string;
  readonly status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';
  /** When the server wants to be asked again, milliseconds; undefined where it does not say. */
  readonly pollMs: number | undefined;
  readonly statusMessage: string;
}

const STATUSES = ['working', 'input_required', 'completed', 'failed', 'cancelled'] as const;
const MAX_STATUS_MESSAGE = 1000;

/** Whether a result of a modern server is a task in its place. */
export function isTaskResult({ kind, view, value }: AnswerMessage): boolean {
  return kind === 'result' && view.string(view.member(value, 'resultType')) === 'task';
}

/** Where the task stands in the answer of a legacy server to a call; -1 where it began none. */
export function legacyTask({ kind, view, value }: AnswerMessage): number {
  const task = kind === 'result' ? view.member(value, 'task') : -1;
  return view.kind(task) === 'object' ? task : -1;
}

/** @param at entry of the task object. Undefined where it does not say what a task must say */
export function readTask(view: JsonView, at: number): TaskState | undefined {
  const id = view.member(at, 'taskId');
  const text = view.string(view.member(at, 'status'));
  const status = STATUSES.find((known) => known === text);
  if (status === undefined || (view.string(id) ?? '') === '') return undefined;
  const named = view.member(at, 'pollIntervalMs');
  const poll = view.value(named < 0 ? view.member(at, 'pollInterval') : named);
  const said = view.string(view.member(at, 'statusMessage')) ?? '';
  return {
    rawId: view.raw(id),
    status,
    pollMs: typeof poll === 'number' && poll >= 0 ? poll : undefined,
    statusMessage: said.slice(0, MAX_STATUS_MESSAGE).toWellFormed(),
  };
}

/** Names of members that the two forms write differently. */
const RENAMED: Readonly<Record<string, string>> = { ttl: 'ttlMs', pollInterval: 'pollIntervalMs' };
const LEFT_OUT: ReadonlySet<string> = new Set(['_meta', 'status']);

/**
 * Members of a legacy task as the extension writes them, its status aside; values stay byte for byte.
 * @param at entry of the task object
 */
export function modernMembers(view: JsonView, at: number): string {
  return view
    .children(at)
    .filter((entry) => !LEFT_OUT.has(view.key(entry)))
    .map((entry) => {
      const key = view.key(entry);
      const name = Object.hasOwn(RENAMED, key) ? (RENAMED[key] ?? key) : key;
      return `${JSON.stringify(name)}:${view.raw(entry)}`;
    })
    .join(',');
}

/**
 * A whole answer made of parts of others.
 * @param rawId the caller's JSON-RPC id
 * @param text JSON text of the result or error
 */
export function answerOf(
  rawId: string,
  kind: 'result' | 'error',
  text: string,
  era: Era,
): AnswerMessage | undefined {
  const bytes = Buffer.from(`{"jsonrpc":"2.0","id":${rawId},"${kind}":${text}}`);
  const read = readMessage(bytes, ANSWER_DEPTH);
  if (read.kind !== kind) return undefined;
  return { kind, era, view: read.view, value: read.value, edits: [] };
}

const RELATED_TASK = 'io.modelcontextprotocol/related-task';

/** The result of a task without the word about the task, of which its caller knows nothing. */
export function withoutRelation(message: AnswerMessage): AnswerMessage {
  const { view, value } = message;
  const meta = view.member(value, '_meta');
  const related = view.member(meta, RELATED_TASK);
  if (related < 0) return message;
  const isOnly = view.children(meta).length === 1;
  const edits = isOnly ? removeMembers(view, value, [meta]) : removeMembers(view, meta, [related]);
  return { ...message, edits: [...message.edits, ...edits] };
}

/** Whether an error says that a capability is missing, and the one for tasks is among those. */
export function wantsTasks({ kind, view, value }: AnswerMessage, extension: string): boolean {
  if (kind !== 'error' || view.raw(view.member(value, 'code')) !== '-32021') return false;
  const data: unknown = view.value(view.member(value, 'data'));
  const extensions = memberOf(memberOf(data, 'requiredCapabilities'), 'extensions');
  return memberOf(extensions, extension) !== undefined;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
