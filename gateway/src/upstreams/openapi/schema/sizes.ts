/** How much stands in a schema. */
import { isList, isMapping } from './node.ts';
import { readTypes } from './types.ts';

/** Values of a referenced schema that is copied rather than referred to. */
const MAX_COPIED_NODES = 12;

/** @returns whether a schema is so small and without references that a copy is shorter to read */
export function isSmallLeaf(node: unknown): boolean {
  return isMapping(node) && leafNodes(node, MAX_COPIED_NODES) >= 0;
}

/** @returns what is left of `budget` after the values in `node`; negative where it has references */
function leafNodes(node: unknown, budget: number): number {
  if (budget < 0) return -1;
  if (isList(node)) return node.reduce<number>((left, item) => leafNodes(item, left), budget - 1);
  if (!isMapping(node)) return budget - 1;
  let left = budget;
  for (const key of Object.keys(node)) {
    if (key === '$ref' || key === '$dynamicRef' || key === '$recursiveRef') return -1;
    if (key === 'discriminator' || key === 'properties' || key === 'allOf') return -1;
    // A type that nobody knows may name a schema, and so refer to it.
    if (key === 'type' && readTypes(node[key]).unknown.length > 0) return -1;
    if (!IGNORED.has(key)) left = leafNodes(node[key], left);
    if (left < 0) return -1;
  }
  return left;
}

/** Members that do not come into a converted schema. */
const IGNORED: ReadonlySet<string> = new Set(['example', 'examples', 'xml', 'externalDocs']);

/** Counts the values of a schema, up to `max`. */
export function countNodes(value: unknown, max: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const item of Object.values(value)) {
    count += countNodes(item, max - count);
    if (count >= max) break;
  }
  return count;
}
