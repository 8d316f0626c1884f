/** A resolver over documents in memory, for tests only. */
import type { OpenApiVersion, Ref, Resolver } from '../document.ts';
import { isMapping } from './node.ts';

export interface TestResolver extends Resolver {
  readonly repairs: readonly string[];
}

/** Follows pointers within one document; nothing else. */
export function resolverOf(document: unknown, version: OpenApiVersion = '3.1'): TestResolver {
  const repairs: string[] = [];
  const lookUp = (reference: string, from: Ref): Ref | string => {
    if (!reference.startsWith('#')) return `${reference} was not loaded.`;
    let at: Ref = { node: document, source: '', pointer: '#' };
    for (const segment of reference.split('/').slice(1)) {
      at = child(at, segment.replaceAll('~1', '/').replaceAll('~0', '~'));
      if (at.node === undefined) return `There is nothing at ${reference} (${from.pointer}).`;
    }
    return at;
  };
  const settle = (start: Ref): Ref | string => {
    let at = start;
    for (let hops = 0; hops < 20; hops++) {
      if (!isMapping(at.node) || typeof at.node['$ref'] !== 'string') return at;
      const next = lookUp(at.node['$ref'], at);
      if (typeof next === 'string') return next;
      at = next;
    }
    return 'The reference leads to itself.';
  };
  return {
    version,
    repairs,
    settle,
    child,
    follow(reference, from) {
      const target = lookUp(reference, from);
      return typeof target === 'string' ? target : settle(target);
    },
    place: (ref) => ({ source: ref.source, pointer: ref.pointer, line: 0 }),
    repaired: (what) => void repairs.push(what),
  };
}

function child(ref: Ref, ...keys: readonly string[]): Ref {
  let { node, pointer } = ref;
  for (const key of keys) {
    const holds = typeof node === 'object' && node !== null && Object.hasOwn(node, key);
    node = holds ? Reflect.get(Object(node), key) : undefined;
    pointer += `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return { node, source: ref.source, pointer };
}
