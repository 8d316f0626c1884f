/** OpenAPI Overlay 1.0 and 1.1: changes to a document that leave its file alone. */
import type { Node } from '../document.ts';
import {
  isFalse,
  isList,
  isMapping,
  isTrue,
  kindOf,
  memberOf,
  setMember,
  textOf,
} from '../source/node.ts';
import { parseJsonPath } from './json-path.ts';
import type { Step } from './path-model.ts';
import { select, type Found } from './select.ts';
import { weigh } from './weigh.ts';

/** Values that the paths of one overlay may look at. */
const MAX_LOOKS = 5_000_000;

/** Values that the actions of all overlays may write. */
export const MAX_WRITTEN = 1_000_000;
/** Levels that actions may add before the whole document is looked at again. */
const UNCHECKED_LEVELS = 100;

/** A document under change: its root may be replaced. */
export interface Draft {
  root: Node;
  /** Values that may still be written. */
  left: number;
  /** Levels of nesting that the document may have. */
  readonly maxDepth: number;
  /** Levels that were written since its depth was looked at. */
  unchecked: number;
}

/**
 * Applies the actions of one overlay in order.
 * @returns notes about actions that changed nothing, or words that say which action is wrong
 */
export function applyOverlay(draft: Draft, overlay: Node): readonly string[] | string {
  const version = textOf(memberOf(overlay, 'overlay'));
  if (!/^1(?:\.[01](?:\.\d+)?)?$/.test(version)) {
    return version === ''
      ? 'It does not begin with "overlay: 1.0.0".'
      : `Overlay 1.0 and 1.1 are known; "${version}" is not.`;
  }
  const actions = memberOf(overlay, 'actions');
  if (!isList(actions)) return `"actions" is ${kindOf(actions)}; a list is needed.`;
  const notes: string[] = [];
  const budget = { left: MAX_LOOKS };
  for (const [index, action] of actions.entries()) {
    const outcome = applyAction(draft, action, budget);
    if (typeof outcome === 'string') return `Action ${index + 1}: ${outcome}`;
    if (outcome === 0) {
      notes.push(`action ${index + 1} found nothing at ${textOf(memberOf(action, 'target'))}`);
    }
  }
  return notes;
}

type Change =
  | { readonly kind: 'remove' }
  | { readonly kind: 'update'; readonly value: Node }
  | { readonly kind: 'none' };

/** @returns how many places were changed, or what is wrong */
function applyAction(draft: Draft, action: Node, budget: { left: number }): number | string {
  const target = memberOf(action, 'target');
  if (typeof target !== 'string') return '"target" is missing: a JSONPath such as $.info.';
  const places = placesOf(draft, target, budget);
  if (typeof places === 'string') return places;
  const change = changeOf(draft, action, budget);
  if (typeof change === 'string') return change;
  if (change.kind === 'none')
    return places.length === 0 ? 0 : '"update", "copy" or "remove: true" is missing.';
  if (change.kind === 'remove') removeAll(draft, places);
  else return updateAll(draft, places, change.value);
  return places.length;
}

/** Refuses what would make the document larger or deeper than any document may be. */
function updateAll(draft: Draft, places: readonly Found[], value: Node): number | string {
  const { nodes, levels } = weigh(value, MAX_WRITTEN);
  draft.left -= nodes * places.length;
  if (draft.left < 0) return `it and those before it write more than ${MAX_WRITTEN} values.`;
  for (const place of places) update(draft, place, value);
  draft.unchecked += levels;
  if (draft.unchecked <= UNCHECKED_LEVELS) return places.length;
  draft.unchecked = 0;
  const isDeep = weigh(draft.root, Number.POSITIVE_INFINITY).levels > draft.maxDepth;
  return isDeep ? `the document becomes deeper than ${draft.maxDepth} levels.` : places.length;
}

function changeOf(draft: Draft, action: Node, budget: { left: number }): Change | string {
  const remove = memberOf(action, 'remove');
  if (isTrue(remove)) return { kind: 'remove' };
  if (remove !== undefined && !isFalse(remove)) return '"remove" is true or false.';
  const source = memberOf(action, 'copy');
  if (source === undefined) {
    const value = memberOf(action, 'update');
    return value === undefined ? { kind: 'none' } : { kind: 'update', value };
  }
  if (typeof source !== 'string') return '"copy" is a JSONPath.';
  const found = placesOf(draft, source, budget);
  if (typeof found === 'string') return found;
  const [only, ...others] = found;
  if (only === undefined) return `"copy" finds nothing at ${source}.`;
  if (others.length > 0) return `"copy" finds ${found.length} values at ${source}; one is needed.`;
  // A copy: it may be written into itself.
  return { kind: 'update', value: structuredClone(only.node) };
}

function placesOf(draft: Draft, path: string, budget: { left: number }): readonly Found[] | string {
  const steps: readonly Step[] | string = parseJsonPath(path);
  if (typeof steps === 'string') return steps;
  return select(draft.root, steps, budget) ?? `The path ${path} looks at too many values.`;
}

function removeAll(draft: Draft, places: readonly Found[]): void {
  const fromLists = new Map<Node[], Set<number>>();
  for (const { parent, key } of places) {
    if (parent === undefined) draft.root = undefined;
    else if (Array.isArray(parent)) {
      fromLists.set(parent, (fromLists.get(parent) ?? new Set()).add(Number(key)));
    } else if (isMapping(parent)) Reflect.deleteProperty(parent, key);
  }
  for (const [list, indexes] of fromLists) {
    const kept = list.filter((_, index) => !indexes.has(index));
    list.splice(0, list.length, ...kept);
  }
}

/** Mappings are merged, lists get one more item, all else is replaced. */
function update(draft: Draft, { node, parent, key }: Found, value: Node): void {
  if (Array.isArray(node)) {
    // Of 1.1: a list is joined to a list.
    for (const item of isList(value) ? value : [value]) node.push(structuredClone(item));
  } else if (isRecord(node) && isMapping(value)) merge(node, value);
  else if (parent === undefined) draft.root = structuredClone(value);
  else if (Array.isArray(parent)) parent[Number(key)] = structuredClone(value);
  else if (isRecord(parent)) setMember(parent, key, structuredClone(value));
}

function merge(target: Record<string, Node>, value: Readonly<Record<string, Node>>): void {
  for (const [key, next] of Object.entries(value)) {
    const before = memberOf(target, key);
    if (isRecord(before) && isMapping(next)) merge(before, next);
    else if (Array.isArray(before) && isList(next)) {
      for (const item of next) before.push(structuredClone(item));
    } else setMember(target, key, structuredClone(next));
  }
}

function isRecord(node: Node): node is Record<string, Node> {
  return isMapping(node);
}
