/** Types of a service as plain data: what encoding, decoding and schemas of tools are made of. */

import type { QName } from '../xml/element.ts';

/** A text on the wire. */
export interface SimpleShape {
  readonly kind: 'simple';
  readonly json: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'union';
  /** The built-in type below it. */
  readonly xsd: string;
  /** The type's own name where it is none of XML Schema; null where it has none. */
  readonly named?: QName | null;
  readonly enum?: readonly string[];
  readonly patterns?: readonly string[];
  readonly length?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Bounds as they are written; those that are exclusive by names of their own. */
  readonly min?: string;
  readonly max?: string;
  readonly above?: string;
  readonly below?: string;
  readonly totalDigits?: number;
  readonly fractionDigits?: number;
  /** Of a list. */
  readonly item?: SimpleShape;
  /** Of a union. */
  readonly members?: readonly SimpleShape[];
}

/** XML text, where a schema takes anything or could not be had. */
export interface RawShape {
  readonly kind: 'raw';
}

/** A complex type, by its id. */
export interface TypeRef {
  readonly kind: 'ref';
  readonly id: string;
}

export type TypeUse = SimpleShape | RawShape | TypeRef;

export interface ElementShape {
  readonly kind: 'element';
  /** In JSON: its local name, unless another of the same type has that. */
  name: string;
  readonly local: string;
  /** '' where it is not qualified. */
  readonly uri: string;
  readonly type: TypeUse;
  readonly min: number;
  /** -1 for any number. */
  readonly max: number;
  readonly isNillable: boolean;
  /** The only value; undefined where there is none. */
  readonly fixed?: string;
  /** What the service takes an empty element for. */
  readonly default?: string;
  readonly doc: string;
}

export interface AnyShape {
  readonly kind: 'any';
  readonly min: number;
  readonly max: number;
  /** Namespaces that are allowed, in words; undefined for all. */
  readonly allows?: string;
  /** An element that fits, as XML; undefined where any does. */
  readonly example?: string;
}

export interface GroupShape {
  readonly kind: 'sequence' | 'choice' | 'all';
  readonly min: number;
  readonly max: number;
  readonly items: readonly ParticleShape[];
}

export type ParticleShape = ElementShape | AnyShape | GroupShape;

export interface AttributeShape {
  /** In JSON: `@` and its local name. */
  readonly name: string;
  readonly local: string;
  readonly uri: string;
  readonly type: SimpleShape;
  readonly isRequired: boolean;
  readonly fixed?: string;
  /** What the service takes where it is not given. */
  readonly default?: string;
  readonly doc: string;
}

/** The type of the items of an array, and what follows it where they are arrays: `[]`. */
export interface ArrayItems extends QName {
  readonly rank: string;
}

export interface ComplexShape {
  readonly kind: 'complex';
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly AttributeShape[];
  readonly content: GroupShape | null;
  /** Of simple content. */
  readonly text: SimpleShape | null;
  readonly isMixed: boolean;
  readonly isAbstract: boolean;
  /** Has no name that an instance could give as its type. */
  readonly isAnonymous: boolean;
  /** Of an array of SOAP's own encoding, what its items are. */
  readonly array?: ArrayItems;
  /** Types that may stand for it, by id. */
  readonly derived: readonly string[];
  readonly doc: string;
}

/** Complex types by id. */
export type Shapes = Readonly<Record<string, ComplexShape>>;

/** The properties that are no element: text, other XML, and the type of an instance. */
export const TEXT = '#text';
export const ANY = '#any';
export const TYPE = '@xsi:type';
