/**
 * A task of a legacy server in the hands of a caller of the extension `io.modelcontextprotocol/tasks`:
 * what the two forms call differently, and results that one says apart and the other with the task.
 */
import { splice, type AnswerMessage, type Terminal } from '../../kernel/index.ts';
import type { TaskCall, TaskCourse } from './task-course.ts';
import { answerOf, legacyTask, modernMembers, readTask, withoutRelation } from './task-message.ts';

const INVALID_PARAMS = '-32602';

export class HandedTask implements TaskCourse {
  readonly isAsked = false;
  private readonly call: TaskCall;
  /** Members of an ended task, while its result is fetched. */
  private ended = '';

  constructor(call: TaskCall) {
    this.call = call;
  }

  take(message: AnswerMessage): boolean {
    const { call } = this;
    const wanted = call.x.call?.method;
    switch (call.method) {
      case 'tools/call':
        return this.begun(message);
      case 'tasks/result':
        return this.withResult(message);
      case 'tasks/cancel':
        return this.cancelled(message);
      default:
        if (message.kind === 'error') return false;
        if (wanted === 'tasks/get') this.look(message);
        else this.say('{"resultType":"complete"}');
        return true;
    }
  }

  end(): boolean {
    return true;
  }

  private begun(message: AnswerMessage): boolean {
    const at = legacyTask(message);
    // The server answered at once.
    if (at < 0) return false;
    const status = readTask(message.view, at)?.status ?? 'working';
    this.say(
      `{"resultType":"task","status":"${shown(status)}",${modernMembers(message.view, at)}}`,
    );
    return true;
  }

  private look({ view, value }: AnswerMessage): void {
    const { call } = this;
    const task = readTask(view, value);
    if (task === undefined) {
      call.refuse('upstream_invalid', 'It answered about a task without saying how it stands.');
      return;
    }
    const members = modernMembers(view, value);
    if (task.status === 'completed' || task.status === 'failed') {
      this.ended = members;
      call.leaveLink();
      call.request({ method: 'tasks/result', rawTaskId: task.rawId, members: '' });
      return;
    }
    this.say(`{"resultType":"complete","status":"${shown(task.status)}",${members}}`);
  }

  /** A task whose tool failed is one that was completed, with a result that says so. */
  private withResult(message: AnswerMessage): boolean {
    const { kind, view, value } = message;
    const status = kind === 'error' ? 'failed' : 'completed';
    const { edits } = withoutRelation(message);
    const said = splice(view.bytes, edits, view.start(value), view.end(value)).toString();
    this.say(`{"resultType":"complete","status":"${status}",${this.ended},"${kind}":${said}}`);
    return true;
  }

  /** Legacy servers refuse to cancel what has ended; the extension has nothing against it. */
  private cancelled({ kind, view, value }: AnswerMessage): boolean {
    const { call } = this;
    if (kind === 'result') {
      this.say('{"resultType":"complete"}');
      return true;
    }
    if (view.raw(view.member(value, 'code')) !== INVALID_PARAMS) return false;
    const { target } = call.x;
    if (target?.kind !== 'item') return false;
    call.leaveLink();
    const rawTaskId = JSON.stringify(target.originalName);
    call.request({ method: 'tasks/get', rawTaskId, members: '' });
    return true;
  }

  private say(result: string): void {
    const answer: Terminal | undefined = answerOf(this.call.x.rawId, 'result', result, 'modern');
    if (answer === undefined) this.call.refuse('upstream_invalid', 'Its task is not valid.');
    else this.call.settle(answer);
  }
}

/** The session of such tasks declares nothing, so nothing that a server waits for can come. */
function shown(status: string): string {
  return status === 'input_required' ? 'working' : status;
}
