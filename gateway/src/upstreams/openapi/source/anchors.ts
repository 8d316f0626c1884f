/** Schemas that are referred to by a name of their own: `$id`, `$anchor`, `$dynamicAnchor`, `$self`. */
import type { Node } from '../document.ts';
import { holdsData, holdsNames } from './keywords.ts';
import { isList, isMapping, memberOf } from './node.ts';
import { escapeStep } from './pointer.ts';

/** One schema resource, or the whole source: a base of references. */
export interface Resource {
  readonly id: string;
  readonly pointer: string;
  readonly node: Node;
  /** Anchors to what they name. */
  readonly anchors: Map<string, Anchor>;
}

export interface Anchor {
  readonly node: Node;
  readonly pointer: string;
}

const MAX_VALUES = 5_000_000;

/** All resources of a source, the source itself first. Walks all of it: only on need. */
export function findResources(root: Node, location: string): readonly Resource[] {
  const self = memberOf(root, '$self');
  const whole: Resource = {
    id: typeof self === 'string' ? absolute(self, location) : location,
    pointer: '#',
    node: root,
    anchors: new Map(),
  };
  const found = [whole];
  const seen = new Set<Node>();
  const stack = [{ node: root, pointer: '#', resource: whole, isNames: false }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, pointer, isNames } = next;
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    if (seen.add(node).size > MAX_VALUES) break;
    if (isList(node)) {
      node.forEach((item, index) => {
        stack.push({
          node: item,
          pointer: `${pointer}/${index}`,
          resource: next.resource,
          isNames: false,
        });
      });
      continue;
    }
    if (!isMapping(node)) continue;
    const resource = isNames ? next.resource : named(node, pointer, next.resource, found);
    for (const [key, child] of Object.entries(node)) {
      if (typeof child !== 'object' || child === null) continue;
      if (!isNames && holdsData(key)) continue;
      const below = `${pointer}/${escapeStep(key)}`;
      stack.push({ node: child, pointer: below, resource, isNames: !isNames && holdsNames(key) });
    }
  }
  return found;
}

/** Notes the names of one schema. @returns the resource that it belongs to */
function named(
  node: Readonly<Record<string, Node>>,
  pointer: string,
  outer: Resource,
  found: Resource[],
): Resource {
  const id = memberOf(node, '$id');
  let resource = outer;
  if (typeof id === 'string' && !id.startsWith('#')) {
    resource = { id: absolute(id, outer.id), pointer, node, anchors: new Map() };
    found.push(resource);
  }
  const anchors = [memberOf(node, '$anchor'), memberOf(node, '$dynamicAnchor')];
  if (typeof id === 'string' && id.startsWith('#')) anchors.push(id.slice(1));
  for (const anchor of anchors) {
    if (typeof anchor === 'string' && !resource.anchors.has(anchor)) {
      resource.anchors.set(anchor, { node, pointer });
    }
  }
  return resource;
}

/** `reference` against `base`, both of them perhaps paths; without a fragment. */
export function absolute(reference: string, base: string): string {
  const plain = reference.split('#', 1)[0] ?? '';
  const url = URL.parse(plain, URL.parse(base, 'relative:///')?.href ?? 'relative:///');
  return url?.href ?? plain;
}
