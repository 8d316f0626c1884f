/** How large a value is, before it is written anywhere. */
import type { Node } from '../document.ts';

export interface Weight {
  /** Values in it, itself included. */
  readonly nodes: number;
  readonly levels: number;
}

/** Stops counting where there are more than `maxNodes` values. */
export function weigh(value: Node, maxNodes: number): Weight {
  let nodes = 0;
  let levels = 0;
  let level: Node[] = [value];
  while (level.length > 0 && nodes <= maxNodes) {
    nodes += level.length;
    levels++;
    const next: Node[] = [];
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue;
      for (const child of Object.values(each)) next.push(child);
      if (nodes + next.length > maxNodes) break;
    }
    level = next;
  }
  return { nodes, levels };
}
