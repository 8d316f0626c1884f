/** Finds the line of a place in a text, when somebody asks. */
import { jsonChildren } from './json-children.ts';
import { pointerKeys } from './pointer.ts';
import type { PositionTree } from './position-tree.ts';
import { openYamlChildren } from './yaml-children.ts';

export interface Lines {
  /** Line of `pointer`, or of the nearest place above it that exists; counted from 1. */
  lineOf(pointer: string): number;
}

export function openLines(text: string, syntax: 'json' | 'yaml'): Lines {
  const tree = syntax === 'json' ? jsonTree(text) : openYamlChildren(text);
  const known = new Map<number, ReadonlyMap<string, number>>();
  const lineStarts = startsOfLines(text);
  const childrenOf = (position: number): ReadonlyMap<string, number> => {
    const before = known.get(position);
    if (before !== undefined) return before;
    const children = tree.children(position);
    known.set(position, children);
    return children;
  };
  return {
    lineOf: (pointer) => {
      let position = tree.root;
      for (const key of pointerKeys(pointer)) {
        const child = childrenOf(position).get(key);
        if (child === undefined) break;
        position = child;
      }
      return lineAt(lineStarts, tree.offset(position));
    },
  };
}

function jsonTree(text: string): PositionTree {
  return {
    root: Math.max(0, text.search(/[{[]/)),
    children: (position) => jsonChildren(text, position),
    offset: (position) => position,
  };
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
