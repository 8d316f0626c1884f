/** The walk over a YAML tree: plain values out, places and refusals to the side. */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { ConfigPath } from './problem.ts';

/** What the walk needs of its surroundings. Offsets count UTF-16 units of the text. */
export interface TreeReader {
  readonly document: Document.Parsed;
  place(path: ConfigPath, keyAt: number, valueAt: number): void;
  refuse(at: number, path: ConfigPath, message: string, hint?: string): void;
  /** The final text of a string scalar, or undefined after it has been refused. */
  text(raw: string, at: number, path: ConfigPath): string | undefined;
}

const MAX_NODES = 50_000;
const MAX_DEPTH = 64;

/** The value of `root`, undefined when a bound was hit; aliases are followed, never shared. */
export function readTree(root: unknown, reader: TreeReader): unknown {
  return new TreeWalk(reader).whole(root);
}

class TreeWalk {
  readonly #reader: TreeReader;
  readonly #anchors: ReadonlyMap<string, readonly Node[]>;
  #nodes = 0;
  #isFull = false;

  constructor(reader: TreeReader) {
    this.#reader = reader;
    this.#anchors = collectAnchors(reader.document);
  }

  whole(root: unknown): unknown {
    const value = this.#read(root, [], 0);
    return this.#isFull ? undefined : value;
  }

  #read(node: unknown, path: ConfigPath, at: number): unknown {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || path.length > MAX_DEPTH) this.#stop(path, at);
    if (this.#isFull) return undefined;
    if (isAlias(node)) return this.#readAlias(node, path, at);
    if (isMap(node)) return this.#readMap(node, path);
    if (isSeq(node)) return this.#readSeq(node, path);
    if (!isScalar(node)) return null;
    return typeof node.value === 'string' ? this.#reader.text(node.value, at, path) : node.value;
  }

  #stop(path: ConfigPath, at: number): void {
    if (this.#isFull) return;
    this.#isFull = true;
    const message =
      this.#nodes > MAX_NODES
        ? `the file holds more than ${MAX_NODES} values`
        : `the file is nested more than ${MAX_DEPTH} levels deep`;
    this.#reader.refuse(at, path.slice(0, 4), message, 'aliases count each time');
  }

  #readAlias(alias: Alias, path: ConfigPath, at: number): unknown {
    const target = this.#anchors.get(alias.source)?.findLast((node) => isBefore(node, alias));
    if (target !== undefined) return this.#read(target, path, at);
    this.#reader.refuse(at, path, `there is no anchor &${alias.source} above this alias`);
    return undefined;
  }

  #readMap(map: YAMLMap, path: ConfigPath): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const pair of map.items) {
      const entry = this.#readKey(pair, path);
      if (entry === undefined) continue;
      const inner = [...path, entry.key];
      const valueAt = startOf(pair.value) ?? entry.at;
      this.#reader.place(inner, entry.at, valueAt);
      result[entry.key] = this.#read(pair.value, inner, valueAt);
    }
    return result;
  }

  #readKey(pair: Pair, path: ConfigPath): { key: string; at: number } | undefined {
    const at = startOf(pair.key) ?? 0;
    const key = isScalar(pair.key) ? pair.key.value : undefined;
    if (typeof key !== 'string' || key === '__proto__') {
      this.#reader.refuse(at, path, 'this cannot be a key', 'keys are plain text');
      return undefined;
    }
    if (key !== '<<') return { key, at };
    const hint = 'write the keys out, or use an alias as a whole value';
    this.#reader.refuse(at, path, 'merge keys (<<) are not supported', hint);
    return undefined;
  }

  #readSeq(seq: YAMLSeq, path: ConfigPath): unknown[] {
    return seq.items.map((item, index) => {
      const inner = [...path, index];
      const at = startOf(item) ?? 0;
      this.#reader.place(inner, at, at);
      return this.#read(isPair(item) ? item.value : item, inner, at);
    });
  }
}

/** All anchored nodes by name, in the order of the text: a name may be given again further down. */
function collectAnchors(document: Document.Parsed): Map<string, Node[]> {
  const anchors = new Map<string, Node[]>();
  visit(document, {
    Value: (_key, node) => {
      if (node.anchor === undefined) return;
      const nodes = anchors.get(node.anchor);
      if (nodes === undefined) anchors.set(node.anchor, [node]);
      else nodes.push(node);
    },
  });
  return anchors;
}

function isBefore(node: Node, alias: Alias): boolean {
  return (startOf(node) ?? 0) < (startOf(alias) ?? 0);
}

function startOf(node: unknown): number | undefined {
  return isNodeWithRange(node) ? node.range[0] : undefined;
}

function isNodeWithRange(node: unknown): node is Node & { range: [number, number, number] } {
  return isNode(node) && Array.isArray(node.range);
}

function isNode(node: unknown): node is Scalar | YAMLMap | YAMLSeq {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
}
