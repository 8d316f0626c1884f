/** Applies what the configuration decides of a call's arguments to the bytes of the call. */
import {
  Refusal,
  ROOT,
  addMembers,
  bindArguments,
  boundText,
  replaceValue,
  scanJson,
  splice,
  type Call,
  type Edit,
  type Exchange,
  type ItemBindings,
  type JsonView,
  type Principal,
} from '../kernel/index.ts';

/** Levels noted as when the call was read: message, params, and the members of what they hold. */
const SCAN = { maxDepth: Number.MAX_SAFE_INTEGER, recordDepth: 3 };
const NOTHING = Buffer.from('{}');

/** Where the arguments of a call stand, and how ones that are not there are put in. */
interface Place {
  readonly arguments: number;
  /** @param text JSON text of an object */
  create(text: string): Edit;
}

/**
 * Makes the call the one that leaves: from here on its bytes hold what is bound, and what is known of
 * them is read anew, so that nobody after this sees other arguments than those that are sent.
 * @returns `argument_fixed` or `params_invalid` where the caller may not send what it sent
 */
export function bindCall(
  x: Exchange,
  call: Call,
  principal: Principal,
  bindings: ItemBindings,
): Refusal | undefined {
  const isCompletion = call.method === 'completion/complete';
  const asked = isCompletion ? askedFor(call, bindings) : undefined;
  if (asked !== undefined) return asked;
  const place = isCompletion ? contextOf(call) : argumentsOf(call);
  if (place instanceof Refusal) return place;
  const { view } = call;
  const isThere = place.arguments >= 0;
  const text = isThere ? view.slice(place.arguments) : NOTHING;
  if (view.kind(place.arguments) !== 'object' && isThere) {
    return new Refusal('params_invalid', { text: 'The member "arguments" must be an object.' });
  }
  const made = bindArguments(text, bindings, principal);
  if (typeof made === 'string') return new Refusal('argument_fixed', { text: made });
  x.bound = made.bound;
  if (made.edits.length === 0) return undefined;
  const from = view.start(place.arguments);
  const edits = isThere
    ? made.edits.map(({ start, end, text: put }) => ({
        start: start + from,
        end: end + from,
        text: put,
      }))
    : [place.create(splice(NOTHING, made.edits).toString())];
  rewrite(x, call, edits);
  return undefined;
}

/** A call without arguments may be wrapped in one of `call_tool`, whose own then make room. */
function argumentsOf({ view, params, arguments: entry }: Call): Place | Refusal {
  const outer = view.member(params, 'arguments');
  return {
    arguments: entry,
    create: (text) =>
      outer >= 0
        ? replaceValue(view, outer, text)
        : addMembers(view, params, `"arguments":${text}`),
  };
}

/** The arguments that are known already while another one is completed. */
function contextOf({ view, params }: Call): Place | Refusal {
  const context = view.member(params, 'context');
  if (context >= 0 && view.kind(context) !== 'object') {
    return new Refusal('params_invalid', { text: 'The member "context" must be an object.' });
  }
  return {
    arguments: view.member(context, 'arguments'),
    create: (text) =>
      context >= 0
        ? addMembers(view, context, `"arguments":${text}`)
        : addMembers(view, params, `"context":{"arguments":${text}}`),
  };
}

/** Nobody completes what is decided already. */
function askedFor({ view, params }: Call, { all }: ItemBindings): Refusal | undefined {
  const name = view.string(view.member(view.member(params, 'argument'), 'name'));
  const bound = all.find(
    ({ path, kind, isHidden }) =>
      path.length === 1 && path[0] === name && (isHidden || kind === 'fix'),
  );
  return bound === undefined
    ? undefined
    : new Refusal('argument_fixed', { text: boundText(bound) });
}

/** Edits that others made stay, at the places where their bytes are now. */
function rewrite(x: Exchange, call: Call, mine: readonly Edit[]): void {
  const bytes = splice(call.view.bytes, mine);
  const view = scanJson(bytes, SCAN);
  if ('fault' in view) throw new Error(`a bound call is no JSON: ${view.fault}`);
  x.edits = x.edits.flatMap((edit) => moved(edit, mine));
  const params = view.member(ROOT, 'params');
  x.call = {
    ...call,
    view,
    params,
    meta: view.member(params, '_meta'),
    arguments: entryOf(call, view, params),
  };
}

/** What is replaced as a whole needs no other edit any more. */
function moved(edit: Edit, mine: readonly Edit[]): readonly Edit[] {
  let by = 0;
  for (const { start, end, text } of mine) {
    if (start === edit.start && end === edit.end && end > start) return [];
    if (end <= edit.start) by += Buffer.byteLength(text) - (end - start);
  }
  return [{ start: edit.start + by, end: edit.end + by, text: edit.text }];
}

function entryOf(before: Call, view: JsonView, params: number): number {
  const outer = view.member(params, 'arguments');
  const isWrapped =
    before.arguments >= 0 && before.arguments !== before.view.member(before.params, 'arguments');
  return isWrapped ? view.member(outer, 'arguments') : outer;
}
