/** Values of documents as a parser gave them. */

export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function treeOf(value: unknown): Tree {
  return isTree(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What a chain of references within the document leads to; undefined where it leaves it. */
export function followed(root: Tree, value: unknown): unknown {
  let at = value;
  for (let steps = 0; steps < 20 && isTree(at) && typeof at['$ref'] === 'string'; steps++) {
    if (!at['$ref'].startsWith('#/')) return undefined;
    let next: unknown = root;
    for (const part of at['$ref'].slice(2).split('/')) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      next = isTree(next) || Array.isArray(next) ? Reflect.get(next, key) : undefined;
    }
    at = next;
  }
  return at;
}
