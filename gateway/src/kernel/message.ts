/** What goes back to the caller: any number of events, then exactly one terminal message. */
import type { CancelReason } from './cancellation.ts';
import type { Era } from './eras.ts';
import type { Exchange } from './exchange.ts';
import type { Edit } from './json/splice.ts';
import type { JsonView } from './json/view.ts';
import type { Answer, Question } from './question.ts';
import type { Refusal } from './refusal.ts';

/** A notification of the upstream for this call, as received. */
export interface EventMessage {
  readonly kind: 'event';
  readonly method: string;
  readonly view: JsonView;
  /** Edits asked for on the way (progress token back in the caller's words); never overlapping. */
  readonly edits: readonly Edit[];
}

/** The upstream's own answer, as received: `value` is the entry of `result` or `error`. */
export interface AnswerMessage {
  readonly kind: 'result' | 'error';
  readonly era: Era;
  readonly view: JsonView;
  readonly value: number;
  readonly edits: readonly Edit[];
}

/** A result made by the gateway itself: the JSON text of an object, in canonical (modern) form. */
export interface LocalMessage {
  readonly kind: 'local';
  readonly result: string;
  /** The result is a tool's own error (`isError`). */
  readonly isToolError?: true;
  /** The result asks the caller something (2026-07-28, multi round-trip requests). */
  readonly isQuestion?: true;
  /** Cache hints of 2026-07-28, for results that must carry them. */
  readonly cache?: { readonly ttlMs: number; readonly scope: 'public' | 'private' };
  /** A new session's sealed token, to be sent as `Mcp-Session-Id`. */
  readonly sessionToken?: string;
}

/** A notification or response was taken; nothing is sent back (202). */
export interface AcceptedMessage {
  readonly kind: 'accepted';
}

/** The stream stays open until the caller or the gateway ends it; nothing more is to come. */
export interface EndedMessage {
  readonly kind: 'ended';
  /** JSON text of a result with which the stream is ended; '' where it just closes. */
  readonly result: string;
}

/** Answers to several messages that came together: JSON text of an array of whole messages. */
export interface AnswersMessage {
  readonly kind: 'answers';
  readonly text: Buffer;
}

export type Terminal =
  | AnswerMessage
  | LocalMessage
  | AcceptedMessage
  | EndedMessage
  | AnswersMessage
  | Refusal;

/** A notification made by the gateway: complete JSON text. */
export interface NoticeMessage {
  readonly kind: 'notice';
  readonly text: string;
}

/**
 * Takes the messages of one exchange. Every message is screened and encoded before it is sent;
 * what comes after the terminal message is dropped.
 */
export interface Delivery {
  event(message: EventMessage | NoticeMessage): void;
  finish(message: Terminal): void;
  /**
   * Puts questions to the caller. Where they cannot be asked as part of this exchange, they end it,
   * and the exchange that brings the answers goes on in its place.
   */
  ask(round: Round): Asked;
  /** Opens the stream before anything is said on it (subscriptions, legacy GET). */
  openStream(): void;
}

/**
 * Questions that are put together. Exactly one of the two functions is called, exactly once, and
 * neither before `ask` has returned.
 */
export interface Round {
  /** Id of the upstream that asks. */
  readonly upstream: string;
  readonly questions: readonly Question[];
  /**
   * Every question has its answer. What comes next is said to `delivery` on behalf of `x`: the same
   * exchange for a legacy caller, the one that brought the answers for every other.
   */
  answered(answers: ReadonlyMap<string, Answer>, x: Exchange, delivery: Delivery): void;
  /** Nobody will answer any more, and nobody hears what comes next. */
  abandoned(why: CancelReason): void;
  /**
   * May be called after `answered`: who brought the answers has left, and another exchange that
   * brought the same ones hears what comes next.
   */
  passOn?(x: Exchange, delivery: Delivery): void;
}

/** Questions on their way. */
export interface Asked {
  /**
   * The call ended while they were open, so `answered` and `abandoned` are not called any more. Who
   * comes with the answers later hears `message` instead.
   */
  close(message: Terminal): void;
}
