/** What is listed of a schema that is too long to be listed whole. */
import { isJsonObject, type JsonObject, ownMember } from '../../../kernel/index.ts';
import { SchemaMemo } from './memo.ts';
import { joinText, omit, stringsOf } from './json.ts';
import { shortenText, type Wording } from './shorten.ts';
import { estimateTokens } from './tokens.ts';
import { unfold, type UnfoldOptions, type Unfolded } from './unfolding.ts';

/** No token of a schema is that long on average: longer texts need no closer look. */
const MAX_CHARS_PER_TOKEN = 8;
const MAX_DEPTH = 12;
/** Names are told in the room that is left, at a careful rate. */
const CHARS_PER_NAMED_TOKEN = 2;
/** Branches of one level that are opened one by one, at most. */
const MAX_OPENED = 256;
/** Descriptions leave when a branch is opened, so that its characters cost less than most. */
const CHARS_PER_TOKEN = 5;
const MAX_ATTEMPTS = 3;

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
 * @param memo of definitions that several roots share
 * @returns null where `root` fits as it is
 */
export function trimToBudget(
  root: JsonObject,
  maxTokens: number,
  memo = new SchemaMemo(),
): JsonObject | null {
  const maxChars = maxTokens * MAX_CHARS_PER_TOKEN;
  if (!isLonger(root, maxChars, memo) && estimateTokens(JSON.stringify(root)) <= maxTokens) {
    return null;
  }
  const options = { depth: MAX_DEPTH, opened: NONE, wording: LONG, maxChars, memo };
  const whole = unfold(root, options);
  if (fits(whole, maxTokens - MARKED_TOKENS)) return marked(whole);
  for (const wording of [SHORT, SHORTEST]) {
    const found = deepest(root, { ...options, wording }, maxTokens - MARKED_TOKENS);
    if (found !== undefined) return marked(found);
  }
  return withoutOptional(root, maxTokens, { ...options, wording: SHORTEST, depth: 0 });
}

const NONE: ReadonlySet<string> = new Set();

/** Adds up definitions only until it is sure. */
function isLonger(root: JsonObject, maxChars: number, memo: SchemaMemo): boolean {
  const { $defs, ...own } = root;
  let left = maxChars - JSON.stringify(own).length;
  if (!isJsonObject($defs)) return left < 0;
  for (const definition of Object.values($defs)) {
    if (left < 0) return true;
    if (isJsonObject(definition)) left -= memo.charsOf(definition);
  }
  return left < 0;
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
  return !unfolded.isTooLarge && tokensOf(unfolded) <= maxTokens;
}

function tokensOf(unfolded: Unfolded): number {
  return estimateTokens(JSON.stringify(unfolded.schema));
}

/** The deepest telling that fits, with as many small branches of the next level as fit, too. */
function deepest(root: JsonObject, options: UnfoldOptions, budget: number): Unfolded | undefined {
  let best: Unfolded | undefined;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const told = unfold(root, { ...options, depth });
    if (!fits(told, budget)) {
      const at = { ...options, depth: depth - 1 };
      return best === undefined ? undefined : withSmallOnes(root, best, at, budget);
    }
    best = told;
    if (told.collapsed.length === 0) break;
  }
  return best;
}

/** Opens collapsed branches, the smallest first, about as many as there is room for. */
function withSmallOnes(
  root: JsonObject,
  told: Unfolded,
  options: UnfoldOptions,
  budget: number,
): Unfolded {
  const branches = told.collapsed
    .toSorted((a, b) => a.chars - b.chars || (a.key < b.key ? -1 : 1))
    .slice(0, MAX_OPENED);
  let room = (budget - tokensOf(told)) * CHARS_PER_TOKEN;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    let left = room;
    const chosen = branches.filter(({ chars }) => (left -= chars) >= 0);
    if (chosen.length === 0) return told;
    const next = unfold(root, { ...options, opened: new Set(chosen.map(({ key }) => key)) });
    if (fits(next, budget)) return next;
    room /= 2;
  }
  return told;
}

/** Only what is required, and as many names of the optional arguments as there is room for. */
function withoutOptional(root: JsonObject, maxTokens: number, options: UnfoldOptions): JsonObject {
  const properties = isJsonObject(root['properties']) ? root['properties'] : {};
  const required = stringsOf(root['required']);
  const kept = required.filter((name) => Object.hasOwn(properties, name));
  const others = Object.keys(properties).filter((name) => !kept.includes(name));
  const base: JsonObject = {
    ...omit(root, 'additionalProperties', 'description'),
    properties: Object.fromEntries(kept.map((name) => [name, ownMember(properties, name) ?? {}])),
  };
  const told = unfold(base, { ...options, maxChars: Number.MAX_SAFE_INTEGER });
  const used = estimateTokens(JSON.stringify(told.schema));
  const chars = Math.max(0, (maxTokens - used - MARKED_TOKENS) * CHARS_PER_NAMED_TOKEN);
  const names = others.length === 0 ? '' : `Also takes: ${others.join(', ')}`;
  const description = shortenText(names, chars);
  const schema = description === '' ? told.schema : { ...told.schema, description };
  return marked({ ...told, schema });
}
