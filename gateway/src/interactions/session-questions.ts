/**
 * Questions to legacy clients: real requests on the stream of the call (2025-11-25, base protocol).
 * Their ids cannot be guessed, and only the session that was asked may answer.
 */
import { randomUUID } from 'node:crypto';
import {
  ROOT,
  Refusal,
  type Answer,
  type Asked,
  type CancelReason,
  type Deadlines,
  type Delivery,
  type Due,
  type Exchange,
  type Question,
  type Round,
} from '../kernel/index.ts';
import type { Afterwards } from './afterwards.ts';
import { checkAnswer } from './check-answer.ts';
import { knowsQuestion } from './may-ask.ts';
import { legacyRequest, withdrawal } from './question-text.ts';
import type { Tally } from './tally.ts';

/** Questions beyond are not put to anybody. */
const MAX_QUESTIONS = 64;
const NONE: Answer = { kind: 'none' };

export interface SessionQuestionDeps {
  readonly deadlines: Deadlines;
  readonly tally: Tally;
  readonly afterwards: Afterwards;
  readonly onBug: (error: unknown) => void;
  /** A question is not with its client any more. */
  readonly onClosed: () => void;
}

export interface Patience {
  readonly answerWithinMs: number;
  readonly maxRounds: number;
}

export class SessionQuestions {
  private readonly deps: SessionQuestionDeps;
  /** Who waits for the answer to a request id. */
  private readonly waiting = new Map<string, SessionRound>();
  /** How often a call has asked. */
  private readonly asked = new WeakMap<Exchange, number>();
  private readonly host: RoundHost = {
    leave: (put) => this.leave(put),
    guarded: (task) => this.guarded(task),
  };

  constructor(deps: SessionQuestionDeps) {
    this.deps = deps;
  }

  /** Questions that are with clients now. */
  get size(): number {
    return this.waiting.size;
  }

  /** Asks what the client knows and declared; everything else has no answer, and soon. */
  ask(x: Exchange, round: Round, delivery: Delivery, patience: Patience): Asked {
    const { session } = x;
    const times = (this.asked.get(x) ?? 0) + 1;
    this.asked.set(x, times);
    const put = new SessionRound(x, round, delivery, this.host);
    const isFull = times > patience.maxRounds;
    for (const question of round.questions) {
      const isAsked =
        session !== undefined &&
        !isFull &&
        put.open.size < MAX_QUESTIONS &&
        knowsQuestion(question, session);
      if (!isAsked) {
        put.answers.set(question.key, NONE);
        this.deps.tally.refused++;
        continue;
      }
      const id = randomUUID();
      put.open.set(id, question);
      this.waiting.set(id, put);
    }
    if (put.open.size === 0) {
      this.deps.afterwards(() => put.settle());
      return put;
    }
    this.deps.deadlines.add(put, patience.answerWithinMs);
    x.cancellation.onCancel((why) => this.deps.afterwards(() => put.cancel(why)));
    for (const [id, question] of put.open) {
      delivery.event({
        kind: 'notice',
        text: legacyRequest(question, id, session?.revision ?? ''),
      });
    }
    return put;
  }

  /** Takes a client's response. Whatever answers no open question of this session changes nothing. */
  take(x: Exchange): void {
    const { call, session, principal } = x;
    if (call === undefined || session === undefined) return;
    const id = call.view.string(call.view.member(ROOT, 'id'));
    const put = id === undefined ? undefined : this.waiting.get(id);
    const isTheirs = put?.x.session?.key === session.key && put.x.principal?.id === principal?.id;
    const question = id === undefined ? undefined : put?.open.get(id);
    if (id === undefined || put === undefined || !isTheirs || question === undefined) {
      this.deps.tally.ignored++;
      return;
    }
    this.waiting.delete(id);
    put.open.delete(id);
    put.answers.set(question.key, readAnswer(question, call.view));
    if (put.open.size > 0) return;
    this.leave(put);
    this.guarded(() => put.settle());
  }

  /** A session has ended: nobody answers its questions any more. */
  sessionEnded(sessionKey: string): void {
    for (const put of this.rounds()) {
      if (put.x.session?.key === sessionKey) this.guarded(() => put.giveUp('The session ended.'));
    }
  }

  /** Ends every call that waits for an answer. */
  abandonAll(why: CancelReason): void {
    for (const put of this.rounds()) this.guarded(() => put.cancel(why));
  }

  private rounds(): Set<SessionRound> {
    return new Set(this.waiting.values());
  }

  private leave(put: SessionRound): void {
    this.deps.deadlines.remove(put);
    for (const id of put.open.keys()) this.waiting.delete(id);
    this.deps.tally.unanswered += put.open.size;
    put.open.clear();
    this.deps.onClosed();
  }

  private guarded(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.deps.onBug(error);
    }
  }
}

interface RoundHost {
  /** Its open questions are not waited for any more. */
  leave(put: SessionRound): void;
  guarded(task: () => void): void;
}

/** Questions of one call that were put to its client together. */
class SessionRound implements Due, Asked {
  deadlineMs = 0;
  next: Due | undefined = undefined;
  previous: Due | undefined = undefined;
  readonly x: Exchange;
  /** Questions without an answer, by the id of their request. */
  readonly open = new Map<string, Question>();
  readonly answers = new Map<string, Answer>();
  private readonly round: Round;
  private readonly delivery: Delivery;
  private readonly host: RoundHost;
  private isOver = false;

  constructor(x: Exchange, round: Round, delivery: Delivery, host: RoundHost) {
    this.x = x;
    this.round = round;
    this.delivery = delivery;
    this.host = host;
  }

  /** The upstream has ended the call, and says so itself. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.withdraw('The call has ended.');
  }

  expire(): void {
    this.host.guarded(() => this.giveUp('It was not answered in time.'));
  }

  /** The call goes on without the answers that are missing. */
  giveUp(reason: string): void {
    if (this.isOver) return;
    for (const question of this.open.values()) this.answers.set(question.key, NONE);
    this.withdraw(reason);
    this.settle();
  }

  cancel(why: CancelReason): void {
    if (this.isOver) return;
    this.isOver = true;
    this.withdraw('The call was cancelled.');
    this.delivery.finish(new Refusal(why === 'draining' ? 'draining' : 'cancelled'));
    this.round.abandoned(why);
  }

  settle(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.round.answered(this.answers, this.x, this.delivery);
  }

  private withdraw(reason: string): void {
    const ids = [...this.open.keys()];
    this.host.leave(this);
    for (const id of ids) {
      this.delivery.event({ kind: 'notice', text: withdrawal(id, reason) });
    }
  }
}

type ResponseView = NonNullable<Exchange['call']>['view'];

/** What is no answer in the form of its question is one that says so, as an error. */
function readAnswer(question: Question, view: ResponseView): Answer {
  const result = view.member(ROOT, 'result');
  if (result >= 0) {
    const text = view.raw(result);
    const wrong = checkAnswer(question, text);
    return wrong === undefined ? { kind: 'result', result: text } : unusable(wrong);
  }
  const error = view.member(ROOT, 'error');
  const isWhole =
    Number.isInteger(Number(view.raw(view.member(error, 'code')) || 'none')) &&
    view.kind(view.member(error, 'message')) === 'string';
  return isWhole
    ? { kind: 'error', error: view.raw(error) }
    : unusable('It has neither a result nor an error with a code and a message.');
}

function unusable(wrong: string): Answer {
  const message = `The client's answer cannot be used. ${wrong}`;
  return { kind: 'error', error: JSON.stringify({ code: -32602, message }) };
}
