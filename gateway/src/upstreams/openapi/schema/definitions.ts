/** The converted definitions of a document for one direction, each made once and on first need. */
import type { JsonObject } from '../../../kernel/index.ts';
import { collectReferred, definitionRef } from '../../api/schema/walk.ts';
import type { Ref, Resolver } from '../document.ts';
import { convertSchema } from './convert.ts';
import { circularNames, namesInPlace, withoutCircular } from './cycles.ts';
import { definitionName } from './definition-names.ts';
import { isList, isMapping } from './node.ts';
import type { PatternReader } from './patterns.ts';
import type { Built, Definitions, Direction, Subtype } from './run.ts';
import { SubtypeIndex, keyOf } from './subtype-index.ts';
import { hasOnlySubtypes } from './subtypes.ts';

/** Schemas within one definition; what comes after them is left open. */
const MAX_SCHEMAS = 20_000;
/** Definitions whose conversion may need each other at once. */
const MAX_NESTED = 24;
/** Values of a referenced schema that is copied rather than referred to. */
const MAX_COPIED_NODES = 12;

const NO_NAMES: ReadonlySet<string> = new Set();

interface Definition {
  readonly name: string;
  readonly ref: Ref;
  /** Told as others refer to it. */
  full: Built | undefined;
  /** Told as others merge it. */
  plain: Built | undefined;
  nodes: number;
  inUse: DefinitionInUse | undefined;
  inPlace: ReadonlySet<string> | undefined;
  isBusy: boolean;
}

export class DefinitionStore implements Definitions {
  private readonly resolver: Resolver;
  private readonly direction: Direction;
  private readonly patterns: PatternReader;
  private readonly subtypes: SubtypeIndex;
  private readonly byKey = new Map<string, Definition>();
  private readonly byName = new Map<string, Definition>();
  private readonly roots = new Map<string, Built>();
  private nested = 0;

  constructor(resolver: Resolver, direction: Direction, patterns: PatternReader) {
    this.resolver = resolver;
    this.direction = direction;
    this.patterns = patterns;
    this.subtypes = new SubtypeIndex(resolver);
  }

  /** The schema at `ref` where it stands. */
  root(ref: Ref): JsonObject {
    const key = keyOf(ref);
    const known = this.roots.get(key);
    if (known !== undefined) return known.schema;
    const made = this.convert(ref, true);
    this.roots.set(key, made);
    return made.schema;
  }

  /** The definition of that name, if there is one. */
  named(name: string): DefinitionInUse | undefined {
    const definition = this.byName.get(name);
    if (definition === undefined) return undefined;
    definition.inUse ??= this.prepare(definition);
    return definition.inUse;
  }

  refer(target: Ref): JsonObject {
    const { node } = target;
    if (node === true || isSmallLeaf(node)) return this.root(target);
    return { $ref: definitionRef(this.definitionOf(target).name) };
  }

  plain(target: Ref, maxNodes: number): Built | undefined {
    const definition = this.definitionOf(target);
    if (definition.plain === undefined) {
      if (definition.isBusy || this.nested >= MAX_NESTED) return undefined;
      this.makePlain(definition);
    }
    return definition.nodes > maxNodes ? undefined : definition.plain;
  }

  subtypesOf(base: Ref): readonly Subtype[] {
    return this.subtypes.subtypesOf(base);
  }

  private full(definition: Definition): Built {
    if (definition.full !== undefined) return definition.full;
    if (!hasOnlySubtypes(definition.ref.node)) {
      definition.full = definition.plain ?? this.makePlain(definition);
    } else {
      definition.full = this.convert(definition.ref, true);
    }
    return definition.full;
  }

  private prepare(definition: Definition): DefinitionInUse {
    const circular = circularNames(definition.name, (name) => this.namesInPlace(name));
    if (circular.size > 0) {
      this.resolver.repaired(
        'The schema is defined by itself and was read without that.',
        definition.ref,
      );
    }
    const schema = withoutCircular(this.full(definition).schema, circular);
    const names = new Set<string>();
    collectReferred(schema, names);
    return { schema, names, nodes: countNodes(schema, Number.MAX_SAFE_INTEGER) };
  }

  private namesInPlace(name: string): ReadonlySet<string> {
    const definition = this.byName.get(name);
    if (definition === undefined) return NO_NAMES;
    definition.inPlace ??= namesInPlace(this.full(definition).schema);
    return definition.inPlace;
  }

  private makePlain(definition: Definition): Built {
    definition.isBusy = true;
    this.nested++;
    const plain = this.convert(definition.ref, false);
    this.nested--;
    definition.isBusy = false;
    definition.plain = plain;
    definition.nodes = countNodes(plain.schema, Number.MAX_SAFE_INTEGER);
    return plain;
  }

  private convert(ref: Ref, withSubtypes: boolean): Built {
    return convertSchema(ref, {
      resolver: this.resolver,
      direction: this.direction,
      patterns: this.patterns,
      definitions: this,
      withSubtypes,
      depth: 0,
      budget: { schemas: MAX_SCHEMAS },
    });
  }

  private definitionOf(target: Ref): Definition {
    const key = keyOf(target);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    let name = definitionName(target, this.resolver.version);
    while (this.byName.has(name)) name += '_';
    const made: Definition = {
      name,
      ref: target,
      full: undefined,
      plain: undefined,
      nodes: 0,
      inUse: undefined,
      inPlace: undefined,
      isBusy: false,
    };
    this.byKey.set(key, made);
    this.byName.set(name, made);
    return made;
  }
}

/** @returns whether a schema is so small and without references that a copy is shorter to read */
function isSmallLeaf(node: unknown): boolean {
  return isMapping(node) && leafNodes(node, MAX_COPIED_NODES) >= 0;
}

/** @returns what is left of `budget` after the values in `node`; negative where it has references */
function leafNodes(node: unknown, budget: number): number {
  if (budget < 0) return -1;
  if (isList(node)) return node.reduce<number>((left, item) => leafNodes(item, left), budget - 1);
  if (!isMapping(node)) return budget - 1;
  let left = budget;
  for (const key of Object.keys(node)) {
    if (key === '$ref' || key === '$dynamicRef' || key === '$recursiveRef') return -1;
    if (key === 'discriminator' || key === 'properties' || key === 'allOf') return -1;
    if (!IGNORED.has(key)) left = leafNodes(node[key], left);
    if (left < 0) return -1;
  }
  return left;
}

/** Members that do not come into a converted schema. */
const IGNORED: ReadonlySet<string> = new Set(['example', 'examples', 'xml', 'externalDocs']);

/** Counts the values of a schema, up to `max`. */
function countNodes(value: unknown, max: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const item of Object.values(value)) {
    count += countNodes(item, max - count);
    if (count >= max) break;
  }
  return count;
}

/** A definition with what its users want to know of it. */
export interface DefinitionInUse {
  readonly schema: JsonObject;
  /** Values in it, those of what it refers to not counted. */
  readonly nodes: number;
  /** Names of the definitions that it refers to. */
  readonly names: ReadonlySet<string>;
}

/** Everything that `schemas` refer to, through each other. @returns in the order of the alphabet */
export function closureOf(
  schemas: readonly JsonObject[],
  store: DefinitionStore,
): ReadonlyMap<string, DefinitionInUse> {
  const names = new Set<string>();
  const found = new Map<string, DefinitionInUse>();
  for (const schema of schemas) collectReferred(schema, names);
  for (const name of names) {
    const definition = store.named(name);
    if (definition === undefined) continue;
    found.set(name, definition);
    for (const inner of definition.names) names.add(inner);
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
