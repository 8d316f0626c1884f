/**
 * A modern server asks a legacy caller: each round of questions is put to the caller, and the call
 * is sent again with the answers, as a modern client would (2026-07-28, MRTR).
 */
import type { Answer, AnswerMessage, Question, Terminal, Timer } from '../../kernel/index.ts';
import { readInputRequired } from './input-required.ts';
import type { Members } from './outgoing.ts';
import { OpenRound, type AskingCall, type Inquiry } from './inquiry.ts';

/** How often a server may come back with a question, or just its state, in one call. */
const MAX_ROUNDS = 8;
/** Before a call is sent again with nothing but the server's state. */
const PACE_MS = 250;

/** A call that can be sent again. */
export interface RepeatableCall extends AskingCall {
  /** @param members further members of its `params` */
  repeat(members: Members): void;
}

export class QuestionLoop implements Inquiry {
  private readonly call: RepeatableCall;
  private rounds = 0;
  private open: OpenRound | undefined;
  private pace: Timer | undefined;

  constructor(call: RepeatableCall) {
    this.call = call;
  }

  get isAsked(): boolean {
    return this.open !== undefined;
  }

  /** @param message a result of the type `input_required` */
  next(message: AnswerMessage): void {
    const { call } = this;
    const read = readInputRequired(message);
    if (typeof read === 'string') {
      call.refuse('upstream_invalid', read);
      return;
    }
    if (++this.rounds > MAX_ROUNDS) {
      call.refuse('upstream_invalid', `It asked more than ${MAX_ROUNDS} times in one call.`);
      return;
    }
    const state: Members = read.rawState === '' ? [] : [['requestState', read.rawState]];
    if (read.questions.length === 0) {
      this.pace = call.clock.after(PACE_MS, () => {
        call.resume();
        call.repeat(state);
      });
    } else {
      this.ask(read.questions, state);
    }
  }

  end(message: Terminal): boolean {
    this.pace?.cancel();
    this.open?.close(message);
    this.open = undefined;
    return true;
  }

  private ask(questions: readonly Question[], state: Members): void {
    const { call } = this;
    const round = new OpenRound(call);
    this.open = round;
    call.pause();
    round.put({
      questions,
      answered: (answers, x, delivery) => {
        this.open = undefined;
        call.resume();
        call.adopt(x, delivery);
        if (!call.isSettled) this.goOn(questions, answers, state);
      },
      abandoned: (why) => {
        this.open = undefined;
        call.abandon(why);
      },
    });
  }

  private goOn(
    questions: readonly Question[],
    answers: ReadonlyMap<string, Answer>,
    state: Members,
  ): void {
    const responses: string[] = [];
    for (const question of questions) {
      const result = resultOf(question, answers.get(question.key));
      if (result === undefined) {
        this.call.refuse('question_unanswered');
        return;
      }
      responses.push(`${JSON.stringify(question.key)}:${result}`);
    }
    this.call.repeat([['inputResponses', `{${responses.join(',')}}`], ...state]);
  }
}

/** There is no way to say that a question failed, but for elicitations: those can be cancelled. */
export function resultOf({ method }: Question, answer: Answer | undefined): string | undefined {
  if (answer?.kind === 'result') return answer.result;
  const isUnanswered = answer === undefined || answer.kind === 'none';
  return method === 'elicitation/create' && isUnanswered ? '{"action":"cancel"}' : undefined;
}
