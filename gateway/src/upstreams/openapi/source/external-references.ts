/** The references of a source that lead out of it. */
import type { Node } from '../document.ts';
import { holdsData, holdsNames } from './keywords.ts';
import { isList, isMapping, referenceOf } from './node.ts';

/** References as written, each once; those in examples and extensions are data. */
export function externalReferences(root: Node): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<Node>();
  const stack = [{ node: root, isNames: false }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, isNames } = next;
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    if (isList(node)) {
      for (const item of node) stack.push({ node: item, isNames: false });
      continue;
    }
    const reference = isNames ? undefined : referenceOf(node);
    if (reference !== undefined && !reference.startsWith('#')) found.add(reference);
    if (!isMapping(node)) continue;
    for (const [key, child] of Object.entries(node)) {
      if (typeof child !== 'object' || (!isNames && holdsData(key))) continue;
      stack.push({ node: child, isNames: !isNames && holdsNames(key) });
    }
  }
  return found;
}
