/** The conservative dialect that is listed unless a client is known to take more. */
import type { JsonObject } from '../../../kernel/index.ts';
import { cleanSchema } from './clean.ts';
import { mapDefinitions, pruneDefinitions } from './definitions.ts';
import { SchemaMemo } from './memo.ts';
import { objectRoot } from './root.ts';

/**
 * The schema of a tool's arguments as every known client takes it: an object at the root with its
 * `properties`, no reference and no choice there, only definitions that are used, no boolean where
 * a schema is expected, no formats and keywords that clients stumble over. It never refuses what
 * `root` takes, except that it is an object; what it no longer refuses is the API's to check.
 * @param memo of definitions that several roots share
 */
export function defaultProfile(root: JsonObject, memo = new SchemaMemo()): JsonObject {
  const whole = pruneDefinitions(objectRoot(root), memo);
  const { $defs, ...own } = whole;
  const cleaned = cleanSchema(own);
  if ($defs === undefined) return cleaned;
  const all = mapDefinitions({ ...cleaned, $defs }, memo.cleaned, cleanSchema);
  return pruneDefinitions(all, memo);
}
