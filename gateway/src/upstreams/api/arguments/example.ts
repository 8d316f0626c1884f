/** A value that a schema takes, as far as it shows one; whoever uses it checks it first. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { allowedValues, kindsOf, settle, toNumber } from './kinds.ts';

const MAX_DEPTH = 6;
/** Schemas that are looked at for one example: members may have members without end. */
const MAX_LOOKS = 500;

/** How many schemas may still be looked at; shared by all that one leads to. */
interface Looks {
  left: number;
}

const MAX_ITEMS = 8;
const MAX_CHARS = 200;

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'name@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  'uri-reference': '/path',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
  byte: 'dGV4dA==',
};

/** Examples first, then defaults, allowed values, and at last something of the right kind. */
export function exampleOf(
  schema: Json | undefined,
  root: JsonObject,
  depth = 0,
  looks: Looks = { left: MAX_LOOKS },
): Json {
  if (--looks.left < 0) return 'text';
  const given = isJsonObject(schema) ? givenExample(schema) : undefined;
  if (given !== undefined) return given;
  const settled = settle(schema, root);
  if (!isJsonObject(settled) || depth > MAX_DEPTH) return 'text';
  const named = givenExample(settled) ?? allowedValues(settled)?.[0];
  if (named !== undefined) return named;
  const branches = ownMember(settled, 'anyOf') ?? ownMember(settled, 'oneOf');
  if (isJsonArray(branches)) return exampleOf(branches[0], root, depth + 1, looks);
  const parts = ownMember(settled, 'allOf');
  if (isJsonArray(parts)) return exampleOfAll(settled, parts, root, depth, looks);
  return byKind(settled, root, depth, looks);
}

/** Members that are required, each with an example, and further ones where it must have more. */
export function exampleObject(
  schema: JsonObject,
  root: JsonObject,
  depth = 0,
  looks: Looks = { left: MAX_LOOKS },
): { readonly [key: string]: Json } {
  const required = ownMember(schema, 'required');
  const properties = ownMember(schema, 'properties');
  const needed = isJsonArray(required) ? required.filter((name) => typeof name === 'string') : [];
  const least = bound(schema, 'minProperties') ?? 0;
  const others = isJsonObject(properties) ? Object.keys(properties) : [];
  const more = others.filter((name) => !needed.includes(name)).slice(0, least - needed.length);
  const names = least > needed.length ? [...needed, ...more] : needed;
  return Object.fromEntries(
    names.map((name) => {
      const property = isJsonObject(properties) ? ownMember(properties, name) : undefined;
      return [name, exampleOf(property, root, depth + 1, looks)];
    }),
  );
}

function givenExample(schema: JsonObject): Json | undefined {
  const examples = ownMember(schema, 'examples');
  if (isJsonArray(examples) && examples[0] !== undefined) return examples[0];
  return ownMember(schema, 'example') ?? ownMember(schema, 'default') ?? undefined;
}

function exampleOfAll(
  schema: JsonObject,
  parts: readonly Json[],
  root: JsonObject,
  depth: number,
  looks: Looks,
): Json {
  const made = parts.map((part) => exampleOf(part, root, depth + 1, looks));
  if (!made.every(isJsonObject)) return made[0] ?? 'text';
  return Object.fromEntries(
    [exampleObject(schema, root, depth, looks), ...made].flatMap((each) => Object.entries(each)),
  );
}

function byKind(schema: JsonObject, root: JsonObject, depth: number, looks: Looks): Json {
  const kinds = kindsOf(schema, root);
  if (kinds?.size === 1 && kinds.has('null')) return null;
  const [kind = 'string'] = [...(kinds ?? [])].filter((each) => each !== 'null');
  switch (kind) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return number(schema, kind === 'integer');
    case 'boolean':
      return true;
    case 'array': {
      const count = Math.min(bound(schema, 'minItems') ?? 1, MAX_ITEMS);
      return Array.from({ length: count }, () =>
        exampleOf(ownMember(schema, 'items'), root, depth + 1, looks),
      );
    }
    case 'object':
      return exampleObject(schema, root, depth, looks);
  }
}

function text(schema: JsonObject): string {
  const format = ownMember(schema, 'format');
  const word = (typeof format === 'string' ? BY_FORMAT[format] : undefined) ?? 'text';
  const least = Math.min(bound(schema, 'minLength') ?? 0, MAX_CHARS);
  const most = bound(schema, 'maxLength') ?? MAX_CHARS;
  return word.padEnd(least, 'x').slice(0, Math.max(most, 0));
}

function number(schema: JsonObject, isWhole: boolean): number {
  const above = bound(schema, 'exclusiveMinimum');
  const under = bound(schema, 'exclusiveMaximum');
  const gap = isWhole ? 1 : 0.5;
  const least = bound(schema, 'minimum') ?? (above === undefined ? undefined : above + gap);
  const most = bound(schema, 'maximum') ?? (under === undefined ? undefined : under - gap);
  const step = bound(schema, 'multipleOf');
  let value = Math.max(least ?? 1, Math.min(1, most ?? 1));
  if (isWhole) value = Math.ceil(value);
  if (step !== undefined && step > 0) value = Math.max(1, Math.ceil(value / step)) * step;
  return value;
}

function bound(schema: JsonObject, key: string): number | undefined {
  const value = ownMember(schema, key);
  return typeof value === 'number' || value instanceof ExactNumber ? toNumber(value) : undefined;
}
