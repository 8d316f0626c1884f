/** JSON Schema of shapes. */
import { isJsonArray, type Json, type JsonObject } from '../../../kernel/index.ts';
import { choiceRules } from './choices.ts';
import { fieldsOf, type Field } from './fields.ts';
import { simpleSchema, valueOf } from './simple-schema.ts';
import {
  TEXT,
  TYPE,
  type AnyShape,
  type AttributeShape,
  type ComplexShape,
  type ElementShape,
  type Shapes,
  type TypeUse,
} from './shape.ts';

const MAX_ITEMS_SAID = 1_000_000;

/** A type as it stands for itself, or as one of several that may stand for another. */
interface Definition {
  readonly name: string;
  readonly id: string;
  readonly shape: ComplexShape;
  /** Whether a value has to say that it is of this type. */
  readonly saysType: boolean;
}

/** Schemas of one message's types; each complex type is a definition. */
export class ShapeSchemas {
  private readonly shapes: Shapes;
  /** Names of definitions by what they define. */
  private readonly names = new Map<string, string>();
  private readonly taken = new Set<string>();
  private readonly open: Definition[] = [];

  constructor(shapes: Shapes) {
    this.shapes = shapes;
  }

  /** A schema with the definitions of all that it refers to. */
  whole(root: JsonObject): JsonObject {
    const defs: [string, JsonObject][] = [];
    for (let next = this.open.shift(); next !== undefined; next = this.open.shift()) {
      defs.push([next.name, this.complex(next.shape, next.id, next.saysType)]);
    }
    return defs.length === 0 ? root : { ...root, $defs: Object.fromEntries(defs) };
  }

  /** Of a value of a type. */
  use(type: TypeUse): JsonObject {
    if (type.kind === 'simple') return simpleSchema(type);
    if (type.kind === 'raw')
      return { type: 'string', description: 'Text, or XML that begins with "<".' };
    const shape = this.shapes[type.id];
    if (shape === undefined) return {};
    if (isOnlyText(shape)) return simpleSchema(shape.text);
    const refs = this.concrete(type.id, shape).map((id) => this.reference(id, id !== type.id));
    const [only] = refs;
    if (only === undefined) return { not: {}, description: 'No type that can be given is known.' };
    return refs.length === 1 ? only : { anyOf: refs };
  }

  /** Types that a value can have: its own and those that are derived from it. */
  private concrete(id: string, { derived }: ComplexShape): readonly string[] {
    return [id, ...derived].filter((one) => this.shapes[one]?.isAbstract === false);
  }

  /** Whether nobody can give a value, since all its types are abstract. */
  private isImpossible({ shape }: Field): boolean {
    if (shape.kind === 'any' || shape.type.kind !== 'ref') return false;
    const type = this.shapes[shape.type.id];
    return type !== undefined && this.concrete(shape.type.id, type).length === 0;
  }

  /** Of all values that an element has at one place. */
  element(field: Field): JsonObject {
    const { shape, isArray, min, max } = field;
    if (shape.kind === 'any') return anySchema(shape, field);
    const one = this.single(shape);
    const { doc } = shape;
    const described = doc === '' ? {} : { description: doc };
    if (!isArray) return { ...one, ...described };
    return {
      type: 'array',
      items: one,
      ...described,
      ...counts(min, max),
    };
  }

  /**
   * Its object, as it stands in a definition.
   * @param saysType whether a value has to say that it is of this type
   */
  complex(shape: ComplexShape, id: string, saysType = false): JsonObject {
    const properties: [string, JsonObject][] = [];
    const required: string[] = [];
    const add = (name: string, schema: JsonObject, isRequired: boolean): void => {
      properties.push([name, schema]);
      if (isRequired) required.push(name);
    };
    if (saysType || hasTypeName(shape)) add(TYPE, { const: id }, saysType);
    for (const one of shape.attributes) {
      add(one.name, attributeSchema(one), one.isRequired && one.fixed === undefined);
    }
    if (shape.text !== null) add(TEXT, simpleSchema(shape.text), !allowsEmpty(shape));
    else if (shape.isMixed) add(TEXT, { type: 'string' }, false);
    for (const [name, field] of fieldsOf(shape)) {
      if (field.min === 0 && this.isImpossible(field)) continue;
      const isFixed = field.shape.kind === 'element' && field.shape.fixed !== undefined;
      add(name, this.element(field), field.min > 0 && !isFixed);
    }
    const rules = choiceRules(shape.content);
    const [rule] = rules;
    return {
      type: 'object',
      ...(shape.doc === '' ? {} : { description: shape.doc }),
      properties: Object.fromEntries(properties),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
      ...(rules.length === 1 && rule !== undefined ? rule : {}),
      ...(rules.length > 1 ? { allOf: [...rules] } : {}),
    };
  }

  private reference(id: string, saysType: boolean): JsonObject {
    const shape = this.shapes[id];
    const wanted = saysType ? `${id}-typed` : id;
    const known = this.names.get(`${id} ${saysType}`);
    if (known !== undefined) return { $ref: `#/$defs/${known}` };
    let name = wanted;
    for (let turn = 2; this.taken.has(name); turn++) name = `${wanted}-${turn}`;
    this.taken.add(name);
    this.names.set(`${id} ${saysType}`, name);
    if (shape !== undefined) this.open.push({ name, id, shape, saysType });
    return { $ref: `#/$defs/${name}` };
  }

  private single(shape: ElementShape): JsonObject {
    const { type, fixed, isNillable } = shape;
    const schema: JsonObject =
      fixed !== undefined && type.kind === 'simple'
        ? { const: valueOf(type, fixed) }
        : this.use(type);
    const otherwise = type.kind === 'simple' ? shape.default : undefined;
    const one =
      otherwise === undefined || type.kind !== 'simple'
        ? schema
        : { ...schema, default: valueOf(type, otherwise) };
    return isNillable ? nullable(one) : one;
  }
}

function attributeSchema({ type, fixed, default: otherwise, doc }: AttributeShape): JsonObject {
  const schema = fixed === undefined ? simpleSchema(type) : { const: valueOf(type, fixed) };
  return {
    ...schema,
    ...(doc === '' ? {} : { description: doc }),
    ...(otherwise === undefined || fixed !== undefined
      ? {}
      : { default: valueOf(type, otherwise) }),
  };
}

/** Whether its values are plain texts: simple content without attributes. */
export function isOnlyText(
  shape: ComplexShape,
): shape is ComplexShape & { readonly text: NonNullable<ComplexShape['text']> } {
  return shape.text !== null && shape.attributes.length === 0 && shape.derived.length === 0;
}

export function hasTypeName(shape: ComplexShape): boolean {
  return !shape.isAnonymous && shape.derived.length > 0;
}

const EMPTY = new Set([
  'string',
  'normalizedString',
  'token',
  'anyURI',
  'base64Binary',
  'hexBinary',
]);

/** Whether no text at all is a value of its simple content. */
function allowsEmpty({ text }: ComplexShape): boolean {
  if (text === null || text.json !== 'string' || !EMPTY.has(text.xsd)) return false;
  const { enum: values, patterns = [], length, minLength } = text;
  return values === undefined && patterns.length === 0 && (length ?? minLength ?? 0) === 0;
}

function anySchema({ allows, example }: AnyShape, { isArray, min, max }: Field): JsonObject {
  const where = allows === undefined ? '' : ` Of ${allows}.`;
  const one = {
    type: 'string',
    description: `XML of one element, with its namespace.${where}`,
    ...(example === '' ? {} : { examples: [example ?? '<example xmlns="urn:example"/>'] }),
  };
  return isArray ? { type: 'array', items: one, ...counts(min, max) } : one;
}

function counts(min: number, max: number): JsonObject {
  return {
    ...(min > 1 ? { minItems: min } : {}),
    ...(max > 0 && max < MAX_ITEMS_SAID ? { maxItems: max } : {}),
  };
}

function nullable(schema: JsonObject): JsonObject {
  const type = schema['type'];
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  const withNull: Json = isJsonArray(values) ? [...values, null] : [];
  return {
    ...schema,
    type: [type, 'null'],
    ...(isJsonArray(values) ? { enum: withNull } : {}),
  };
}
