/** Following references, and what is done about those that lead nowhere. */
import type { Ref, Resolver } from '../document.ts';
import { isMapping } from './node.ts';

/** The reference of a schema: `$ref`, or one of those that older and newer dialects have. */
export function referenceOf(node: Readonly<Record<string, unknown>>): string | undefined {
  const direct = node['$ref'];
  if (typeof direct === 'string') return direct;
  const dynamic = node['$dynamicRef'] ?? node['$recursiveRef'];
  return typeof dynamic === 'string' ? dynamic : undefined;
}

/**
 * Follows a reference; where it is dangling, tries what documents usually mean by it: a name alone,
 * the other version's place for schemas, definitions of a schema that was pasted in whole.
 * @returns where it leads, or words that say why it leads nowhere
 */
export function findTarget(resolver: Resolver, reference: string, from: Ref): Ref | string {
  const found = resolver.follow(reference, from);
  if (typeof found !== 'string' && found.node !== undefined) return found;
  const dynamic = findDynamic(resolver, reference, from);
  if (dynamic !== undefined) return dynamic;
  for (const candidate of alternatives(reference, from)) {
    const target = resolver.follow(candidate, from);
    if (typeof target === 'string' || !isSchemaNode(target.node)) continue;
    resolver.repaired(`The reference "${reference}" was read as "${candidate}".`, from);
    return target;
  }
  return typeof found === 'string' ? found : `There is nothing at "${reference}".`;
}

function isSchemaNode(node: unknown): boolean {
  return isMapping(node) || typeof node === 'boolean';
}

const LOCAL = /^#\/(?:definitions|\$defs|components\/schemas)\/([^/]+)$/;
const NAME = /^#?[\w.-]+$/;

function alternatives(reference: string, from: Ref): readonly string[] {
  const name = LOCAL.exec(reference)?.[1];
  if (name === undefined) {
    if (!NAME.test(reference) || reference === '#') return [];
    const bare = reference.replace(/^#/, '');
    return [`#/components/schemas/${bare}`, `#/definitions/${bare}`];
  }
  const inside = ancestors(from.pointer).flatMap((pointer) => [
    `${pointer}/$defs/${name}`,
    `${pointer}/definitions/${name}`,
  ]);
  const outside = ['#/components/schemas/', '#/definitions/', '#/$defs/'];
  return [...inside, ...outside.map((place) => place + name)].filter((it) => it !== reference);
}

const MAX_ANCESTORS = 32;

/** Pointers of what contains a place, the nearest first; the document itself is left out. */
function ancestors(pointer: string): readonly string[] {
  const segments = pointer.split('/');
  const found: string[] = [];
  for (let i = segments.length; i > 1 && found.length < MAX_ANCESTORS; i--) {
    found.push(segments.slice(0, i).join('/'));
  }
  return found;
}

/** A dynamic reference is followed as it is written: to the nearest schema around it so named. */
function findDynamic(resolver: Resolver, reference: string, from: Ref): Ref | undefined {
  if (!isMapping(from.node) || from.node['$ref'] !== undefined) return undefined;
  const anchor = reference.slice(reference.indexOf('#') + 1);
  for (const pointer of ancestors(from.pointer)) {
    const target = resolver.follow(pointer, from);
    if (typeof target === 'string' || !isMapping(target.node)) continue;
    if (anchor === '' && target.node['$recursiveAnchor'] === true) return target;
    if (anchor !== '' && target.node['$dynamicAnchor'] === anchor) return target;
  }
  return undefined;
}
