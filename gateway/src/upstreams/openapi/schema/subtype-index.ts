/** Which components are built on which, found once for a document and only when asked for. */
import type { Ref, Resolver } from '../document.ts';
import { isList, isMapping } from './node.ts';
import type { Subtype } from './run.ts';

/** The place of a schema among all sources, as a key. */
export function keyOf(ref: Ref): string {
  return `${ref.source}\n${ref.pointer}`;
}

const NONE: readonly Subtype[] = [];

export class SubtypeIndex {
  private readonly resolver: Resolver;
  private found: Map<string, Subtype[]> | undefined;

  constructor(resolver: Resolver) {
    this.resolver = resolver;
  }

  /** Components with an `allOf` that names `base` itself. */
  subtypesOf(base: Ref): readonly Subtype[] {
    this.found ??= this.read(base);
    return this.found.get(keyOf(base)) ?? NONE;
  }

  private read(from: Ref): Map<string, Subtype[]> {
    const { resolver } = this;
    const place = resolver.version === '2.0' ? '#/definitions' : '#/components/schemas';
    const all = resolver.follow(place, { ...from, source: '', pointer: '#' });
    const found = new Map<string, Subtype[]>();
    if (typeof all === 'string' || !isMapping(all.node)) return found;
    for (const [name, node] of Object.entries(all.node)) {
      const parts = isMapping(node) ? node['allOf'] : undefined;
      if (!isList(parts)) continue;
      const target = resolver.child(all, name);
      for (const part of parts) {
        const reference = isMapping(part) ? part['$ref'] : undefined;
        const base = typeof reference === 'string' ? resolver.follow(reference, target) : '';
        if (typeof base === 'string') continue;
        const known = found.get(keyOf(base)) ?? [];
        found.set(keyOf(base), [...known, { value: name, target }]);
      }
    }
    return found;
  }
}
