/** Schemas of a plan, as clients take them. */
import { defaultProfile, relaxOutput, trimToBudget } from '../../api/schema/index.ts';
import type { JsonObject } from '../../../kernel/index.ts';
import type { SchemaSession } from '../schema/index.ts';

/** What one tool may cost in a listing, tokens. */
const MAX_LISTED_TOKENS = 2000;

/** @param root an object of arguments that refers to definitions of the session */
export function finishInput(
  root: JsonObject,
  session: SchemaSession,
): { input: JsonObject; listed: JsonObject | null } {
  const { memo } = session;
  const input = defaultProfile(withDefinitions(root, session), memo);
  return { input, listed: trimToBudget(input, MAX_LISTED_TOKENS, memo) };
}

export function finishOutput(root: JsonObject, session: SchemaSession): JsonObject {
  return relaxOutput(withDefinitions(root, session), session.memo);
}

function withDefinitions(root: JsonObject, session: SchemaSession): JsonObject {
  const defs = session.defs();
  return Object.keys(defs).length === 0 ? root : { ...root, $defs: defs };
}
