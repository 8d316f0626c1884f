/**
 * A smaller value in place of one that is too long: the first items of lists, the heads of texts,
 * small members before large ones. What comes out is always valid JSON of at most the given length.
 */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonArray,
  type JsonObject,
} from '../../../kernel/index.ts';
import { createSizes, headOf, memberSize, type Sizes } from './json-shape.ts';

/** One thing that was left out. */
export interface Cut {
  /** Keys and indices of what is shorter now. */
  readonly segments: readonly string[];
  readonly unit: 'items' | 'characters' | 'members';
  readonly kept: number;
  readonly of: number;
}

export interface Shrunk {
  readonly value: Json;
  /** The first ones, the outermost first; [] where nothing had to be cut. */
  readonly cuts: readonly Cut[];
}

const MAX_CUTS = 20;
/** Of a list whose items are long, at least as many are shown, each one shortened. */
const MIN_ITEMS = 5;
const ELLIPSIS = '…';
const SMALLEST = 2;
const A_LITTLE = 12;

interface Work {
  readonly sizes: Sizes;
  readonly cuts: Cut[];
}

/**
 * @param maxChars of the compact JSON text; at least 2
 * @param sizes of an earlier try with the same value
 */
export function shrink(value: Json, maxChars: number, sizes = createSizes()): Shrunk {
  const work: Work = { sizes, cuts: [] };
  const smaller = fit(work, value, Math.max(SMALLEST, maxChars), []);
  const cuts = work.cuts.toSorted((a, b) => a.segments.length - b.segments.length);
  return { value: smaller, cuts };
}

function fit(work: Work, value: Json, budget: number, segments: readonly string[]): Json {
  if (work.sizes.of(value, budget) <= budget) return value;
  if (typeof value === 'string') return fitText(work, value, budget, segments);
  if (isJsonArray(value)) return fitList(work, value, budget, segments);
  if (isJsonObject(value)) return fitObject(work, value, budget, segments);
  const digits = value instanceof ExactNumber ? value.text.length : String(value).length;
  cut(work, { segments, unit: 'characters', kept: 0, of: digits });
  return '';
}

function fitText(work: Work, text: string, budget: number, segments: readonly string[]): string {
  let kept = Math.max(0, Math.min(text.length, budget - 3));
  let head = headOf(text, kept) + ELLIPSIS;
  while (kept > 0 && work.sizes.of(head) > budget) {
    kept = Math.floor(Math.min(kept - 1, (kept * budget) / work.sizes.of(head)));
    head = headOf(text, kept) + ELLIPSIS;
  }
  cut(work, { segments, unit: 'characters', kept, of: text.length });
  return budget < 3 ? '' : head;
}

function fitList(
  work: Work,
  list: JsonArray,
  budget: number,
  segments: readonly string[],
): JsonArray {
  const whole = takeWhile(work, list, budget, (item) => item);
  const enough = Math.min(MIN_ITEMS, list.length);
  let kept = whole;
  if (whole.length < enough) {
    const share = Math.floor((budget - 2) / enough) - 1;
    if (share >= SMALLEST) {
      kept = takeWhile(work, list, budget, (item, at) =>
        fit(work, item, share, [...segments, String(at)]),
      );
    }
  }
  if (kept.length < list.length) {
    cut(work, { segments, unit: 'items', kept: kept.length, of: list.length });
  }
  return kept;
}

/** The first items that fit; what was cut in one that then does not fit was not cut. */
function takeWhile(
  work: Work,
  list: JsonArray,
  budget: number,
  change: (item: Json, at: number) => Json,
): Json[] {
  const kept: Json[] = [];
  let used = 1;
  for (const [at, item] of list.entries()) {
    if (used + SMALLEST > budget) break;
    const cutsBefore = work.cuts.length;
    const smaller = change(item, at);
    used += work.sizes.of(smaller, budget) + 1;
    if (used > budget) {
      work.cuts.length = Math.min(work.cuts.length, cutsBefore);
      break;
    }
    kept.push(smaller);
  }
  return kept;
}

function fitObject(
  work: Work,
  object: JsonObject,
  budget: number,
  segments: readonly string[],
): JsonObject {
  const entries = Object.entries(object);
  const kept = membersThatFit(work, entries, budget);
  const shares = shareOut(work, entries.slice(0, kept), budget);
  const result: [string, Json][] = [];
  for (const [at, [key, value]] of entries.slice(0, kept).entries()) {
    result.push([key, fit(work, value, shares[at] ?? SMALLEST, [...segments, key])]);
  }
  if (kept < entries.length) cut(work, { segments, unit: 'members', kept, of: entries.length });
  return Object.fromEntries(result);
}

/** How many members fit when each long value gets a little. */
function membersThatFit(
  work: Work,
  entries: readonly (readonly [string, Json])[],
  budget: number,
): number {
  let used = 1;
  let count = 0;
  for (const [key, value] of entries) {
    used += memberSize(key, Math.min(work.sizes.of(value, A_LITTLE), A_LITTLE));
    if (used > budget) break;
    count++;
  }
  return count;
}

/** Small values get what they need; the large ones share what then remains. */
function shareOut(
  work: Work,
  entries: readonly (readonly [string, Json])[],
  budget: number,
): readonly number[] {
  let left = budget - 1;
  for (const [key] of entries) left -= memberSize(key, 0);
  const order = entries.map(([, value], at) => ({ at, size: work.sizes.of(value, budget) }));
  order.sort((a, b) => a.size - b.size);
  const shares: number[] = entries.map(() => SMALLEST);
  for (const [done, { at, size }] of order.entries()) {
    const share = Math.min(size, Math.floor(left / (order.length - done)));
    shares[at] = share;
    left -= share;
  }
  return shares;
}

/** Of too many, those nearest to the root are kept. */
function cut({ cuts }: Work, what: Cut): void {
  if (cuts.length < MAX_CUTS) {
    cuts.push(what);
    return;
  }
  const depths = cuts.map(({ segments }) => segments.length);
  const deepest = Math.max(...depths);
  if (what.segments.length < deepest) cuts[depths.indexOf(deepest)] = what;
}
