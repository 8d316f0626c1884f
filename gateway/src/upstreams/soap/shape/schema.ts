/** JSON Schema of shapes. */
import { isJsonArray, type Json, type JsonObject } from '../../../kernel/index.ts';
import { choiceRules } from './choices.ts';
import { fieldsOf, type Field } from './fields.ts';
import { simpleSchema, valueOf } from './simple-schema.ts';
import {
  TEXT,
  TYPE,
  type ComplexShape,
  type ElementShape,
  type Shapes,
  type TypeUse,
} from './shape.ts';

const MAX_ITEMS_SAID = 1_000_000;

/** Schemas of one message's types; each complex type is a definition. */
export class ShapeSchemas {
  private readonly shapes: Shapes;
  private readonly seen = new Set<string>();
  private readonly open: [string, ComplexShape][] = [];

  constructor(shapes: Shapes) {
    this.shapes = shapes;
  }

  /** A schema with the definitions of all that it refers to. */
  whole(root: JsonObject): JsonObject {
    const defs: [string, JsonObject][] = [];
    for (let next = this.open.shift(); next !== undefined; next = this.open.shift()) {
      const [id, shape] = next;
      defs.push([id, this.complex(shape, id)]);
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
    const ids = [type.id, ...shape.derived].filter((id) => this.shapes[id]?.isAbstract !== true);
    const refs = ids.map((id) => this.reference(id));
    const [only] = refs;
    return refs.length === 1 && only !== undefined ? only : { anyOf: refs };
  }

  /** Of all values that an element has at one place. */
  element({ shape, isArray, min, max }: Field): JsonObject {
    if (shape.kind === 'any') return anySchema(isArray);
    const one = this.single(shape);
    const { doc } = shape;
    const described = doc === '' ? {} : { description: doc };
    if (!isArray) return { ...one, ...described };
    return {
      type: 'array',
      items: one,
      ...described,
      ...(min > 1 ? { minItems: min } : {}),
      ...(max > 0 && max < MAX_ITEMS_SAID ? { maxItems: max } : {}),
    };
  }

  /** Its object, as it stands in a definition. */
  complex(shape: ComplexShape, id: string): JsonObject {
    const properties: [string, JsonObject][] = [];
    const required: string[] = [];
    const add = (name: string, schema: JsonObject, isRequired: boolean): void => {
      properties.push([name, schema]);
      if (isRequired) required.push(name);
    };
    if (hasTypeName(shape)) add(TYPE, { const: id }, shape.saysType);
    for (const { name, type, isRequired, fixed, doc } of shape.attributes) {
      const schema = fixed === undefined ? simpleSchema(type) : { const: valueOf(type, fixed) };
      add(
        name,
        doc === '' ? schema : { ...schema, description: doc },
        isRequired && fixed === undefined,
      );
    }
    if (shape.text !== null) add(TEXT, simpleSchema(shape.text), !allowsEmpty(shape));
    else if (shape.isMixed) add(TEXT, { type: 'string' }, false);
    for (const [name, field] of fieldsOf(shape)) {
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

  private reference(id: string): JsonObject {
    const shape = this.shapes[id];
    if (shape !== undefined && !this.seen.has(id)) {
      this.seen.add(id);
      this.open.push([id, shape]);
    }
    return { $ref: `#/$defs/${id}` };
  }

  private single(shape: ElementShape): JsonObject {
    const { type, fixed, isNillable } = shape;
    const schema: JsonObject =
      fixed !== undefined && type.kind === 'simple'
        ? { const: valueOf(type, fixed) }
        : this.use(type);
    return isNillable ? nullable(schema) : schema;
  }
}

/** Whether its values are plain texts: simple content without attributes. */
export function isOnlyText(
  shape: ComplexShape,
): shape is ComplexShape & { readonly text: NonNullable<ComplexShape['text']> } {
  return (
    shape.text !== null &&
    shape.attributes.length === 0 &&
    shape.derived.length === 0 &&
    !shape.saysType
  );
}

export function hasTypeName(shape: ComplexShape): boolean {
  return !shape.isAnonymous && (shape.derived.length > 0 || shape.saysType);
}

function allowsEmpty({ text }: ComplexShape): boolean {
  return text?.json === 'string' && text.enum === undefined;
}

function anySchema(isArray: boolean): JsonObject {
  const one = { type: 'string', description: 'XML of one element, with its namespace.' };
  return isArray ? { type: 'array', items: one } : one;
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
