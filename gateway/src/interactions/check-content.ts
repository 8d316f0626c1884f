/**
 * Whether the content of an answered form is what the form asked for (elicitation, 2025-06-18 on:
 * flat objects of primitives). Formats and patterns are the server's own business.
 */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  ownMember,
  type Json,
  type JsonObject,
} from '../kernel/index.ts';

const MAX_FIELDS = 256;
const MAX_CHOICES = 1024;

/**
 * @param schema the form's `requestedSchema`; what is none asks for nothing in particular
 * @returns what is wrong, in words for whoever wrote the answer; undefined where nothing is
 */
export function checkContent(
  content: Json | undefined,
  schema: Json | undefined,
): string | undefined {
  const form = isJsonObject(schema) ? schema : {};
  if (content !== undefined && !isJsonObject(content)) return '"content" must be an object.';
  const given = content ?? {};
  const keys = Object.keys(given);
  if (keys.length > MAX_FIELDS) return `"content" has more than ${MAX_FIELDS} members.`;
  const required = ownMember(form, 'required');
  const missing = (isJsonArray(required) ? required : []).find(
    (key) => typeof key === 'string' && !Object.hasOwn(given, key),
  );
  if (missing !== undefined) return `"content" has no ${shown(missing)}, which is required.`;
  const properties = ownMember(form, 'properties');
  for (const key of keys) {
    const field = isJsonObject(properties) ? ownMember(properties, key) : undefined;
    const wrong = checkField(ownMember(given, key) ?? null, isJsonObject(field) ? field : {});
    if (wrong !== undefined) return `The member ${shown(key)} of "content" ${wrong}`;
  }
  return undefined;
}

function checkField(value: Json, field: JsonObject): string | undefined {
  if (isJsonArray(value)) return checkChoices(value, field);
  if (isJsonObject(value) || value === null) {
    return 'must be a string, a number, a boolean or an array of strings.';
  }
  return (
    checkType(value, ownMember(field, 'type')) ?? checkBounds(value, field) ?? isAmong(value, field)
  );
}

function checkChoices(value: readonly Json[], field: JsonObject): string | undefined {
  const type = ownMember(field, 'type');
  if (type !== undefined && type !== 'array') return `must be a ${shown(type)}, not an array.`;
  if (value.length > MAX_CHOICES) return `has more than ${MAX_CHOICES} elements.`;
  if (value.some((each) => typeof each !== 'string')) return 'must be an array of strings.';
  const [least, most] = [numberOf(field, 'minItems'), numberOf(field, 'maxItems')];
  if (least !== undefined && value.length < least) return `needs at least ${least} elements.`;
  if (most !== undefined && value.length > most) return `may have ${most} elements at most.`;
  const items = ownMember(field, 'items');
  const allowed = isJsonObject(items) ? allowedOf(items) : undefined;
  const stray = allowed === undefined ? undefined : value.find((each) => !allowed.has(each));
  return stray === undefined ? undefined : `holds ${shown(stray)}, which is not among the choices.`;
}

type Primitive = string | number | boolean | ExactNumber;

function checkType(value: Primitive, type: Json | undefined): string | undefined {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type ? undefined : `must be a ${type}.`;
    case 'number':
      return isNumber(value) ? undefined : 'must be a number.';
    case 'integer':
      return isNumber(value) && Number.isInteger(toNumber(value))
        ? undefined
        : 'must be an integer.';
    case 'array':
      return 'must be an array of strings.';
    default:
      return undefined;
  }
}

function checkBounds(value: Primitive, field: JsonObject): string | undefined {
  if (typeof value === 'string') {
    const [least, most] = [numberOf(field, 'minLength'), numberOf(field, 'maxLength')];
    if (least === undefined && most === undefined) return undefined;
    const length = codePoints(value);
    if (least !== undefined && length < least) return `needs at least ${least} characters.`;
    return most !== undefined && length > most ? `may have ${most} characters at most.` : undefined;
  }
  if (!isNumber(value)) return undefined;
  const [least, most] = [numberOf(field, 'minimum'), numberOf(field, 'maximum')];
  if (least !== undefined && toNumber(value) < least) return `must be at least ${least}.`;
  return most !== undefined && toNumber(value) > most ? `must be at most ${most}.` : undefined;
}

function isAmong(value: Primitive, field: JsonObject): string | undefined {
  const allowed = allowedOf(field);
  if (allowed === undefined || allowed.has(isNumber(value) ? toNumber(value) : value)) {
    return undefined;
  }
  return 'is not among the choices.';
}

/** The values of `enum`, or those of `oneOf` and `anyOf` where every branch is a constant. */
function allowedOf(field: JsonObject): ReadonlySet<Json> | undefined {
  const listed = ownMember(field, 'enum');
  if (isJsonArray(listed)) return new Set(listed.map(plain));
  const branches = ownMember(field, 'oneOf') ?? ownMember(field, 'anyOf');
  if (!isJsonArray(branches) || branches.length === 0) return undefined;
  const constants: Json[] = [];
  for (const branch of branches) {
    const constant = isJsonObject(branch) ? ownMember(branch, 'const') : undefined;
    if (constant === undefined) return undefined;
    constants.push(plain(constant));
  }
  return new Set(constants);
}

function plain(value: Json): Json {
  return value instanceof ExactNumber ? toNumber(value) : value;
}

function isNumber(value: Json): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

function toNumber(value: number | ExactNumber): number {
  return typeof value === 'number' ? value : Number(value.text);
}

function numberOf(field: JsonObject, key: string): number | undefined {
  const value = ownMember(field, key);
  return value !== undefined && isNumber(value) ? toNumber(value) : undefined;
}

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isPair = code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) at++;
    count++;
  }
  return count;
}

function shown(value: Json): string {
  return JSON.stringify(value).slice(0, 64);
}
