/** The parts of this room, put together. */
import {
  Deadlines,
  Refusal,
  type Asked,
  type Delivery,
  type Exchange,
  type Round,
  type Terminal,
} from '../kernel/index.ts';
import { createAfterwards } from './afterwards.ts';
import { interactionsSchema, type InteractionsConfig } from './config.ts';
import { Drain } from './drain.ts';
import type { InteractionStatus, Interactions } from './interactions.ts';
import { ParkedCalls } from './parked-calls.ts';
import { Parking } from './parking.ts';
import type { InteractionDeps } from './ports.ts';
import { RemoteRetries } from './remote.ts';
import { askForVisits, isUrlRequired } from './required-urls.ts';
import { SessionQuestions } from './session-questions.ts';
import { States, readHandle, type OpenedState } from './states.ts';
import type { Tally } from './tally.ts';
import { isUpstreamQuestion, passQuestion } from './upstream-questions.ts';

export class InteractionRoom implements Interactions {
  readonly parked: Interactions['parked'] = {
    principals: () => this.calls.callers(),
    drop: (principal) => this.parking.drop(principal),
  };
  private config = interactionsSchema.parse({});
  private readonly tally: Tally = { refused: 0, unanswered: 0, ignored: 0 };
  private readonly deadlines: Deadlines;
  private readonly calls: ParkedCalls;
  private readonly states: States;
  private readonly sessions: SessionQuestions;
  private readonly parking: Parking;
  private readonly drained: Drain;
  private readonly remote: RemoteRetries | undefined;
  private readonly onBug: (error: unknown) => void;

  constructor({ sealer, clock, peers, onBug }: InteractionDeps) {
    this.onBug = onBug;
    this.deadlines = new Deadlines(clock);
    this.calls = new ParkedCalls(this.deadlines);
    this.states = new States(sealer, clock, peers?.ownerId);
    this.drained = new Drain(clock, () => !this.isAsking());
    const shared = {
      deadlines: this.deadlines,
      tally: this.tally,
      onBug,
      afterwards: createAfterwards(onBug),
      onClosed: () => this.drained.check(),
    };
    this.sessions = new SessionQuestions(shared);
    this.parking = new Parking({
      ...shared,
      states: this.states,
      calls: this.calls,
      config: () => this.config,
    });
    const goOn = this.parking.goOn.bind(this.parking);
    const patienceMs = (): number => this.config.answerWithinMs;
    this.remote = peers && new RemoteRetries({ peers, sealer, clock, patienceMs, goOn });
  }

  configure(config: InteractionsConfig): void {
    this.config = config;
  }

  sealQuestion(x: Exchange, message: Terminal): Terminal {
    if (x.dialect === 'legacy' || (message.kind !== 'result' && message.kind !== 'error')) {
      return message;
    }
    if (isUpstreamQuestion(message)) {
      const forMs = this.config.answerWithinMs;
      return passQuestion(x, message, (raw) => this.states.sealUpstream(x, raw, forMs));
    }
    return isUrlRequired(x, message)
      ? askForVisits(x, message, () => this.states.sealRepeat(x, this.config.answerWithinMs))
      : message;
  }

  openState(x: Exchange, sealed: string): OpenedState | Refusal {
    return this.states.open(x, sealed);
  }

  ask(x: Exchange, round: Round, delivery: Delivery): Asked {
    return x.dialect === 'legacy'
      ? this.sessions.ask(x, round, delivery, this.config)
      : this.parking.ask(x, round, delivery);
  }

  carryOn(x: Exchange, delivery: Delivery): void {
    const { owner } = readHandle(x.parked);
    if (this.remote === undefined || owner === this.states.owner) {
      this.parking.carryOn(x, delivery);
      return;
    }
    this.remote.carryOn(x, owner, delivery).catch((error: unknown) => {
      this.onBug(error);
      delivery.finish(new Refusal('internal'));
    });
  }

  takeResponse(x: Exchange): void {
    this.sessions.take(x);
  }

  sessionEnded(sessionKey: string): void {
    this.sessions.sessionEnded(sessionKey);
  }

  isAsking(): boolean {
    return this.parking.open + this.sessions.size > 0;
  }

  drain(graceMs: number): Promise<void> {
    this.parking.isDraining = true;
    return this.drained.begin(graceMs, () => {
      this.parking.abandonAll('draining');
      this.sessions.abandonAll('draining');
    });
  }

  status(): InteractionStatus {
    return {
      ...this.tally,
      parked: this.calls.live,
      open: this.parking.open + this.sessions.size,
      retrying: this.calls.retrying,
      kept: this.calls.kept,
      waiting: this.deadlines.size,
    };
  }
}
