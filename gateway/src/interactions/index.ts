/**
 * Questions that travel to the caller and come back. For now those of modern upstreams to modern
 * callers (2026-07-28, multi round-trip requests): the upstream's `requestState` leaves sealed,
 * bound to principal, endpoint and call, and comes back as exactly the same string.
 */
import {
  Refusal,
  replaceValue,
  type AnswerMessage,
  type Asked,
  type Clock,
  type Delivery,
  type Exchange,
  type Round,
  type Terminal,
} from '../kernel/index.ts';

const PURPOSE = 'request-state';

export interface InteractionDeps {
  readonly sealer: {
    seal(purpose: string, text: string, context: string, expiresAtMs: number): string;
    open(purpose: string, token: string, context: string): string | undefined;
  };
  readonly clock: Clock;
  /** How long a person may take to answer, milliseconds. */
  readonly answerWithinMs: number;
}

/** What a `requestState` of ours stands for. */
export type OpenedState =
  /** The upstream's own state: it goes on from there. */
  | { readonly kind: 'upstream'; readonly state: string }
  /** The call as it was, made anew: the answers were for somebody else than the upstream. */
  | { readonly kind: 'repeat' }
  /** A call that waits for these answers. */
  | { readonly kind: 'parked'; readonly parked: string };

export interface Interactions {
  /** Seals the state of a question on its way out; every other message passes unchanged. */
  sealQuestion(x: Exchange, message: Terminal): Terminal;
  /** What a sealed state that a caller brings back stands for, or `state_invalid`. */
  openState(x: Exchange, sealed: string): OpenedState | Refusal;
  /** Puts questions of an upstream to the caller of `x`. */
  ask(x: Exchange, round: Round, delivery: Delivery): Asked;
}

export function createInteractions(deps: InteractionDeps): Interactions {
  const { sealer, clock, answerWithinMs } = deps;
  return {
    sealQuestion: (x, message) => {
      if (message.kind !== 'result' || message.era !== 'modern') return message;
      const { view, value } = message;
      const type = view.member(value, 'resultType');
      if (view.isWritten(type, '"complete"') || view.string(type) !== 'input_required') {
        return message;
      }
      const state = view.member(value, 'requestState');
      if (state < 0) return message;
      if (view.kind(state) !== 'string') {
        return new Refusal('upstream_invalid', { text: 'Its requestState is not a string.' });
      }
      // As it was written: some strings of JSON have no UTF-8.
      const text = view.raw(state);
      const sealed = sealer.seal(PURPOSE, text, contextOf(x), clock.nowMs() + answerWithinMs);
      const edit = replaceValue(view, state, JSON.stringify(sealed));
      const sealedMessage: AnswerMessage = { ...message, edits: [...message.edits, edit] };
      return sealedMessage;
    },
    openState: (x, sealed) => {
      const text = sealer.open(PURPOSE, sealed, contextOf(x));
      return text === undefined
        ? new Refusal('state_invalid', { text: 'Repeat the call without it to begin again.' })
        : { kind: 'upstream', state: String(JSON.parse(text)) };
    },
    ask: (_x, round, delivery) => {
      delivery.finish(new Refusal('interaction_unsupported'));
      round.abandoned('expired');
      return { close: () => undefined };
    },
  };
}

/** A state is good for one principal, one endpoint, one method and one item. */
function contextOf(x: Exchange): string {
  return JSON.stringify([x.principal?.id, x.endpoint, x.call?.method, x.call?.name]);
}
