/** What the object of a complex type holds, by the names of its properties. */
import { ANY, TEXT, TYPE } from './shape.ts';
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
  return content === null ? new Map() : fieldsIn(content);
}

type Fields = Map<string, Field>;

function fieldsIn(particle: ParticleShape): Fields {
  const { min, max } = particle;
  if (particle.kind === 'element' || particle.kind === 'any') {
    const name = particle.kind === 'any' ? ANY : particle.name;
    return new Map([[name, fieldOf(particle, min, max)]]);
  }
  const items = particle.items.map(fieldsIn);
  const fields = isRealChoice(particle) ? eitherOf(items) : allOf(items);
  for (const [name, one] of fields) {
    fields.set(name, fieldOf(one.shape, one.min * min, times(one.max, max)));
  }
  return fields;
}

function fieldOf(shape: Field['shape'], min: number, max: number): Field {
  return { shape, isArray: max < 0 || max > 1, min: Math.min(MAX_COUNT, min), max };
}

function allOf(items: readonly Fields[]): Fields {
  const fields: Fields = new Map();
  for (const [name, one] of items.flatMap((item) => [...item])) {
    const known = fields.get(name);
    if (known === undefined) fields.set(name, one);
    else fields.set(name, fieldOf(known.shape, known.min + one.min, plus(known.max, one.max)));
  }
  return fields;
}

/** Of a choice one way is taken: what all of them need is needed, and none gives more than the others. */
function eitherOf(ways: readonly Fields[]): Fields {
  const fields: Fields = new Map();
  for (const [name, one] of ways.flatMap((way) => [...way])) {
    if (fields.has(name)) continue;
    const counts = ways.map((way) => way.get(name) ?? { min: 0, max: 0 });
    const isOpen = counts.some(({ max }) => max < 0);
    const most = isOpen ? -1 : Math.max(...counts.map(({ max }) => max));
    fields.set(name, fieldOf(one.shape, Math.min(...counts.map(({ min }) => min)), most));
  }
  return fields;
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
