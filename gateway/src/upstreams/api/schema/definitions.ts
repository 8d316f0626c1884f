/** The definitions of a root. */
import type { JsonObject } from '../../../kernel/index.ts';
import { isObject, memberOf } from './json.ts';
import { SchemaMemo } from './memo.ts';
import { collectReferred } from './walk.ts';

/** `root` with only those `$defs` that it reaches; without any where it reaches none. */
export function pruneDefinitions(root: JsonObject, memo = new SchemaMemo()): JsonObject {
  const all = root['$defs'];
  if (!isObject(all)) return root;
  const { $defs: _, ...rest } = root;
  const reached = new Set<string>();
  collectReferred(rest, reached);
  for (const name of reached) {
    const definition = memberOf(all, name);
    if (isObject(definition)) memo.namesIn(definition).forEach((inner) => reached.add(inner));
  }
  const kept = Object.entries(all).filter(([name]) => reached.has(name));
  return kept.length === 0 ? rest : { ...rest, $defs: Object.fromEntries(kept) };
}

/** `root` with each of its definitions as `change` makes it. */
export function mapDefinitions(
  root: JsonObject,
  change: (definition: JsonObject, name: string) => JsonObject,
): JsonObject {
  const all = root['$defs'];
  if (!isObject(all)) return root;
  const changed = Object.entries(all).map(([name, definition]): [string, JsonObject] => [
    name,
    isObject(definition) ? change(definition, name) : {},
  ]);
  return { ...root, $defs: Object.fromEntries(changed) };
}
