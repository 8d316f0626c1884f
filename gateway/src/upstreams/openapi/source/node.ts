/** Foreign values as a parser gave them, read so that nothing an object inherits is a member. */
import type { Node } from '../document.ts';

export type Mapping = Readonly<Record<string, Node>>;

/** @returns whether `node` is a mapping */
export function isMapping(node: Node): node is Mapping {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

/** @returns whether `node` is a list */
export function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}

/** The own member `key` of a mapping, the item at `key` of a list; undefined where there is none. */
export function memberOf(node: Node, key: string): Node {
  if (isMapping(node)) return Object.hasOwn(node, key) ? node[key] : undefined;
  return isList(node) && /^(?:0|[1-9]\d*)$/.test(key) ? node[Number(key)] : undefined;
}

/** `node` as a list: itself, or nothing. */
export function listOf(node: Node): readonly Node[] {
  return isList(node) ? node : [];
}

/** The members of `node` as key and value; none where it is no mapping. */
export function membersOf(node: Node): readonly (readonly [string, Node])[] {
  return isMapping(node) ? Object.entries(node) : [];
}

/** Text where `node` is text or a number; '' otherwise. */
export function textOf(node: Node): string {
  if (typeof node === 'string') return node.trim();
  return typeof node === 'number' || typeof node === 'boolean' ? String(node) : '';
}

/** The texts of a list; a single text counts as a list of one. */
export function textsOf(node: Node): readonly string[] {
  const list = typeof node === 'string' ? [node] : listOf(node);
  return list.map(textOf).filter((text) => text !== '');
}

/** True also where it was written as text. */
export function isTrue(node: Node): boolean {
  return node === true || node === 'true' || node === 'True';
}

/** False also where it was written as text. */
export function isFalse(node: Node): boolean {
  return node === false || node === 'false' || node === 'False';
}

/** What `node` refers to when it is `{ $ref: '…' }`; undefined where it is none. */
export function referenceOf(node: Node): string | undefined {
  const reference = memberOf(node, '$ref');
  return typeof reference === 'string' && isMapping(node) ? reference : undefined;
}

/** Sets an own member, `__proto__` included. */
export function setMember(target: Record<string, Node>, key: string, value: Node): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    target[key] = value;
  }
}

/** What stands where something else was expected, in words. */
export function kindOf(node: Node): string {
  if (node === undefined) return 'nothing';
  if (node === null) return 'null';
  if (Array.isArray(node)) return 'a list';
  return typeof node === 'object' ? 'a mapping' : `a ${typeof node}`;
}
