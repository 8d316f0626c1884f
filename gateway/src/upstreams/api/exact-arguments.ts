/** The arguments of the exact call that leaves: the received bytes with every edit in them. */
import {
  type Call,
  type Edit,
  isJsonObject,
  type Json,
  ownMember,
  parseExact,
  splice,
} from '../../kernel/index.ts';

/** @returns undefined where the call has none */
export function exactArguments(call: Call, edits: readonly Edit[]): Json | undefined {
  const { view } = call;
  const entry = call.arguments;
  if (entry >= 0 && edits.every((edit) => isApart(edit, view.start(entry), view.end(entry)))) {
    return parseExact(view.raw(entry));
  }
  if (entry < 0 && edits.length === 0) return undefined;
  const message = parseExact(splice(view.bytes, edits).toString());
  const params = isJsonObject(message) ? ownMember(message, 'params') : undefined;
  return isJsonObject(params) ? ownMember(params, 'arguments') : undefined;
}

/** Whether an edit changes nothing between two offsets, nor takes both of them away. */
function isApart(edit: Edit, start: number, end: number): boolean {
  return edit.end <= start || edit.start >= end;
}
