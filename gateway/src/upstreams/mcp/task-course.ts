/** What becomes of a call of which its upstream makes a task. */
import {
  declaresTasks,
  type AnswerMessage,
  type Exchange,
  type Terminal,
} from '../../kernel/index.ts';
import type { AskingCall } from './inquiry.ts';

/** A request that is sent in the place of the caller's own. */
export interface FurtherRequest {
  readonly method: 'tasks/get' | 'tasks/update' | 'tasks/result';
  /** JSON text of the upstream's id of the task. */
  readonly rawTaskId: string;
  /** Further members of `params` as JSON text, each beginning with a comma. */
  readonly members: string;
}

/** A call whose requests follow each other. */
export interface TaskCall extends AskingCall {
  /** The method that was sent last. */
  readonly method: string;
  readonly x: Exchange;
  /** Its upstream has told of progress itself. */
  readonly hasProgress: boolean;
  /** The present request is answered; others may follow. */
  leaveLink(): void;
  request(further: FurtherRequest): void;
  settle(message: Terminal): void;
  /** Tells the upstream that nobody wants the task any more. */
  cancelTask(rawTaskId: string): void;
}

export interface TaskCourse {
  /** Somebody is thinking about a question of the task. */
  readonly isAsked: boolean;
  /** Takes an answer. @returns false where it is the end of the call, as it is */
  take(message: AnswerMessage): boolean;
  /** The call has ended. @returns false where nobody listens on its delivery any more */
  end(message: Terminal): boolean;
}

/**
 * What a call is to a legacy server (2025-11-25, tasks): nothing with tasks; a call of a tool that
 * needs a task, which the gateway waits for, or hands on to a caller who knows tasks, or cannot
 * make; a request about a task that was handed on.
 */
export type TaskForm = 'none' | 'waited' | 'handed' | 'lacking' | 'about';

/** @param isWaiting the gateway waits for tasks on behalf of callers */
export function taskFormOf(
  { call, target, dialect, isOfMany }: Exchange,
  isWaiting: boolean,
): TaskForm {
  if (call === undefined || target?.kind !== 'item') return 'none';
  if (call.row?.itemKind === 'task') return 'about';
  if (call.method !== 'tools/call' || target.item.needsTask !== true) return 'none';
  // A legacy caller that begins a task itself wants to be told of the task.
  if (dialect === 'legacy' && !isOfMany && call.view.member(call.params, 'task') >= 0)
    return 'none';
  if (dialect === 'modern' && declaresTasks(call.capabilities)) return 'handed';
  return isWaiting ? 'waited' : 'lacking';
}
