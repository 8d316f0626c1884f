/** The conservative dialect that is listed unless a client is known to take more. */
import type { JsonObject } from '../../../kernel/index.ts';
import { cleanSchema, type CleanMemo } from './clean.ts';
import { isObject } from './json.ts';
import { objectRoot } from './root.ts';
import { pruneDefinitions } from './walk.ts';

/**
 * The schema of a tool's arguments as every known client takes it: an object at the root with its
 * `properties`, no reference and no choice there, only definitions that are used, no boolean where
 * a schema is expected, no formats and keywords that clients stumble over. It never refuses what
 * `root` takes, except that it is an object; what it no longer refuses is the API's to check.
 * @param memo of definitions that several roots share by identity
 */
export function defaultProfile(root: JsonObject, memo: CleanMemo = new WeakMap()): JsonObject {
  const whole = pruneDefinitions(objectRoot(root));
  const { $defs, ...own } = whole;
  const cleaned = cleanSchema(own, memo);
  if (!isObject($defs)) return cleaned;
  const definitions = Object.entries($defs).map(([name, schema]): [string, JsonObject] => [
    name,
    isObject(schema) ? cleanSchema(schema, memo) : {},
  ]);
  return pruneDefinitions({ ...cleaned, $defs: Object.fromEntries(definitions) });
}
