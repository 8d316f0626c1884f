/** The definitions of a root. */
import { isJsonObject, type JsonObject, ownMember } from '../../../kernel/index.ts';
import { SchemaMemo } from './memo.ts';
import { collectReferred } from './walk.ts';

/** `root` with only those `$defs` that it reaches; without any where it reaches none. */
export function pruneDefinitions(root: JsonObject, memo = new SchemaMemo()): JsonObject {
  const { $defs: all, ...rest } = root;
  if (!isJsonObject(all)) return root;
  const names = new Set<string>();
  collectReferred(rest, names);
  if (names.size === 0) return rest;
  const key = JSON.stringify([...names].toSorted());
  const reached = memo.prunedOf(all, key, () => reachable(all, names, memo));
  return Object.keys(reached).length === 0 ? rest : { ...rest, $defs: reached };
}

/** `all` itself where everything in it is reached. */
function reachable(all: JsonObject, names: ReadonlySet<string>, memo: SchemaMemo): JsonObject {
  const reached = new Set(names);
  for (const name of reached) {
    const definition = ownMember(all, name);
    if (isJsonObject(definition)) memo.namesIn(definition).forEach((inner) => reached.add(inner));
  }
  const entries = Object.entries(all);
  const kept = entries.filter(([name]) => reached.has(name));
  return kept.length === entries.length ? all : Object.fromEntries(kept);
}

/**
 * `root` with each of its definitions as `change` makes it.
 * @param known what `change` made before, of single definitions and of whole `$defs`
 */
export function mapDefinitions(
  root: JsonObject,
  known: WeakMap<JsonObject, JsonObject>,
  change: (definition: JsonObject) => JsonObject,
): JsonObject {
  const all = root['$defs'];
  if (!isJsonObject(all)) return root;
  const changed = remember(known, all, () => {
    const entries = Object.entries(all).map(([name, definition]): [string, JsonObject] => [
      name,
      isJsonObject(definition) ? remember(known, definition, () => change(definition)) : {},
    ]);
    return Object.fromEntries(entries);
  });
  return { ...root, $defs: changed };
}

function remember(
  known: WeakMap<JsonObject, JsonObject>,
  key: JsonObject,
  make: () => JsonObject,
): JsonObject {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}
