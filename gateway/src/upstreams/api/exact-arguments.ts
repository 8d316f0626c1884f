/** The arguments of the exact call that leaves: the received bytes with every edit in them. */
import { parseExact, splice, type Call, type Edit, type Json } from '../../kernel/index.ts';
import { isObject, member } from './arguments/kinds.ts';

/** @returns undefined where the call has none */
export function exactArguments(call: Call, edits: readonly Edit[]): Json | undefined {
  const { view } = call;
  const entry = call.arguments;
  if (entry >= 0 && edits.every((edit) => isApart(edit, view.start(entry), view.end(entry)))) {
    return parseExact(view.raw(entry));
  }
  if (entry < 0 && edits.length === 0) return undefined;
  const message = parseExact(splice(view.bytes, edits).toString());
  const params = isObject(message) ? member(message, 'params') : undefined;
  return isObject(params) ? member(params, 'arguments') : undefined;
}

/** Whether an edit changes nothing between two offsets, nor takes both of them away. */
function isApart(edit: Edit, start: number, end: number): boolean {
  return edit.end <= start || edit.start >= end;
}
