/** What the object of a complex type holds, by the names of its properties. */
import { keyOf } from '../xml/element.ts';
import { TEXT, TYPE } from './shape.ts';
import type {
  AnyShape,
  ComplexShape,
  ElementShape,
  GroupShape,
  ParticleShape,
  Shapes,
} from './shape.ts';

export interface Field {
  readonly shape: ElementShape | AnyShape;
  /** Whether the value is a list of values. */
  readonly isArray: boolean;
  readonly min: number;
  /** -1 for any number. */
  readonly max: number;
}

const MAX_COUNT = 1_000_000;

/** The types of one operation, and what their objects hold, found once. */
export class ShapeTable {
  readonly shapes: Shapes;
  private readonly known = new Map<ComplexShape, ReadonlyMap<string, Field>>();
  private readonly names = new Map<ComplexShape, ReadonlySet<string>>();
  private readonly elements = new Map<
    ComplexShape,
    ReadonlyMap<string, readonly [string, Field]>
  >();

  constructor(shapes: Shapes) {
    this.shapes = shapes;
  }

  fieldsOf(shape: ComplexShape): ReadonlyMap<string, Field> {
    const known = this.known.get(shape);
    if (known !== undefined) return known;
    const fields = fieldsOf(shape);
    this.known.set(shape, fields);
    return fields;
  }

  /** Elements by namespace and name, and by their name alone, since servers often get the other wrong. */
  byElement(shape: ComplexShape): ReadonlyMap<string, readonly [string, Field]> {
    const known = this.elements.get(shape);
    if (known !== undefined) return known;
    const made = new Map<string, readonly [string, Field]>();
    for (const entry of this.fieldsOf(shape)) {
      const inner = entry[1].shape;
      if (inner.kind !== 'element') continue;
      made.set(keyOf(inner), entry);
      if (!made.has(inner.local)) made.set(inner.local, entry);
    }
    this.elements.set(shape, made);
    return made;
  }

  /** Names of all properties that an object of the type may have. */
  namesOf(shape: ComplexShape): ReadonlySet<string> {
    const known = this.names.get(shape);
    if (known !== undefined) return known;
    const attributes = shape.attributes.map(({ name }) => name);
    const text = shape.text !== null || shape.isMixed ? [TEXT] : [];
    const made = new Set([TYPE, ...this.fieldsOf(shape).keys(), ...attributes, ...text]);
    this.names.set(shape, made);
    return made;
  }
}

/** Elements and other XML, in their order; an element that stands at several places is one field. */
export function fieldsOf({ content }: Pick<ComplexShape, 'content'>): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  if (content !== null) gather(content, 1, 1, fields);
  return fields;
}

function gather(particle: ParticleShape, min: number, max: number, into: Map<string, Field>): void {
  const least = Math.min(MAX_COUNT, min * particle.min);
  const most = times(max, particle.max);
  if (particle.kind === 'element' || particle.kind === 'any') {
    const name = particle.kind === 'any' ? '#any' : particle.name;
    const known = into.get(name);
    const all = known === undefined ? most : plus(known.max, most);
    into.set(name, {
      shape: known?.shape ?? particle,
      isArray: all < 0 || all > 1,
      min: (known?.min ?? 0) + least,
      max: all,
    });
    return;
  }
  const isChoice = isRealChoice(particle);
  for (const item of particle.items) gather(item, isChoice ? 0 : least, most, into);
}

export function isRealChoice({ kind, items }: GroupShape): boolean {
  return kind === 'choice' && items.length > 1;
}

function times(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return a < 0 || b < 0 ? -1 : Math.min(MAX_COUNT, a * b);
}

function plus(a: number, b: number): number {
  return a < 0 || b < 0 ? -1 : a + b;
}
