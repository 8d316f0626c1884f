/**
 * A legacy server asks in the middle of a call (2025-11-25, server to client requests). A legacy
 * caller is asked at once, question by question. Every other caller hears of all that is asked
 * within a moment together, and no second round while it is thinking.
 */
import type {
  Answer,
  CancelReason,
  Delivery,
  Exchange,
  Terminal,
  Timer,
} from '../../kernel/index.ts';
import { OpenRound, type AskingCall, type Inquiry } from './inquiry.ts';
import { NO_ANSWER, type PeerQuestion } from './peer-question.ts';

/** Questions that come within this time make one round. */
const COLLECT_MS = 30;
/** A server that leaves more questions open at once gets no answer to the rest. */
const MAX_OPEN = 32;

type Keyed = ReadonlyMap<string, PeerQuestion>;

export class Asking implements Inquiry {
  private readonly call: AskingCall;
  private readonly open = new Map<OpenRound, Keyed>();
  private held: PeerQuestion[] = [];
  private window: Timer | undefined;
  private lastKey = 0;
  private openCount = 0;
  private wasAbandoned = false;

  constructor(call: AskingCall) {
    this.call = call;
  }

  get isAsked(): boolean {
    return this.openCount > 0;
  }

  put(question: PeerQuestion): void {
    const { call, held, open } = this;
    if (call.isSettled || this.openCount + held.length >= MAX_OPEN) {
      question.answer(NO_ANSWER);
      return;
    }
    held.push(question);
    if (call.isOfLegacyCaller) this.ask();
    else if (open.size === 0) this.collect();
  }

  end(message: Terminal): boolean {
    this.window?.cancel();
    // A caller that is not of the legacy era has gone away with the question.
    const isGone = this.wasAbandoned || (!this.call.isOfLegacyCaller && this.open.size > 0);
    for (const [round, keyed] of this.open) {
      this.forget(round, keyed);
      round.close(message);
      leaveOpen(keyed.values());
    }
    leaveOpen(this.held.splice(0));
    return !isGone;
  }

  private collect(): void {
    this.window ??= this.call.clock.after(COLLECT_MS, () => {
      this.window = undefined;
      this.ask();
    });
  }

  private ask(): void {
    const { call } = this;
    const keyed = new Map(this.held.map((question) => [`q${++this.lastKey}`, question]));
    this.held = [];
    const round = new OpenRound(call);
    if (this.open.size === 0) call.pause();
    this.open.set(round, keyed);
    this.openCount += keyed.size;
    round.put({
      questions: [...keyed].map(([key, { method, params }]) => ({ key, method, params })),
      answered: (answers, x, delivery) => this.answered(round, keyed, { answers, x, delivery }),
      abandoned: (why) => this.abandoned(round, keyed, why),
    });
  }

  private answered(round: OpenRound, keyed: Keyed, { answers, x, delivery }: Brought): void {
    const { call } = this;
    this.forget(round, keyed);
    if (this.open.size === 0) call.resume();
    // Before the answers: a call that was cancelled in the meantime does not get them.
    call.adopt(x, delivery);
    if (call.isSettled) leaveOpen(keyed.values());
    for (const [key, question] of keyed) question.answer(answers.get(key) ?? NO_ANSWER);
    if (!call.isSettled && this.held.length > 0) this.collect();
  }

  private abandoned(round: OpenRound, keyed: Keyed, why: CancelReason): void {
    this.forget(round, keyed);
    this.wasAbandoned = !this.call.isOfLegacyCaller;
    leaveOpen(keyed.values());
    this.call.abandon(why);
  }

  private forget(round: OpenRound, keyed: Keyed): void {
    this.open.delete(round);
    this.openCount -= keyed.size;
  }
}

/** What came back for a round. */
interface Brought {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly x: Exchange;
  readonly delivery: Delivery;
}

function leaveOpen(questions: Iterable<PeerQuestion>): void {
  for (const question of questions) question.answer(NO_ANSWER);
}
