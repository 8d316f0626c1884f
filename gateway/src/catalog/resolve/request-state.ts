/** The `requestState` that a caller brings back with a call. */
import {
  Refusal,
  removeMembers,
  replaceValue,
  type Call,
  type Exchange,
} from '../../kernel/index.ts';

/** What a sealed state that a caller brings back stands for. */
export type OpenedState =
  /** The upstream's own state, which goes to it in place of the sealed one. */
  | { readonly kind: 'upstream'; readonly state: string }
  /** The call is made anew, without the answers. */
  | { readonly kind: 'repeat' }
  /** A parked call takes the answers. */
  | { readonly kind: 'parked'; readonly parked: string };

export type OpenState = (x: Exchange, sealed: string) => OpenedState | Refusal;

/**
 * Edits the call by what its state stands for; a call without one stays as it is. Refuses with
 * `params_invalid` and what `openState` says.
 */
export function openRequestState(
  x: Exchange & { readonly call: Call },
  openState: OpenState,
): Refusal | undefined {
  const { view, params } = x.call;
  const at = view.member(params, 'requestState');
  if (at < 0) return undefined;
  const sealed = view.string(at);
  if (sealed === undefined) {
    return new Refusal('params_invalid', { text: 'The member "requestState" must be a string.' });
  }
  const state = openState(x, sealed);
  if (state instanceof Refusal) return state;
  if (state.kind === 'upstream') {
    x.edits = [...x.edits, replaceValue(view, at, JSON.stringify(state.state))];
    return undefined;
  }
  const gone = [at, view.member(params, 'inputResponses')].filter((entry) => entry >= 0);
  x.edits = [...x.edits, ...removeMembers(view, params, gone)];
  if (state.kind === 'parked') x.parked = state.parked;
  return undefined;
}
