/** What is listed of a schema that is too long to be listed whole. */
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { isObject, joinText, memberOf, omit, stringsOf, type Draft } from './json.ts';
import { shortenText, type Wording } from './shorten.ts';
import { estimateTokens } from './tokens.ts';
import { unfold, type UnfoldOptions, type Unfolded } from './unfolding.ts';
import { pruneDefinitions } from './walk.ts';

/** No token of a schema is that long on average: longer texts need no closer look. */
const MAX_CHARS_PER_TOKEN = 8;
const MAX_DEPTH = 12;

/** Steps of saying less, before and while structure is left out. */
const LONG: Wording = { argumentChars: 240, innerChars: 100, maxValues: 60 };
const SHORT: Wording = { argumentChars: 120, innerChars: 0, maxValues: 16 };
const SHORTEST: Wording = { argumentChars: 40, innerChars: 0, maxValues: 8 };

/**
 * Shortens the schema of a tool's arguments to what a listing may cost. First words get shorter,
 * then branches collapse to their type and a mark, the deepest and largest first, at last optional
 * arguments are only named. Required arguments always stay, and whatever `root` takes, the result
 * takes too. The same schema always gives the same result.
 * @param root in the default profile
 * @param maxTokens as `estimateTokens` counts
 * @returns null where `root` fits as it is
 */
export function trimToBudget(root: JsonObject, maxTokens: number): JsonObject | null {
  const text = JSON.stringify(root);
  const maxChars = maxTokens * MAX_CHARS_PER_TOKEN;
  if (text.length <= maxChars && estimateTokens(text) <= maxTokens) return null;
  const whole = unfold(root, { depth: MAX_DEPTH, opened: new Set(), wording: LONG, maxChars });
  if (fits(whole, maxTokens - MARKED_TOKENS)) return marked(whole);
  for (const wording of [SHORT, SHORTEST]) {
    const found = deepest(root, wording, maxTokens, maxChars);
    if (found !== undefined) return marked(found);
  }
  return withoutOptional(root, maxTokens, maxChars);
}

/** Room for the sentence that `marked` adds. */
const MARKED_TOKENS = 24;

function marked(unfolded: Pick<Unfolded, 'schema' | 'collapsed'>): JsonObject {
  const { schema, collapsed } = unfolded;
  if (collapsed.length === 0) return schema;
  const sentence = 'Parts marked "(shortened)" take more than is listed here.';
  return { ...schema, description: joinText(schema['description'], sentence) };
}

function fits(unfolded: Unfolded, maxTokens: number): boolean {
  return !unfolded.isTooLarge && estimateTokens(JSON.stringify(unfolded.schema)) <= maxTokens;
}

/** The deepest telling that fits, with as many small branches of the next level as fit, too. */
function deepest(
  root: JsonObject,
  wording: Wording,
  maxTokens: number,
  maxChars: number,
): Unfolded | undefined {
  const budget = maxTokens - MARKED_TOKENS;
  let best: Unfolded | undefined;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const options: UnfoldOptions = { depth, opened: new Set(), wording, maxChars };
    const told = unfold(root, options);
    if (!fits(told, budget)) break;
    best = withSmallOnes(root, told, options, budget);
    if (told.collapsed.length === 0) break;
  }
  return best;
}

/** Opens collapsed branches, the smallest first, as long as the whole fits. */
function withSmallOnes(
  root: JsonObject,
  told: Unfolded,
  options: UnfoldOptions,
  budget: number,
): Unfolded {
  const keys = told.collapsed
    .toSorted((a, b) => a.chars - b.chars || (a.key < b.key ? -1 : 1))
    .map((branch) => branch.key);
  let best = told;
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const next = unfold(root, { ...options, opened: new Set(keys.slice(0, middle)) });
    if (fits(next, budget)) {
      best = next;
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return best;
}

/** Only what is required, and as many of the optional arguments as their names allow. */
function withoutOptional(root: JsonObject, maxTokens: number, maxChars: number): JsonObject {
  const properties = isObject(root['properties']) ? root['properties'] : {};
  const required = stringsOf(root['required']);
  const kept = required.filter((name) => Object.hasOwn(properties, name));
  const others = Object.keys(properties).filter((name) => !kept.includes(name));
  const base: Draft = {
    ...omit(root, 'additionalProperties', 'description'),
    properties: Object.fromEntries(kept.map((name) => [name, memberOf(properties, name) ?? {}])),
  };
  const told = unfold(pruneDefinitions(base), {
    depth: 0,
    opened: new Set(),
    wording: SHORTEST,
    maxChars: Number.MAX_SAFE_INTEGER,
  });
  const used = estimateTokens(JSON.stringify(told.schema));
  const chars = Math.max(0, Math.min(maxChars, (maxTokens - used - MARKED_TOKENS) * 2));
  const names: Json = others.length === 0 ? '' : `Also takes: ${others.join(', ')}`;
  const description = shortenText(names, chars);
  const schema = description === '' ? told.schema : { ...told.schema, description };
  return marked({ ...told, schema });
}
