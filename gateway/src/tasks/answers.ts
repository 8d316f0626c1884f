/** Ids of tasks in what upstreams answer (2026-07-28, extension `io.modelcontextprotocol/tasks`). */
import {
  EXTENSIONS,
  Refusal,
  replaceValue,
  type AnswerMessage,
  type Call,
  type Exchange,
  type Target,
  type Terminal,
} from '../kernel/index.ts';
import type { TaskIds } from './ids.ts';

/**
 * Puts the caller's id of a task in the place of the upstream's; every other message passes
 * unchanged. Refuses with `upstream_invalid` where a new task has no id.
 */
export function sealTask(x: Exchange, message: Terminal, ids: TaskIds): Terminal {
  const { call, target } = x;
  if (message.kind !== 'result' || call === undefined || target?.kind !== 'item') return message;
  if (call.row?.itemKind === 'task') return withOwnId(call, message);
  if (call.method !== 'tools/call' || x.dialect !== 'modern') return message;
  // Whoever declares nothing so long cannot have declared tasks.
  if (call.capabilities.length <= EXTENSIONS.tasks.length) return message;
  return isTask(message) ? withNewId(x, target, message, ids) : message;
}

/** Whether a result is a task that stands for the result. */
export function isTask({ view, value }: AnswerMessage): boolean {
  const type = view.member(value, 'resultType');
  return !view.isWritten(type, '"complete"') && view.string(type) === 'task';
}

function withOwnId({ name }: Call, message: AnswerMessage): AnswerMessage {
  const { view, value, edits } = message;
  const at = view.member(value, 'taskId');
  if (at < 0) return message;
  return { ...message, edits: [...edits, replaceValue(view, at, JSON.stringify(name))] };
}

function withNewId(
  x: Exchange,
  { item }: Extract<Target, { kind: 'item' }>,
  message: AnswerMessage,
  ids: TaskIds,
): Terminal {
  const { view, value, edits } = message;
  const at = view.member(value, 'taskId');
  const taskId = view.string(at);
  if (taskId === undefined || taskId === '' || taskId.length > MAX_ID_CHARACTERS) {
    return new Refusal('upstream_invalid', { text: 'It began a task without a usable id.' });
  }
  const ttl: unknown = view.value(view.member(value, 'ttlMs'));
  const { upstream, name } = item.id;
  const ttlMs = typeof ttl === 'number' ? ttl : undefined;
  const sealed = ids.seal(x, { upstream, tool: name, taskId }, ttlMs);
  return { ...message, edits: [...edits, replaceValue(view, at, JSON.stringify(sealed))] };
}

/** Ids travel in a header of every request about the task. */
const MAX_ID_CHARACTERS = 1024;
