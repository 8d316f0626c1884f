/** What a message needs as the arguments of a tool. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { ArgumentPlan } from '../../api/model.ts';
import { choiceRules } from '../shape/choices.ts';
import { hasTypeName, isOnlyText, type ShapeSchemas } from '../shape/schema.ts';
import type { ComplexShape, ElementShape, Shapes } from '../shape/shape.ts';
import type { Attachment } from '../wsdl/model.ts';
import type { MessageElement } from './request.ts';

/** One argument, before it has its name. */
export interface Draft {
  readonly wanted: string;
  readonly suffix: string;
  readonly wire: string;
  readonly location: 'body_property' | 'header';
  readonly schema: JsonObject;
  readonly isRequired: boolean;
}

/** @param names of the arguments, in the order of `drafts` */
export function plannedOf(drafts: readonly Draft[], names: readonly string[]): ArgumentPlan[] {
  return drafts.map(({ wire, location, isRequired }, at) => ({
    name: names[at] ?? '',
    wire,
    location,
    isRequired,
    role: 'value',
  }));
}

/** A body as arguments. */
export interface Spread {
  readonly elements: readonly {
    readonly shape: ElementShape;
    readonly properties: readonly string[] | null;
  }[];
  readonly drafts: readonly Draft[];
  /** What choices demand of the properties together. */
  readonly rules: readonly JsonObject[];
}

/** Where the body is one object, its properties are the arguments; else each element is one. */
export function spreadBody(
  body: readonly ElementShape[],
  types: Shapes,
  schemas: ShapeSchemas,
): Spread {
  const [only] = body;
  const shape = only?.type.kind === 'ref' ? types[only.type.id] : undefined;
  if (body.length === 1 && only !== undefined && shape !== undefined && canSpread(shape)) {
    const id = only.type.kind === 'ref' ? only.type.id : '';
    const object = schemas.complex(shape, id);
    const required = new Set(listIn(object['required']));
    const properties = Object.entries(membersOf(object));
    return {
      elements: [{ shape: only, properties: properties.map(([name]) => name) }],
      drafts: properties.map(([name, schema]) => ({
        wanted: name.replace(/^[@#]/, ''),
        suffix: name.startsWith('@') ? 'attribute' : 'body',
        wire: name,
        location: 'body_property',
        schema: objectIn(schema),
        isRequired: required.has(name),
      })),
      rules: choiceRules(shape.content),
    };
  }
  return {
    elements: body.map((one) => ({ shape: one, properties: null })),
    drafts: body.map((one) => ({
      wanted: one.name,
      suffix: 'body',
      wire: one.name,
      location: 'body_property',
      schema: described(schemas, one),
      isRequired: true,
    })),
    rules: [],
  };
}

function canSpread(shape: ComplexShape): boolean {
  return !isOnlyText(shape) && !hasTypeName(shape) && !shape.isAbstract;
}

/** An attachment is an argument of its own. */
export function attachmentDraft({ name, type }: Attachment): Draft {
  return {
    wanted: name,
    suffix: 'attachment',
    wire: name,
    location: 'body_property',
    schema: {
      type: 'string',
      contentEncoding: 'base64',
      contentMediaType: type,
      description: `An attachment of type ${type}, as base64.`,
    },
    isRequired: true,
  };
}

/** A header is an argument as a whole. */
export function headerDraft(
  shape: ElementShape,
  isRequired: boolean,
  schemas: ShapeSchemas,
): Draft {
  const schema = described(schemas, shape);
  return {
    wanted: shape.name,
    suffix: 'header',
    wire: shape.name,
    location: 'header',
    schema:
      schema['description'] === undefined
        ? { ...schema, description: 'Header of the message.' }
        : schema,
    isRequired,
  };
}

function described(schemas: ShapeSchemas, shape: ElementShape): JsonObject {
  return schemas.element({ shape, isArray: false, min: 1, max: 1 });
}

/** Names of arguments put to the elements that they fill, in the same order. */
export function named(
  elements: Spread['elements'],
  names: readonly string[],
): readonly MessageElement[] {
  let next = 0;
  return elements.map(({ shape, properties }) =>
    properties === null
      ? { shape, argument: names[next++] ?? '', spread: [] }
      : {
          shape,
          argument: '',
          spread: properties.map((one) => [names[next++] ?? '', one] as const),
        },
  );
}

/** The schema of all arguments. */
export function inputOf(drafts: readonly Draft[], names: readonly string[]): JsonObject {
  const required = names.filter((_, at) => drafts[at]?.isRequired === true);
  const properties = Object.fromEntries(names.map((name, at) => [name, drafts[at]?.schema ?? {}]));
  const root = { type: 'object', properties, additionalProperties: false };
  return required.length === 0 ? root : { ...root, required };
}

/** Rules over properties as rules over the arguments that they have become. */
export function renamedRules(
  rules: readonly JsonObject[],
  drafts: readonly Draft[],
  names: readonly string[],
): JsonObject {
  const byWire = new Map(drafts.map(({ wire }, at) => [wire, names[at] ?? '']));
  const renamed = rules.map((rule) =>
    Object.fromEntries(
      Object.entries(rule).map(([key, branches]) => [
        key,
        listIn(branches).map((branch) => ({
          required: listIn(objectIn(branch)['required']).map(
            (one) => byWire.get(String(one)) ?? '',
          ),
        })),
      ]),
    ),
  );
  const [only] = renamed;
  if (only === undefined) return {};
  return renamed.length === 1 ? only : { allOf: renamed };
}

function membersOf(schema: JsonObject): JsonObject {
  return objectIn(schema['properties']);
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
