/** Is what goes in and comes out safe: arguments that are decided here, caps on what comes out. */
import { Refusal } from '../kernel/index.ts';
import type { EventMessage, Exchange, Step, Terminal } from '../kernel/index.ts';
import { bindCall } from './bind-call.ts';
import { markScreened, type Screened } from './evidence.ts';

export type { Screened } from './evidence.ts';

export interface GuardConfig {
  readonly maxResultBytes: number;
}

export interface Guard {
  /**
   * Puts bound arguments into the call; together with the edits of `resolve` its bytes are the exact
   * call. Refuses with `argument_fixed` and `params_invalid`.
   */
  readonly screenIn: <X extends Exchange>(x: X) => Step<X & Screened>;
  /** An event over the cap is dropped; the result still follows. */
  readonly screenEvent: (x: Exchange, message: EventMessage) => EventMessage | undefined;
  /** A result over the cap is replaced by `result_too_large`; JSON is never cut. */
  readonly screenTerminal: (x: Exchange, message: Terminal) => Terminal;
}

export function createGuard({ maxResultBytes }: GuardConfig): Guard {
  return {
    screenIn: (x) => {
      const { bindings, call, principal } = x;
      if (bindings !== undefined && call !== undefined && principal !== undefined) {
        const refusal = bindCall(x, call, principal, bindings);
        if (refusal !== undefined) return refusal;
      }
      markScreened(x);
      return x;
    },
    screenEvent: (_x, message) =>
      message.view.bytes.length > maxResultBytes ? undefined : message,
    screenTerminal: (_x, message) => {
      if (message.kind !== 'result' && message.kind !== 'error') return message;
      const size = message.view.bytes.length;
      if (size <= maxResultBytes) return message;
      return new Refusal('result_too_large', {
        text: `It was ${size} bytes; the limit is ${maxResultBytes}. Ask for less at a time.`,
      });
    },
  };
}
