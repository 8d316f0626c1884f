/** `_fields`: the parts of an answer that a model asks for, so that it need not read the rest. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { nearestPaths } from './known-paths.ts';
import { schemaHasPath } from './schema-paths.ts';

export interface UnknownField {
  readonly path: string;
  /** What it may have meant, the best first; [] where nothing is like it. */
  readonly nearest: readonly string[];
}

export interface Selected {
  readonly value: Json;
  readonly unknown: readonly UnknownField[];
}

/**
 * Keeps what the paths name. Lists are passed through: `items.name` keeps the name of every item.
 * Where no path at all is known, everything is kept: an empty answer would help nobody.
 * @param schema of the answer, for paths that this answer happens not to hold; null for none
 */
export function selectFields(
  value: Json,
  fields: readonly string[],
  schema: JsonObject | null,
): Selected {
  if (fields.length === 0 || (!isJsonArray(value) && !isJsonObject(value)))
    return { value, unknown: [] };
  const found = new Set<string>();
  const wanted = fields.map((path): Wanted => ({ path, rest: plainPath(path) }));
  const root = createLevel(wanted);
  const smaller = wanted.some(({ rest }) => rest === '') ? value : select(value, root, found);
  const missing = wanted.filter(
    ({ path, rest }) => rest !== '' && !found.has(path) && !schemaHasPath(schema, rest),
  );
  const unknown = missing.map(({ path, rest }) => ({ path, nearest: nearestPaths(value, rest) }));
  return { value: missing.length === wanted.length ? value : smaller, unknown };
}

/** `$.items[].name`, `items[*].name` and `items.*.name` all mean `items.name`. */
function plainPath(path: string): string {
  return path
    .trim()
    .replace(/^\$/, '')
    .replaceAll(/\[(?:\*|\d*)\]/g, '')
    .replaceAll(/\.\*(?=\.|$)/g, '')
    .replace(/^\./, '');
}

interface Wanted {
  readonly path: string;
  /** What remains of it below this level. */
  readonly rest: string;
}

/** The paths that are wanted below one place, by the keys they may go through. */
interface Level {
  readonly wanted: readonly Wanted[];
  /** Every beginning of a path that may be a key, points in keys included. */
  readonly heads: ReadonlySet<string>;
  readonly below: Map<string, Step>;
}

interface Step {
  /** Paths that end here. */
  readonly whole: readonly Wanted[];
  readonly level: Level;
}

function createLevel(wanted: readonly Wanted[]): Level {
  const heads = new Set<string>();
  for (const { rest } of wanted) {
    for (let at = rest.indexOf('.'); at >= 0; at = rest.indexOf('.', at + 1)) {
      heads.add(rest.slice(0, at));
    }
    heads.add(rest);
  }
  return { wanted, heads, below: new Map() };
}

function stepInto(level: Level, key: string): Step | undefined {
  if (!level.heads.has(key)) return undefined;
  const before = level.below.get(key);
  if (before !== undefined) return before;
  const deeper = level.wanted.filter(({ rest }) => rest.startsWith(`${key}.`));
  const step: Step = {
    whole: level.wanted.filter(({ rest }) => rest === key),
    level: createLevel(
      deeper.map(({ path, rest }) => ({ path, rest: rest.slice(key.length + 1) })),
    ),
  };
  level.below.set(key, step);
  return step;
}

function select(value: Json, level: Level, found: Set<string>): Json {
  if (isJsonArray(value)) {
    if (value.length === 0) markAll(level, found);
    return value.map((item) => select(item, level, found));
  }
  if (!isJsonObject(value)) {
    if (value === null) markAll(level, found);
    return value;
  }
  const kept: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const step = stepInto(level, key);
    if (step === undefined) continue;
    for (const { path } of step.whole) found.add(path);
    const below = leads(item) && step.level.wanted.length > 0;
    const part = below ? select(item, step.level, found) : undefined;
    if (step.whole.length > 0) kept.push([key, item]);
    else if (part !== undefined) kept.push([key, part]);
  }
  return Object.fromEntries(kept);
}

/** A text or number has nothing below it, so a path that goes on from there leads nowhere. */
function leads(value: Json): boolean {
  return value === null || isJsonArray(value) || isJsonObject(value);
}

/** Nothing here says whether the paths are right, so they are not called unknown. */
function markAll(level: Level, found: Set<string>): void {
  for (const { path } of level.wanted) found.add(path);
}
