/** `call_tool`: the call that is wrapped in it, read and cut out of the bytes. */
import { replaceValue, type Call, type Edit, type Exchange } from '../../kernel/index.ts';

/** A call inside the arguments of `call_tool`. */
export interface WrappedCall {
  readonly name: string;
  /** Entry of the inner arguments; -1 where there are none. */
  readonly arguments: number;
}

const EXAMPLE = 'Example: {"name":"crm__get_contact","arguments":{"id":7}}.';

/** @returns the inner call, or what is wrong with it in words for whoever made it */
export function readWrapped({ view, arguments: outer }: Call): WrappedCall | string {
  if (view.kind(outer) !== 'object') return `It needs arguments. ${EXAMPLE}`;
  const stray = view.children(outer).find((entry) => !KEYS.has(view.key(entry)));
  if (stray !== undefined) {
    const key = JSON.stringify(view.key(stray).slice(0, 64));
    return `It does not know ${key}; what the tool takes goes into "arguments". ${EXAMPLE}`;
  }
  const name = view.string(view.member(outer, 'name'));
  if (name === undefined) return `"name" must be the name of a tool. ${EXAMPLE}`;
  const inner = view.member(outer, 'arguments');
  const kind = view.kind(inner);
  if (kind !== 'object' && kind !== 'absent') {
    const found = kind === 'string' ? 'a string; write the object itself, without quotes' : kind;
    return `"arguments" must be an object, not ${found}. ${EXAMPLE}`;
  }
  return { name, arguments: inner };
}

const KEYS: ReadonlySet<string> = new Set(['name', 'arguments']);

/** From here on the exchange is about the inner call. */
export function unwrap(x: Exchange, call: Call, wrapped: WrappedCall): void {
  x.via = call.name;
  x.asked = wrapped.name;
  x.call = { ...call, name: wrapped.name, arguments: wrapped.arguments };
}

/**
 * The edits that make the wrapped call the call itself; the inner arguments keep their bytes and
 * places, so that further edits may fall into them.
 * @param call unwrapped before
 * @param rawName the inner tool's original name as JSON text
 */
export function unwrapEdits({ view, params, arguments: inner }: Call, rawName: string): Edit[] {
  const outer = view.member(params, 'arguments');
  const name = replaceValue(view, view.member(params, 'name'), rawName);
  if (inner < 0) return [name, replaceValue(view, outer, '{}')];
  return [
    name,
    { start: view.start(outer), end: view.start(inner), text: '' },
    { start: view.end(inner), end: view.end(outer), text: '' },
  ];
}
