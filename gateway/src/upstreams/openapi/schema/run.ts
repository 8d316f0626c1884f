/** What one conversion carries from schema to schema. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { Ref, Resolver } from '../document.ts';
import type { PatternReader } from './patterns.ts';

/** Who will hold a value: a request (`readOnly` leaves) or an answer (`writeOnly` leaves). */
export type Direction = 'input' | 'output';

/** A converted schema. */
export interface Built {
  readonly schema: JsonObject;
  /** Properties that left because of the direction: no other part may require them. */
  readonly hidden: ReadonlySet<string>;
}

/** A variant: the value that names it and where it stands. */
export interface Subtype {
  readonly value: string;
  readonly target: Ref;
}

/** The definitions of a document, as conversions ask for them. */
export interface Definitions {
  /** A schema that stands for `target`: a reference to its definition, or a copy of a small one. */
  refer(target: Ref): JsonObject;
  /**
   * The converted `target`, to be merged into another schema: subtypes of a discriminator are not
   * told in it. Undefined while it is itself being converted, and where it is too large to repeat.
   */
  plain(target: Ref, maxNodes: number): Built | undefined;
  /** The components that are built on `base` by `allOf`, each under its name. */
  subtypesOf(base: Ref): readonly Subtype[];
}

/** The surroundings of a conversion. */
export interface Run {
  readonly resolver: Resolver;
  readonly direction: Direction;
  readonly patterns: PatternReader;
  readonly definitions: Definitions;
  /** Whether subtypes that a discriminator names are told. */
  readonly withSubtypes: boolean;
  /** Levels of schemas above. */
  readonly depth: number;
  /** Schemas that may still be converted in this definition; shared by its levels. */
  readonly budget: { schemas: number };
}

/** Converts a schema; one direction of calls, so that the parts of a conversion need no cycle. */
export type Convert = (at: Ref, run: Run) => Built;

export const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

/** A schema that hides nothing. */
export function built(schema: JsonObject): Built {
  return { schema, hidden: NOTHING_HIDDEN };
}
