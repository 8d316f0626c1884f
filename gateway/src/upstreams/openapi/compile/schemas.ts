/** Schemas of a plan, as clients take them. */
import { defaultProfile, relaxOutput, trimToBudget } from '../../api/schema/index.ts';
import type { JsonObject } from '../../../kernel/index.ts';
import type { SchemaSession } from '../schema/index.ts';

/** What one tool may cost in a listing, tokens. */
const MAX_LISTED_TOKENS = 2000;

/** The same where the schema was trimmed before; arguments of the gateway's own came to it since. */
const MAX_KEPT_TOKENS = 3000;

/**
 * @param root an object of arguments that refers to definitions of the session
 * @param isKept whether a gateway already listed it so; its definitions stand in it
 */
export function finishInput(
  root: JsonObject,
  session: SchemaSession,
  isKept: boolean,
): { input: JsonObject; listed: JsonObject | null } {
  const { memo } = session;
  const input = isKept ? root : defaultProfile(withDefinitions(root, session), memo);
  return { input, listed: trimToBudget(input, isKept ? MAX_KEPT_TOKENS : MAX_LISTED_TOKENS, memo) };
}

export function finishOutput(root: JsonObject, session: SchemaSession): JsonObject {
  return relaxOutput(withDefinitions(root, session), session.memo);
}

function withDefinitions(root: JsonObject, session: SchemaSession): JsonObject {
  const defs = session.defs();
  return Object.keys(defs).length === 0 ? root : { ...root, $defs: defs };
}
