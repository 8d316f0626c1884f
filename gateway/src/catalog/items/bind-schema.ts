/**
 * What a tool's input schema says of arguments that are decided here (JSON Schema 2020-12 and
 * draft-07). A schema is only changed where that cannot make it mean something else.
 */
import {
  isJsonArray,
  isJsonObject,
  ownMember,
  parseExact,
  type BindingNode,
  type BoundArgument,
  type Json,
  type JsonObject,
} from '../../kernel/index.ts';
import { plainObject, speaksOf } from './plain-schema.ts';

/** Keywords that show or count members which callers may not or need not send. */
const SAMPLES = ['default', 'example', 'examples', 'minProperties'];

/** Whether a schema speaks of an argument, for all that can be told. */
export function declares(schema: JsonObject, path: readonly string[]): boolean {
  let at: Json | undefined = schema;
  for (const key of path) {
    const plain = plainObject(at, schema);
    if (typeof plain === 'string') return true;
    const property = ownMember(propertiesOf(plain), key);
    if (property === undefined) return speaksOf(plain, key);
    at = property;
  }
  return true;
}

/**
 * @param schema the `inputSchema` of a tool
 * @returns the schema as callers are shown it, or why there is none that says the same
 */
export function boundSchema(schema: JsonObject, root: BindingNode): JsonObject | string {
  const made = boundObject(schema, root, schema);
  return typeof made === 'string' ? made : withoutUnused(made, schema);
}

function boundObject(
  schema: Json | undefined,
  { members }: BindingNode,
  document: JsonObject,
): JsonObject | string {
  const plain = plainObject(schema, document);
  if (typeof plain === 'string') return plain;
  const properties = new Map(Object.entries(propertiesOf(plain)));
  const optional = new Set<string>();
  for (const [key, node] of members) {
    const before = properties.get(key);
    if (node.bound?.isHidden === true) {
      if (speaksOf(plain, key)) return `a part of its schema other than "properties" speaks of it`;
      properties.delete(key);
    } else if (node.bound !== undefined) {
      const made = boundValue(before, node.bound);
      if (typeof made === 'string') return made;
      properties.set(key, made);
    } else {
      const made = boundObject(before ?? {}, node, document);
      if (typeof made === 'string') return made;
      properties.set(key, made);
    }
    if (mayBeLeftOut(node, properties.get(key))) optional.add(key);
  }
  if ('const' in plain || 'enum' in plain) return 'its values are listed as a whole';
  return {
    ...without(plain, ['properties', 'required', ...SAMPLES]),
    properties: Object.fromEntries(properties),
    ...requiredWithout(plain, optional),
  };
}

/** A value that is decided is shown; without one, as callers differ, the argument stays as it is. */
function boundValue(before: Json | undefined, { kind, shown }: BoundArgument): JsonObject | string {
  if (before === false) return 'its schema forbids it';
  const schema = isJsonObject(before) ? before : {};
  if (shown === undefined) return schema;
  const value = parseExact(shown);
  const rest = without(schema, ['const', 'default', 'example', 'examples']);
  return kind === 'fix' ? { ...rest, const: value, default: value } : { ...rest, default: value };
}

/** Whether a call without this member is complete: it is put in, or nobody may send it. */
function mayBeLeftOut({ bound, members }: BindingNode, schema: Json | undefined): boolean {
  if (bound !== undefined)
    return bound.isHidden || bound.kind === 'fix' || bound.shown !== undefined;
  const required = isJsonObject(schema) ? ownMember(schema, 'required') : undefined;
  const isOpen = !isJsonArray(required) || required.length === 0;
  return isOpen && [...members.values()].some((node) => creates(node));
}

/** Whether something is put in where the caller says nothing. */
function creates({ bound, members }: BindingNode): boolean {
  if (bound !== undefined) return bound.kind !== 'hide';
  return [...members.values()].some((node) => creates(node));
}

function requiredWithout(schema: JsonObject, optional: ReadonlySet<string>): JsonObject {
  const required = ownMember(schema, 'required');
  if (!isJsonArray(required)) return {};
  const left = required.filter((name) => typeof name !== 'string' || !optional.has(name));
  return left.length === 0 ? {} : { required: left };
}

function propertiesOf(schema: JsonObject): JsonObject {
  const properties = ownMember(schema, 'properties');
  return isJsonObject(properties) ? properties : {};
}

function without(schema: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

/** Definitions that were only referred to from what was replaced would still show what is hidden. */
function withoutUnused(made: JsonObject, before: JsonObject): JsonObject {
  let rest = made;
  for (const keyword of ['$defs', 'definitions']) {
    const definitions = ownMember(before, keyword);
    if (!isJsonObject(definitions)) continue;
    const kept = Object.fromEntries(
      Object.entries(definitions).filter(
        ([name]) => !refersTo(before, keyword, name) || refersTo(rest, keyword, name),
      ),
    );
    rest = without(rest, [keyword]);
    if (Object.keys(kept).length > 0) rest = { ...rest, [keyword]: kept };
  }
  return rest;
}

function refersTo(schema: JsonObject, keyword: string, name: string): boolean {
  const pointer = `#/${keyword}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = ownMember(schema, keyword);
  const others = isJsonObject(own) ? { ...schema, [keyword]: without(own, [name]) } : schema;
  return mentions(others, pointer);
}

function mentions(value: Json, pointer: string): boolean {
  if (isJsonArray(value)) return value.some((each) => mentions(each, pointer));
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(
    ([key, each]) =>
      (key === '$ref' &&
        typeof each === 'string' &&
        (each === pointer || each.startsWith(`${pointer}/`))) ||
      mentions(each, pointer),
  );
}
