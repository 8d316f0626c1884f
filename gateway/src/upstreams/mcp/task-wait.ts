/**
 * Waits for a task on behalf of a caller that knows no tasks: asks how it stands, puts its questions
 * to the caller, and answers the call with the task's result.
 */
import {
  Refusal,
  type Answer,
  type AnswerMessage,
  type LocalMessage,
  type Question,
  type Terminal,
  type Timer,
} from '../../kernel/index.ts';
import { readInputRequired } from './input-required.ts';
import { OpenRound } from './inquiry.ts';
import { resultOf } from './question-loop.ts';
import type { FurtherRequest, TaskCall, TaskCourse } from './task-course.ts';
import { answerOf, legacyTask, readTask, withoutRelation, type TaskState } from './task-message.ts';

/** How often a server is asked where it does not say, and at most and least, milliseconds. */
const POLL_MS = { usual: 1000, min: 50, max: 60_000 };
/** A task that has not ended by then is cancelled; legacy servers are asked to keep it so long. */
export const MAX_WAIT_MS = 3_600_000;
const MAX_ROUNDS = 64;

const CANCELLED: LocalMessage = {
  kind: 'local',
  result: JSON.stringify({
    content: [{ type: 'text', text: 'The server cancelled the task before it had a result.' }],
    isError: true,
  }),
  isToolError: true,
};

export class TaskWait implements TaskCourse {
  private readonly call: TaskCall;
  private readonly untilMs: number;
  private readonly answered = new Set<string>();
  private rawTaskId = '';
  private pollMs = POLL_MS.usual;
  private polls = 0;
  private timer: Timer | undefined;
  private open: OpenRound | undefined;
  private isPaused = false;
  private hasEnded = false;
  private wasAbandoned = false;

  constructor(call: TaskCall) {
    this.call = call;
    this.untilMs = call.clock.nowMs() + MAX_WAIT_MS;
  }

  get isAsked(): boolean {
    return this.open !== undefined;
  }

  take(message: AnswerMessage): boolean {
    const { call } = this;
    if (message.kind === 'error') {
      this.hasEnded = true;
      return false;
    }
    if (call.method === 'tasks/result') {
      this.hasEnded = true;
      call.settle(withoutRelation(message));
    } else if (call.method === 'tasks/update') {
      call.leaveLink();
      this.later();
    } else {
      this.look(message);
    }
    return true;
  }

  end(message: Terminal): boolean {
    const { call, open } = this;
    this.timer?.cancel();
    const isGone = this.wasAbandoned || (!call.isOfLegacyCaller && open !== undefined);
    this.open = undefined;
    open?.close(message);
    if (!this.hasEnded && this.rawTaskId !== '') call.cancelTask(this.rawTaskId);
    return !isGone;
  }

  private look(message: AnswerMessage): void {
    const { view, value, era } = message;
    const inside = this.rawTaskId === '' && era === 'legacy' ? legacyTask(message) : value;
    const task = readTask(view, inside);
    if (task === undefined) {
      this.call.refuse(
        'upstream_invalid',
        'It answered about a task without saying how it stands.',
      );
      return;
    }
    this.rawTaskId = task.rawId;
    this.pollMs = Math.min(POLL_MS.max, Math.max(POLL_MS.min, task.pollMs ?? POLL_MS.usual));
    this.tellProgress(task);
    if (task.status === 'working') this.waitOn();
    else if (task.status === 'cancelled') this.conclude(CANCELLED);
    else if (era === 'legacy') this.fetchResult();
    else if (task.status === 'input_required') this.putQuestions(message);
    else this.conclude(this.inlined(message, task.status));
  }

  private conclude(message: Terminal): void {
    this.hasEnded = true;
    this.call.settle(message);
  }

  /** The result of a modern task stands in what is said about the task. */
  private inlined({ view, value, era }: AnswerMessage, status: 'completed' | 'failed'): Terminal {
    const kind = status === 'completed' ? 'result' : 'error';
    const text = view.raw(view.member(value, kind));
    const answer = text === '' ? undefined : answerOf(this.call.x.rawId, kind, text, era);
    return (
      answer ??
      new Refusal('upstream_invalid', { text: `Its task is ${status} without a valid ${kind}.` })
    );
  }

  /** A legacy server says the result, and asks what it has to ask, on a request of its own. */
  private fetchResult(): void {
    this.call.leaveLink();
    this.send('tasks/result');
  }

  private waitOn(): void {
    this.call.leaveLink();
    this.later();
  }

  private later(): void {
    const { call } = this;
    if (call.clock.nowMs() >= this.untilMs) {
      call.refuse('upstream_timeout', `Its task took longer than ${MAX_WAIT_MS / 60_000} minutes.`);
      return;
    }
    this.pause();
    this.timer = call.clock.after(this.pollMs, () => this.send('tasks/get'));
  }

  /** The call's own time stands still between requests. */
  private pause(): void {
    if (!this.isPaused) this.call.pause();
    this.isPaused = true;
  }

  private send(method: FurtherRequest['method'], members = ''): void {
    if (this.isPaused) this.call.resume();
    this.isPaused = false;
    this.call.request({ method, rawTaskId: this.rawTaskId, members });
  }

  private tellProgress({ statusMessage }: TaskState): void {
    const { x, hasProgress, delivery } = this.call;
    const rawToken = x.call?.rawProgressToken ?? '';
    if (rawToken === '' || hasProgress) return;
    const words = statusMessage === '' ? '' : `,"message":${JSON.stringify(statusMessage)}`;
    const params = `{"progressToken":${rawToken},"progress":${++this.polls}${words}}`;
    const text = `{"jsonrpc":"2.0","method":"notifications/progress","params":${params}}`;
    delivery.event({ kind: 'notice', text });
  }

  private putQuestions(message: AnswerMessage): void {
    const { call } = this;
    // What begins a task says that it waits, but not for what.
    const asked = message.view.member(message.value, 'inputRequests');
    if (message.view.children(asked).length === 0) return this.waitOn();
    const read = readInputRequired(message);
    if (typeof read === 'string') {
      call.refuse('upstream_invalid', read);
      return;
    }
    const questions = read.questions.filter(({ key }) => !this.answered.has(key));
    if (this.answered.size + questions.length > MAX_ROUNDS) {
      call.refuse('upstream_invalid', `It asked more than ${MAX_ROUNDS} questions in one task.`);
      return;
    }
    call.leaveLink();
    // Servers may need a moment to take notice of answers.
    if (questions.length === 0) this.later();
    else this.ask(questions);
  }

  private ask(questions: readonly Question[]): void {
    const { call } = this;
    const round = new OpenRound(call);
    this.open = round;
    this.pause();
    round.put({
      questions,
      answered: (answers, x, delivery) => {
        this.open = undefined;
        call.adopt(x, delivery);
        if (!call.isSettled) this.answer(questions, answers);
      },
      abandoned: (why) => {
        this.open = undefined;
        this.wasAbandoned = !call.isOfLegacyCaller;
        call.abandon(why);
      },
    });
  }

  private answer(questions: readonly Question[], answers: ReadonlyMap<string, Answer>): void {
    const responses: string[] = [];
    for (const question of questions) {
      const result = resultOf(question, answers.get(question.key));
      if (result === undefined) {
        this.call.refuse('question_unanswered');
        return;
      }
      this.answered.add(question.key);
      responses.push(`${JSON.stringify(question.key)}:${result}`);
    }
    this.send('tasks/update', `,"inputResponses":{${responses.join(',')}}`);
  }
}
