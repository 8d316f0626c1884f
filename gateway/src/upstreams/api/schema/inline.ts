/** Schemas without references. */
import { isJsonObject, type JsonObject, ownMember } from '../../../kernel/index.ts';
import { joinText, omit } from './json.ts';
import { mergeSchemas } from './merge.ts';
import { mapSubschemas, referredName } from './walk.ts';

/** How often a definition may stand inside itself. */
export const MAX_REPEATS = 2;
const MAX_SCHEMAS = 4000;
/** Definitions within each other: a chain of thousands would overflow whoever walks it. */
const MAX_LEVELS = 100;

interface Inlining {
  readonly defs: JsonObject;
  readonly notes: Set<string>;
  left: number;
}

/**
 * Puts definitions where they are referred to. What contains itself is told twice and then only
 * named; so is everything after 4,000 schemas, and what stands in a hundred others.
 * @param notes collects what was cut
 */
export function inlineReferences(root: JsonObject, notes: Set<string>): JsonObject {
  const { $defs, ...own } = root;
  const state: Inlining = { defs: isJsonObject($defs) ? $defs : {}, notes, left: MAX_SCHEMAS };
  return inline(own, state, []);
}

function inline(schema: JsonObject, state: Inlining, path: readonly string[]): JsonObject {
  const name = referredName(schema);
  if (name !== undefined) return inlineNamed(name, schema, state, path);
  state.left--;
  return mapSubschemas(schema, (part) =>
    typeof part === 'boolean' ? part : inline(part, state, path),
  );
}

function inlineNamed(
  name: string,
  schema: JsonObject,
  state: Inlining,
  path: readonly string[],
): JsonObject {
  const target = ownMember(state.defs, name);
  const beside = omit(schema, '$ref');
  if (!isJsonObject(target)) return beside;
  const isRepeated = path.filter((earlier) => earlier === name).length >= MAX_REPEATS;
  if (isRepeated || path.length >= MAX_LEVELS || state.left <= 0) {
    state.notes.add(`${name} contains itself or is too large: it is only named where it repeats.`);
    return nameOnly(name, target, beside);
  }
  const inner = inline(target, state, [...path, name]);
  const own = inline(beside, state, path);
  const merged = mergeSchemas([inner, own]) ?? inner;
  const { description } = own;
  return description === undefined ? merged : { ...merged, description };
}

/** A definition by its name alone, where it would otherwise stand inside itself. */
export function nameOnly(name: string, target: JsonObject, beside: JsonObject): JsonObject {
  const type = target['type'] ?? 'object';
  const items = target['items'] === undefined ? {} : { items: {} };
  const description = joinText(beside['description'], `A ${name}, as above.`);
  return { type, ...items, description };
}
