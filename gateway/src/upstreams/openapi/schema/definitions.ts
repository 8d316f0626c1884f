/** The converted definitions of a document for one direction, each made once and on first need. */
import type { JsonObject } from '../../../kernel/index.ts';
import { collectReferred, definitionRef } from '../../api/schema/walk.ts';
import type { Ref, Resolver } from '../document.ts';
import { convertSchema } from './convert.ts';
import { circularNames, namesInPlace, withoutCircular } from './cycles.ts';
import { definitionName } from './definition-names.ts';
import { countNodes, isSmallLeaf } from './sizes.ts';
import type { PatternReader } from './patterns.ts';
import type { Built, Definitions, Direction, Subtype } from './run.ts';
import { SubtypeIndex, keyOf } from './subtype-index.ts';
import { hasOnlySubtypes } from './subtypes.ts';

/** Schemas within one definition; what comes after them is left open. */
const MAX_SCHEMAS = 20_000;
/** Definitions whose conversion may need each other at once. */
const MAX_NESTED = 24;

/** Values in all definitions that one tool reaches; further definitions are left open. */
const MAX_CLOSURE_NODES = 200_000;
const TOO_LARGE: JsonObject = {
  description: 'Left out because the whole is too large; any value is taken.',
};
/** Sets of definitions that are remembered at a time. */
const MAX_CLOSURES = 512;
const NO_DEFINITIONS: JsonObject = {};
const NO_NAMES: ReadonlySet<string> = new Set();

/** A definition with what its users want to know of it. */
export interface DefinitionInUse {
  readonly schema: JsonObject;
  /** Values in it, those of what it refers to not counted. */
  readonly nodes: number;
  /** Names of the definitions that it refers to. */
  readonly names: ReadonlySet<string>;
}

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
  private readonly closures = new Map<string, JsonObject>();
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

  /** Everything that `names` reach through each other, in the order of the alphabet. */
  closure(names: ReadonlySet<string>): JsonObject {
    if (names.size === 0) return NO_DEFINITIONS;
    const key = JSON.stringify([...names].toSorted());
    const known = this.closures.get(key);
    if (known !== undefined) return known;
    if (this.closures.size >= MAX_CLOSURES) this.closures.clear();
    const made = this.makeClosure(names);
    this.closures.set(key, made);
    return made;
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

  private makeClosure(names: ReadonlySet<string>): JsonObject {
    const reached = new Set(names);
    const found: [string, DefinitionInUse][] = [];
    for (const name of reached) {
      const definition = this.named(name);
      if (definition === undefined) continue;
      found.push([name, definition]);
      for (const inner of definition.names) reached.add(inner);
    }
    let left = MAX_CLOSURE_NODES;
    const entries = found
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { schema, nodes }]): [string, JsonObject] => {
        left -= nodes;
        return [name, left > 0 ? schema : TOO_LARGE];
      });
    return Object.fromEntries(entries);
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
