/**
 * Places in a JSON value as people write them: `items`, `data.items`, `items[0].name`,
 * `@odata.nextLink` (a key with a point in it wins over the way through it) or a JSON Pointer.
 */
import { isJsonArray, isJsonObject, type Json, ownMember } from '../../../kernel/index.ts';

const MAX_SEGMENTS = 24;
const INDEX = /^\d{1,9}$/;

export interface Found {
  readonly value: Json;
  /** Keys and indices on the way, as they are in the value. */
  readonly segments: readonly string[];
}

/** @returns undefined where nothing stands there, or the path is no path */
export function findAt(root: Json, path: string): Found | undefined {
  if (path === '' || path === '$') return { value: root, segments: [] };
  if (path.startsWith('/')) return walkPointer(root, path);
  const plain = path.replace(/^\$\.?/, '').replace(/\[(\d{1,9})\]/g, '.$1');
  const parts = plain.replace(/^\./, '').split('.');
  return parts.length > MAX_SEGMENTS ? undefined : walkParts(root, parts);
}

function walkPointer(root: Json, path: string): Found | undefined {
  let value = root;
  const segments: string[] = [];
  for (const raw of path.slice(1).split('/')) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    const next = childOf(value, key);
    if (next === undefined || segments.length >= MAX_SEGMENTS) return undefined;
    segments.push(key);
    value = next;
  }
  return { value, segments };
}

/** Tries the longest key first at every step; a shorter one is only tried where that leads nowhere. */
function walkParts(root: Json, parts: readonly string[]): Found | undefined {
  let value = root;
  const segments: string[] = [];
  let at = 0;
  while (at < parts.length) {
    const step = longestStep(value, parts, at);
    if (step === undefined) return undefined;
    segments.push(step.key);
    value = step.value;
    at = step.end;
  }
  return { value, segments };
}

function longestStep(
  value: Json,
  parts: readonly string[],
  at: number,
): { key: string; value: Json; end: number } | undefined {
  for (let end = parts.length; end > at; end--) {
    const key = parts.slice(at, end).join('.');
    const next = childOf(value, key);
    if (next !== undefined) return { key, value: next, end };
  }
  return undefined;
}

function childOf(value: Json, key: string): Json | undefined {
  if (isJsonArray(value)) return INDEX.test(key) ? value[Number(key)] : undefined;
  return isJsonObject(value) ? ownMember(value, key) : undefined;
}

/** The same value with another one at this place; what is not on the way is shared. */
export function replaceAt(root: Json, segments: readonly string[], value: Json): Json {
  const [key, ...rest] = segments;
  if (key === undefined) return value;
  if (isJsonArray(root)) {
    return root.map((item, at) => (String(at) === key ? replaceAt(item, rest, value) : item));
  }
  if (!isJsonObject(root)) return root;
  return Object.fromEntries(
    Object.entries(root).map(([name, item]) => [
      name,
      name === key ? replaceAt(item, rest, value) : item,
    ]),
  );
}

const MAX_LIST_DEPTH = 3;
const MAX_VISITED = 2000;

/**
 * Where the list stands that an answer is about: the longest one that is reached through objects
 * only. @returns undefined where there is none
 */
export function mainList(root: Json): Found | undefined {
  let best: Found | undefined;
  let bestLength = -1;
  let visited = 0;
  const visit = (value: Json, segments: readonly string[]): void => {
    if (visited++ > MAX_VISITED) return;
    if (isJsonArray(value)) {
      if (value.length > bestLength) [best, bestLength] = [{ value, segments }, value.length];
      return;
    }
    if (!isJsonObject(value) || segments.length >= MAX_LIST_DEPTH) return;
    for (const [key, item] of Object.entries(value)) visit(item, [...segments, key]);
  };
  visit(root, []);
  return best;
}

/** A place in words that `findAt` reads back. */
export function pathText(segments: readonly string[]): string {
  const isPlain = segments.every((key) => key !== '' && !/^[/$]|[.[\]]/.test(key));
  if (isPlain) return segments.join('.');
  return segments.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
