/** Finds the places that a JSONPath names. */
import type { Node } from '../document.ts';
import { isList, isMapping, memberOf } from '../source/node.ts';
import type { Filter, Operand, Selector, Step } from './path-model.ts';

/** A value and where it stands; the document itself stands nowhere. */
export interface Found {
  readonly node: Node;
  readonly parent: Node;
  readonly key: string;
}

/** How many values may be looked at for one path, so that `..` in filters ends. */
export interface SelectBudget {
  left: number;
}

/** @returns the places in order, each once; undefined where the budget is spent */
export function select(
  root: Node,
  steps: readonly Step[],
  budget: SelectBudget,
): readonly Found[] | undefined {
  const found = new Selection(root, budget).run(root, steps);
  return budget.left < 0 ? undefined : found;
}

class Selection {
  readonly #root: Node;
  readonly #budget: SelectBudget;

  constructor(root: Node, budget: SelectBudget) {
    this.#root = root;
    this.#budget = budget;
  }

  run(from: Node, steps: readonly Step[]): readonly Found[] {
    let places: readonly Found[] = [{ node: from, parent: undefined, key: '' }];
    for (const { isDeep, selectors } of steps) {
      const bases = isDeep ? places.flatMap((place) => this.#descendants(place)) : places;
      const next: Found[] = [];
      for (const { node } of bases) {
        for (const selector of selectors) next.push(...this.#apply(node, selector));
      }
      places = next;
    }
    return withoutRepeats(places);
  }

  #spend(count: number): boolean {
    this.#budget.left -= count;
    return this.#budget.left >= 0;
  }

  #descendants(place: Found): readonly Found[] {
    const found: Found[] = [place];
    for (let at = 0; at < found.length; at++) {
      const children = childrenOf(found[at]?.node);
      if (!this.#spend(children.length + 1)) return [];
      for (const child of children) {
        if (typeof child.node === 'object' && child.node !== null) found.push(child);
      }
    }
    return found;
  }

  #apply(node: Node, selector: Selector): readonly Found[] {
    switch (selector.kind) {
      case 'name':
        return isMapping(node) ? only(node, selector.name) : [];
      case 'index': {
        if (!isList(node)) return [];
        const { index } = selector;
        return only(node, String(index < 0 ? node.length + index : index));
      }
      case 'slice':
        return isList(node) ? sliced(node, selector) : [];
      case 'all':
        return this.#children(node);
      case 'filter':
        return this.#children(node).filter((child) => this.#fits(child.node, selector.filter));
    }
  }

  #children(node: Node): readonly Found[] {
    const children = childrenOf(node);
    return this.#spend(children.length) ? children : [];
  }

  #fits(node: Node, filter: Filter): boolean {
    switch (filter.kind) {
      case 'any':
        return filter.parts.some((part) => this.#fits(node, part));
      case 'every':
        return filter.parts.every((part) => this.#fits(node, part));
      case 'not':
        return !this.#fits(node, filter.part);
      case 'exists':
        return this.#values(node, filter.path).length > 0;
      case 'compare': {
        const [left] = this.#values(node, filter.left);
        const [right] = this.#values(node, filter.right);
        return compares(left, right, filter.operator);
      }
    }
  }

  #values(node: Node, operand: Operand): readonly Node[] {
    if (operand.kind === 'literal') return [operand.value];
    return this.run(operand.isRoot ? this.#root : node, operand.steps).map((place) => place.node);
  }
}

function compares(left: Node, right: Node, operator: string): boolean {
  if (operator === '==') return isEqual(left, right);
  if (operator === '!=') return !isEqual(left, right);
  const isBoth =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string');
  if (!isBoth) return operator.length === 2 && isEqual(left, right);
  const order = left < right ? -1 : left > right ? 1 : 0;
  if (operator === '<') return order < 0;
  if (operator === '>') return order > 0;
  return operator === '<=' ? order <= 0 : order >= 0;
}

function isEqual(left: Node, right: Node): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return left === right;
  return JSON.stringify(left) === JSON.stringify(right);
}

function only(parent: Node, key: string): readonly Found[] {
  const node = memberOf(parent, key);
  return node === undefined ? [] : [{ node, parent, key }];
}

function childrenOf(parent: Node): readonly Found[] {
  if (isList(parent)) return parent.map((node, index) => ({ node, parent, key: String(index) }));
  if (!isMapping(parent)) return [];
  return Object.entries(parent).map(([key, node]) => ({ node, parent, key }));
}

function sliced(
  list: readonly Node[],
  slice: Extract<Selector, { kind: 'slice' }>,
): readonly Found[] {
  const { step } = slice;
  if (step === 0) return [];
  const { length } = list;
  const bound = (at: number): number => (at < 0 ? length + at : at);
  const found: Found[] = [];
  if (step > 0) {
    const end = Math.min(bound(slice.end ?? length), length);
    for (let at = Math.max(bound(slice.start ?? 0), 0); at < end; at += step) {
      found.push(...only(list, String(at)));
    }
    return found;
  }
  const end = Math.max(bound(slice.end ?? -length - 1), -1);
  for (let at = Math.min(bound(slice.start ?? length - 1), length - 1); at > end; at += step) {
    found.push(...only(list, String(at)));
  }
  return found;
}

function withoutRepeats(places: readonly Found[]): readonly Found[] {
  const seen = new Map<Node, Set<string>>();
  return places.filter(({ parent, key }) => {
    const keys = seen.get(parent) ?? new Set<string>();
    seen.set(parent, keys);
    return keys.has(key) ? false : keys.add(key);
  });
}
