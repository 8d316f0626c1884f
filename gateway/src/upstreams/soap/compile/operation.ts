/** One operation of a WSDL as a plan: arguments, request, answer. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { ArgumentPlan, Operation, OperationPlan } from '../../api/model.ts';
import { defaultProfile, relaxOutput, trimToBudget } from '../../api/schema/index.ts';
import { allocateArgumentNames } from '../../api/arguments/allocate-names.ts';
import type { SoapDocument } from '../document.ts';
import { choiceRules } from '../shape/choices.ts';
import { hasTypeName, isOnlyText, ShapeSchemas } from '../shape/schema.ts';
import type { ComplexShape, ElementShape, Shapes } from '../shape/shape.ts';
import type { SoapOperation } from '../wsdl/model.ts';
import { ShapeBuilder } from '../xsd/builder.ts';
import { bodyElements, partElement } from './messages.ts';
import { asPlain, type MessageElement, type SoapRequest } from './request.ts';

/** What one tool may cost in a listing, tokens. */
const MAX_LISTED_TOKENS = 2000;
const MAX_DESCRIPTION = 1200;
/** Of one operation; details of others are read without their types. */
const MAX_FAULTS = 20;

interface Draft {
  readonly wanted: string;
  readonly suffix: string;
  readonly wire: string;
  readonly location: 'body_property' | 'header';
  readonly schema: JsonObject;
  readonly isRequired: boolean;
}

/** @returns words where the operation cannot be called by anybody */
export function compileOperation(
  document: SoapDocument,
  operation: Operation,
): OperationPlan | string {
  const made = draftOf(document, operation);
  if (typeof made === 'string') return made;
  const { input, request, output, description, planned } = made;
  const listed = defaultProfile(input);
  return {
    key: operation.key,
    description,
    input: listed,
    listed: trimToBudget(listed, MAX_LISTED_TOKENS),
    output: output === null ? null : relaxOutput(output),
    arguments: planned,
    pagination: null,
    request: asPlain(request),
  };
}

export interface OperationDraft {
  /** Schema of the arguments before it is fitted to any client. */
  readonly input: JsonObject;
  readonly output: JsonObject | null;
  readonly request: SoapRequest;
  readonly planned: readonly ArgumentPlan[];
  readonly description: string;
}

export function draftOf(document: SoapDocument, operation: Operation): OperationDraft | string {
  const soap = document.operations.get(operation.key);
  if (soap === undefined) return 'The document has no such operation.';
  const builder = new ShapeBuilder(document.schemas);
  const body = bodyElements(soap, soap.input, soap.name, builder);
  if (typeof body === 'string') return body;
  const answers =
    soap.output === undefined
      ? []
      : bodyElements(soap, soap.output, `${soap.name}Response`, builder);
  const headers = soap.input.headers.flatMap(({ part, isRequired }) => {
    const shape = partElement(part, builder);
    return shape === undefined ? [] : [{ shape, isRequired }];
  });
  const faults = soap.faults
    .slice(0, MAX_FAULTS)
    .flatMap((part) => partElement(part, builder) ?? []);
  const types = builder.shapes();
  const schemas = new ShapeSchemas(types);
  const { elements, drafts, rules } = spreadBody(body, types, schemas);
  const extra = headers.map(({ shape, isRequired }) => headerDraft(shape, isRequired, schemas));
  const all = [...drafts, ...extra];
  const names = allocateArgumentNames(all.map(({ wanted, suffix }) => ({ name: wanted, suffix })));
  const input = schemas.whole({ ...inputOf(all, names), ...renamedRules(rules, drafts, names) });
  const usable = typeof answers === 'string' ? [] : answers;
  return {
    input,
    output: outputOf(usable, types),
    planned: plannedOf(all, names),
    description: descriptionOf(soap),
    request: {
      form: 'soap-request-2',
      soap: soap.soap,
      action: soap.action,
      address: soap.address,
      isEncoded: soap.isEncoded,
      ...(soap.addressing === undefined ? {} : { addressing: soap.addressing }),
      body: named(elements, names),
      headers: headers.map(({ shape }, at) => ({
        shape,
        argument: names[drafts.length + at] ?? '',
        spread: [],
      })),
      answers: usable,
      faults,
      isWrapped: soap.style === 'rpc',
      types,
    },
  };
}

function plannedOf(drafts: readonly Draft[], names: readonly string[]): ArgumentPlan[] {
  return drafts.map(({ wire, location, isRequired }, at) => ({
    name: names[at] ?? '',
    wire,
    location,
    isRequired,
    role: 'value',
  }));
}

interface Spread {
  readonly elements: readonly {
    readonly shape: ElementShape;
    readonly properties: readonly string[] | null;
  }[];
  readonly drafts: readonly Draft[];
  /** What choices demand of the properties together. */
  readonly rules: readonly JsonObject[];
}

/** Where the body is one object, its properties are the arguments; else each element is one. */
function spreadBody(body: readonly ElementShape[], types: Shapes, schemas: ShapeSchemas): Spread {
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

function headerDraft(shape: ElementShape, isRequired: boolean, schemas: ShapeSchemas): Draft {
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
function named(elements: Spread['elements'], names: readonly string[]): readonly MessageElement[] {
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

function inputOf(drafts: readonly Draft[], names: readonly string[]): JsonObject {
  const required = names.filter((_, at) => drafts[at]?.isRequired === true);
  const properties = Object.fromEntries(names.map((name, at) => [name, drafts[at]?.schema ?? {}]));
  const root = { type: 'object', properties, additionalProperties: false };
  return required.length === 0 ? root : { ...root, required };
}

/** Rules over properties as rules over the arguments that they have become. */
function renamedRules(
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

function outputOf(answers: readonly ElementShape[], types: Shapes): JsonObject | null {
  const [only] = answers;
  if (only === undefined || answers.length !== 1) return null;
  const schemas = new ShapeSchemas(types);
  return schemas.whole(schemas.use(only.type));
}

function descriptionOf({ name, service, doc, isEncoded }: SoapOperation): string {
  const said =
    doc === '' ? `Calls the SOAP operation ${name}${service === '' ? '' : ` of ${service}`}.` : doc;
  const marks = isEncoded ? 'It is rpc/encoded, which is written as far as simple values go.' : '';
  return [said, marks]
    .filter((text) => text !== '')
    .join('\n')
    .slice(0, MAX_DESCRIPTION);
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
