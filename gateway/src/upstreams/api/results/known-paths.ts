/** The paths that an answer holds, and which of them a mistaken one may have meant. */
import { isJsonArray, isJsonObject, type Json } from '../../../kernel/index.ts';

const MAX_PATHS = 1000;
const MAX_NODES = 5000;
const MAX_DEPTH = 8;
/** Items of a list are alike; the first ones show what they have. */
const SAMPLED_ITEMS = 10;
const MAX_SUGGESTIONS = 3;
const MAX_COMPARED_CHARS = 60;

/** Paths of a value without the indices of lists, those nearest to the root first. */
export function pathsOf(root: Json): readonly string[] {
  const paths = new Set<string>();
  let level: { readonly value: Json; readonly path: string }[] = [{ value: root, path: '' }];
  let nodes = 0;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const below: typeof level = [];
    for (const { value, path } of level) {
      for (const object of objectsIn(value)) {
        for (const [key, item] of Object.entries(object)) {
          if (paths.size >= MAX_PATHS || nodes++ > MAX_NODES) return [...paths];
          const full = path === '' ? key : `${path}.${key}`;
          paths.add(full);
          below.push({ value: item, path: full });
        }
      }
    }
    level = below;
  }
  return [...paths];
}

function objectsIn(value: Json): readonly { readonly [key: string]: Json }[] {
  if (isJsonObject(value)) return [value];
  if (!isJsonArray(value)) return [];
  return value.slice(0, SAMPLED_ITEMS).flatMap((item) => objectsIn(item));
}

/** @returns at most three paths, the most alike first */
export function nearestPaths(root: Json, wanted: string): readonly string[] {
  const scored = pathsOf(root)
    .map((path) => ({ path, score: distance(path, wanted) }))
    .filter(({ score }) => score < 1);
  scored.sort((a, b) => a.score - b.score);
  return scored.slice(0, MAX_SUGGESTIONS).map(({ path }) => path);
}

/** 0 for the same, 1 and more for what has nothing in common. */
function distance(path: string, wanted: string): number {
  const [a, b] = [path.toLowerCase(), wanted.toLowerCase()];
  if (a === b) return 0;
  const [endA, endB] = [lastOf(a), lastOf(b)];
  if (endA === endB) return 0.1 + path.length / 10_000;
  const ends = edits(endA, endB) / Math.max(2, Math.min(endA.length, endB.length));
  const whole = edits(a, b) / Math.max(2, Math.min(a.length, b.length));
  const related = endA.includes(endB) || endB.includes(endA) ? 0.6 : 1;
  return Math.min(0.2 + ends * 1.5, 0.2 + whole * 1.5, related);
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** How many characters have to be exchanged, added or left out. */
function edits(first: string, second: string): number {
  const [a, b] = [first.slice(0, MAX_COMPARED_CHARS), second.slice(0, MAX_COMPARED_CHARS)];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
