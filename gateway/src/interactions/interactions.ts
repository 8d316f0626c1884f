/** What this room does for the others. */
import type {
  Asked,
  Delivery,
  Exchange,
  Principal,
  Refusal,
  Round,
  Terminal,
} from '../kernel/index.ts';
import type { InteractionsConfig } from './config.ts';
import type { OpenedState } from './states.ts';
import type { Tally } from './tally.ts';

/** How much waits, and how often something did not come to a good end. */
export interface InteractionStatus extends Readonly<Tally> {
  /** Calls of modern and REST callers whose question is open or that go on for a retry. */
  readonly parked: number;
  /** Rounds of questions that are with modern and REST callers, and questions with legacy clients. */
  readonly open: number;
  /** Exchanges that brought answers and wait for what comes next. */
  readonly retrying: number;
  /** Calls that have ended and whose outcome is kept for who comes late. */
  readonly kept: number;
  /** Everything that waits for its time; one timer serves all. */
  readonly waiting: number;
}

export interface Interactions {
  /** Puts a configuration in force; what waits already keeps its deadline. */
  configure(config: InteractionsConfig): void;
  /**
   * Makes an upstream's own question one that may leave: its state is sealed, and demanded visits
   * become a question. Every other message passes unchanged.
   */
  sealQuestion(x: Exchange, message: Terminal): Terminal;
  /** What a sealed state that a caller brings back stands for, or `state_invalid`. */
  openState(x: Exchange, sealed: string): OpenedState | Refusal;
  /** Puts questions of an upstream to the caller of `x`. */
  ask(x: Exchange, round: Round, delivery: Delivery): Asked;
  /** Takes an exchange that brings answers to a parked call (`x.parked`). */
  carryOn(x: Exchange, delivery: Delivery): void;
  /** Takes a legacy client's response; one to nothing that was asked there changes nothing. */
  takeResponse(x: Exchange): void;
  /** A legacy session has ended: nobody answers its questions any more. */
  sessionEnded(sessionKey: string): void;
  /** Calls of modern and REST callers that wait, by who began them or brought the last answer. */
  readonly parked: {
    principals(): Iterable<Principal>;
    /** Gives up what waits for this very principal, and forgets what is kept for it. */
    drop(principal: Principal): void;
  };
  /** Whether a question is with a caller, so that answers may still come. */
  isAsking(): boolean;
  /**
   * Parks nothing more and resolves when no question is open; those that still are after `graceMs`
   * are given up.
   */
  drain(graceMs: number): Promise<void>;
  status(): InteractionStatus;
}
