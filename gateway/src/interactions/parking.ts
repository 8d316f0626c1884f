/**
 * Upstream calls that wait for answers of modern and REST callers. The first exchange ends with the
 * question; a retry brings the answers and hears what comes next. A round is answered exactly once.
 */
import {
  Refusal,
  itemIdText,
  type Answer,
  type Asked,
  type CancelReason,
  type Deadlines,
  type Delivery,
  type Exchange,
  type LocalMessage,
  type Principal,
  type Question,
  type Round,
  type Terminal,
} from '../kernel/index.ts';
import type { Afterwards } from './afterwards.ts';
import type { InteractionsConfig } from './config.ts';
import { readInputResponses } from './input-responses.ts';
import { lackingFor, mayBeParked } from './may-ask.ts';
import { ParkedCall, RetryDelivery, addressedTo, type Retry } from './parked-call.ts';
import type { ParkedCalls } from './parked-calls.ts';
import { inputRequests } from './question-text.ts';
import { readHandle, stateInvalid, type States } from './states.ts';
import type { Tally } from './tally.ts';
import { capabilityMissing } from './upstream-questions.ts';

const MAX_QUESTIONS = 64;
/** Exchanges that may hear the same outcome. */
const MAX_RETRIES = 8;
/** A state opens longer than its question waits, so that who comes late learns what happened. */
const STATE_LIVES = 2;

export interface ParkingDeps {
  readonly states: States;
  readonly calls: ParkedCalls;
  readonly deadlines: Deadlines;
  readonly tally: Tally;
  readonly afterwards: Afterwards;
  readonly onBug: (error: unknown) => void;
  readonly config: () => InteractionsConfig;
  /** A question is not open any more. */
  readonly onClosed: () => void;
}

/** Why a round is not put to the caller, and what the upstream is told. */
interface No {
  readonly refusal: Refusal;
  readonly why: CancelReason;
}

export class Parking {
  isDraining = false;
  /** Questions that are with callers. */
  open = 0;
  private readonly deps: ParkingDeps;
  private readonly calls: ParkedCalls;
  /** One for all calls: a closure made with a call would keep its round for as long as the call. */
  private readonly onExpire = (call: ParkedCall): void => this.expired(call);

  constructor(deps: ParkingDeps) {
    this.deps = deps;
    this.calls = deps.calls;
  }

  ask(x: Exchange, round: Round, delivery: Delivery): Asked {
    if (!mayBeParked(x) || this.calls.get(x.id) !== undefined || round.questions.length === 0) {
      return this.answerNone(x, round, delivery);
    }
    const principal = x.principal?.id ?? '';
    const no = this.refuses(x, round, 0) ?? this.isFull(principal, round.upstream);
    if (no !== undefined) {
      this.deps.tally.refused++;
      delivery.finish(no.refusal);
      return this.later(() => round.abandoned(no.why));
    }
    const { id, target } = x;
    const { upstream } = round;
    const from = { id, principal, caller: x.principal, upstream, item: itemOf(x), target };
    const call = new ParkedCall(from, this.onExpire);
    this.calls.add(call);
    delivery.finish(this.put(call, x, round));
    return this.askedOf(call, round);
  }

  /** Takes an exchange that brings answers. Refuses with `state_invalid` and `params_invalid`. */
  carryOn(x: Exchange, delivery: Delivery): void {
    const { id, round, owner } = readHandle(x.parked);
    const call = owner === this.deps.states.owner ? this.calls.get(id) : undefined;
    if (call === undefined) {
      delivery.finish(new Refusal('interaction_expired'));
      return;
    }
    if (call.principal !== x.principal?.id || call.item !== itemOf(x) || call.number !== round) {
      delivery.finish(stateInvalid('Another question of this call has been asked since.'));
      return;
    }
    switch (call.phase) {
      case 'open':
        return this.answer(call, x, delivery);
      case 'running':
        return this.join(call, { x, delivery });
      case 'ended':
        if (call.outcome !== undefined) {
          delivery.finish(addressedTo(call.outcome, call.outcomeId, x.rawId));
        }
    }
  }

  /** Takes a retry that reached another process; `item` is the text form of what it is about. */
  goOn(x: Exchange, item: string, delivery: Delivery): void {
    const call = this.calls.get(readHandle(x.parked).id);
    if (call?.item === item) x.target = call.target;
    // Only the process that was reached knows the credential; the one that is known here still counts.
    const caller = call?.caller;
    if (caller !== undefined && caller.id === x.principal?.id) x.principal = caller;
    this.carryOn(x, delivery);
  }

  /** Gives up what waits for a principal; what goes on ends with its exchange. */
  drop(principal: Principal): void {
    for (const call of this.calls.all()) {
      if (call.caller !== principal) continue;
      if (call.phase === 'open') this.abandon(call, 'cancelled');
      else if (call.phase === 'ended') this.calls.forget(call);
    }
  }

  /** Gives up every open question. */
  abandonAll(why: CancelReason): void {
    for (const call of this.calls.all()) {
      if (call.phase === 'open') this.abandon(call, why);
    }
  }

  private refuses(x: Exchange, round: Round, rounds: number): No | undefined {
    const { reason } = x.cancellation;
    if (reason !== undefined) return { refusal: new Refusal('cancelled'), why: reason };
    if (this.isDraining) {
      const refusal = new Refusal('draining', { retryAfterSeconds: 1 });
      return { refusal, why: 'draining' };
    }
    const lacking = lackingFor(x.call?.capabilities ?? '', round.questions);
    if (lacking !== undefined) return { refusal: capabilityMissing(lacking), why: 'cancelled' };
    const { maxRounds } = this.deps.config();
    if (rounds >= maxRounds) return tooMuch(`It asked more than ${maxRounds} times in one call.`);
    return round.questions.length > MAX_QUESTIONS
      ? tooMuch(`It asked more than ${MAX_QUESTIONS} questions at once.`)
      : undefined;
  }

  private isFull(principal: string, upstream: string): No | undefined {
    const text = this.calls.full(principal, upstream, this.deps.config());
    if (text === undefined) return undefined;
    return {
      refusal: new Refusal('too_many_calls', { text, retryAfterSeconds: 5 }),
      why: 'cancelled',
    };
  }

  /** Puts a round to the caller of `x`. */
  private put(call: ParkedCall, x: Exchange, round: Round): LocalMessage {
    call.phase = 'open';
    call.round = round;
    call.answered = undefined;
    call.rounds++;
    call.missing = round.questions;
    call.answers = new Map();
    call.wasAskedAgain = false;
    this.open++;
    let bytes = 0;
    for (const { params } of round.questions) bytes += params.length;
    this.calls.hold(call, bytes);
    this.deps.deadlines.add(call, this.deps.config().answerWithinMs);
    return this.question(call, x);
  }

  /** What is missing, under a state that only the next retry has. */
  private question(call: ParkedCall, x: Exchange): LocalMessage {
    call.number++;
    const forMs = STATE_LIVES * this.deps.config().answerWithinMs;
    const state = this.deps.states.sealParked(x, call.id, call.number, forMs);
    const requests = inputRequests(call.missing);
    const result = `{"inputRequests":${requests},"requestState":${JSON.stringify(state)}}`;
    return { kind: 'local', isQuestion: true, result };
  }

  private answer(call: ParkedCall, x: Exchange, delivery: Delivery): void {
    const { round, missing } = call;
    if (x.call === undefined || round === undefined) return;
    const read = readInputResponses(x.call, missing);
    if (read instanceof Refusal) {
      delivery.finish(read);
      return;
    }
    const left = missing.filter(({ key }) => !read.has(key));
    if (left.length > 0 && !call.wasAskedAgain) {
      call.wasAskedAgain = true;
      if (this.holdAnswers(call, read)) call.missing = left;
      delivery.finish(this.question(call, x));
      return;
    }
    const answers = new Map<string, Answer>([...call.answers, ...read]);
    for (const { key } of left) answers.set(key, { kind: 'none' });
    this.deps.tally.unanswered += left.length;
    this.closeQuestion(call);
    call.phase = 'running';
    call.caller = x.principal;
    call.answered = round;
    const retry = { x, delivery };
    call.retries = [retry];
    // Before the upstream's own: it would cancel the call.
    x.cancellation.onCancel(() => this.leaves(call, retry));
    try {
      round.answered(answers, x, this.deliveryFor(call, retry));
    } catch (error) {
      this.calls.forget(call);
      throw error;
    }
  }

  /** The answers that came early are kept unless they are too long; then all is asked once more. */
  private holdAnswers(call: ParkedCall, answers: Map<string, Answer>): boolean {
    let bytes = 0;
    for (const answer of answers.values()) {
      if (answer.kind === 'result') bytes += answer.result.length;
    }
    if (!this.calls.hold(call, call.heldBytes + bytes)) return false;
    call.answers = answers;
    return true;
  }

  private join(call: ParkedCall, retry: Retry): void {
    if (call.retries.length >= MAX_RETRIES) {
      const text = 'The same answers were sent too often.';
      retry.delivery.finish(new Refusal('too_many_calls', { text }));
      return;
    }
    call.retries.push(retry);
    retry.x.cancellation.onCancel(() => this.leaves(call, retry));
  }

  /** The call goes on as long as one of those is there who brought the same answers. */
  private leaves(call: ParkedCall, retry: Retry): void {
    const others = call.retries.filter((one) => one !== retry);
    const [next] = others;
    if (next === undefined || others.length === call.retries.length) return;
    const wasHeard = call.retries[0] === retry;
    call.retries = others;
    if (wasHeard) call.answered?.passOn?.(next.x, this.deliveryFor(call, next));
    retry.delivery.finish(new Refusal('cancelled'));
  }

  private deliveryFor(call: ParkedCall, retry: Retry): RetryDelivery {
    return new RetryDelivery(retry, {
      ended: (message) => {
        const rawId = retry.x.rawId;
        const { retries } = call;
        this.end(call, message, rawId);
        tell(retries, message, rawId);
      },
      askedAgain: (x, round) => this.askAgain(call, x, round),
      askedTooLate: (x, round, delivery) => this.answerNone(x, round, delivery),
    });
  }

  private askAgain(call: ParkedCall, x: Exchange, round: Round): Asked {
    const { retries } = call;
    const no = this.refuses(x, round, call.rounds);
    if (no !== undefined) {
      this.deps.tally.refused++;
      this.end(call, no.refusal, x.rawId);
      tell(retries, no.refusal, x.rawId);
      return this.later(() => round.abandoned(no.why));
    }
    call.retries = [];
    tell(retries, this.put(call, x, round), x.rawId);
    return this.askedOf(call, round);
  }

  private askedOf(call: ParkedCall, round: Round): Asked {
    return {
      close: (message) => {
        if (call.phase !== 'open' || call.round !== round) return;
        this.closeQuestion(call);
        const isKept = this.end(call, message, '');
        if (!isKept) this.end(call, new Refusal('interaction_expired', { text: TOO_LONG }), '');
      },
    };
  }

  private end(call: ParkedCall, message: Terminal, rawId: string): boolean {
    return this.calls.end(call, message, rawId, this.deps.config());
  }

  private expired(call: ParkedCall): void {
    if (call.phase !== 'open') {
      this.calls.forget(call);
      return;
    }
    this.deps.tally.unanswered += call.missing.length;
    this.abandon(call, 'expired');
  }

  private abandon(call: ParkedCall, why: CancelReason): void {
    const { round } = call;
    this.closeQuestion(call);
    this.calls.forget(call);
    try {
      round?.abandoned(why);
    } catch (error) {
      this.deps.onBug(error);
    }
  }

  /** The call's question is not with its caller any more. */
  private closeQuestion(call: ParkedCall): void {
    call.round = undefined;
    call.missing = [];
    call.answers = new Map();
    this.open--;
    this.calls.hold(call, 0);
    this.deps.deadlines.remove(call);
    this.deps.onClosed();
  }

  /** For calls that cannot be answered with a question: the upstream learns that nobody answers. */
  private answerNone(x: Exchange, round: Round, delivery: Delivery): Asked {
    this.deps.tally.unanswered += round.questions.length;
    return this.later(() => round.answered(noneFor(round.questions), x, delivery));
  }

  private later(task: () => void): Asked {
    let isClosed = false;
    this.deps.afterwards(() => {
      if (!isClosed) task();
    });
    return {
      close: () => {
        isClosed = true;
      },
    };
  }
}

const TOO_LONG =
  'It ended without waiting for the answer, and what it said is too long to be kept.';

function tell(retries: readonly Retry[], message: Terminal, rawId: string): void {
  for (const { x, delivery } of retries) delivery.finish(addressedTo(message, rawId, x.rawId));
}

function noneFor(questions: readonly Question[]): Map<string, Answer> {
  return new Map(questions.map(({ key }) => [key, { kind: 'none' }]));
}

function itemOf({ target }: Exchange): string {
  return target?.kind === 'item' ? itemIdText(target.item.id) : '';
}

function tooMuch(text: string): No {
  return { refusal: new Refusal('upstream_invalid', { text }), why: 'cancelled' };
}
