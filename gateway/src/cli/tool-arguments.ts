/** The arguments of `drawbridge call`: a JSON text, or words that the tool's schema gives types. */
import { readFileSync } from 'node:fs';

export type ToolArguments =
  | { readonly ok: true; /** JSON text of an object. */ readonly text: string }
  | { readonly ok: false; readonly why: string; readonly hint: string };

/**
 * @param json the value of `--args`: a JSON object, `@file`, or `-` for standard input; passed on
 *   byte for byte
 * @param words `key=value`, typed by `schema`, or `key:=json`; dots reach into objects
 */
export function toolArguments(
  json: string | undefined,
  words: readonly string[],
  schema: unknown,
): ToolArguments {
  if (json !== undefined && words.length > 0) {
    return { ok: false, why: 'arguments came twice', hint: 'use --args or key=value, not both' };
  }
  return json === undefined ? fromWords(words, schema) : fromJson(json);
}

function fromJson(json: string): ToolArguments {
  const source = json === '-' ? '/dev/stdin' : json.startsWith('@') ? json.slice(1) : undefined;
  let text = json;
  try {
    if (source !== undefined) text = readFileSync(source, 'utf8');
    if (isRecord(JSON.parse(text))) return { ok: true, text: text.trim() };
    return { ok: false, why: '--args is no JSON object', hint: EXAMPLE };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable';
    return { ok: false, why: `--args cannot be read: ${why}`, hint: EXAMPLE };
  }
}

const EXAMPLE = `write for example: --args '{"path":"notes.md"}'`;

function fromWords(words: readonly string[], schema: unknown): ToolArguments {
  const root: Record<string, unknown> = {};
  for (const word of words) {
    const match = /^([^=:]+)(:?=)(.*)$/s.exec(word);
    const [, key = '', operator, raw = ''] = match ?? [];
    if (match === null) {
      return {
        ok: false,
        why: `"${word}" is no argument`,
        hint: 'write key=value, or key:=<JSON>',
      };
    }
    const path = key.split('.');
    const value = operator === ':=' ? parseJson(raw) : typed(raw, schemaAt(schema, path));
    if (value instanceof Error) {
      return {
        ok: false,
        why: `the value of "${key}" does not fit: ${value.message}`,
        hint: `${key}:=<JSON> takes any JSON value`,
      };
    }
    put(root, path, value);
  }
  return { ok: true, text: JSON.stringify(root) };
}

/** The value as the schema's type wants it; text where the schema says nothing. */
function typed(raw: string, schema: unknown): unknown {
  const types = typesOf(schema);
  if (types.length === 0 || types.includes('string')) return raw;
  if (types.includes('null') && raw === '') return null;
  const value = parseJson(raw);
  if (value instanceof Error) {
    return types.includes('array') ? raw.split(',') : new Error(`${types.join(' or ')} is wanted`);
  }
  return types.includes('array') && !Array.isArray(value) ? [value] : value;
}

function typesOf(schema: unknown): string[] {
  if (!isRecord(schema)) return [];
  const { type, anyOf, oneOf } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((each) => typeof each === 'string');
  const types: string[] = [];
  for (const list of [anyOf, oneOf]) {
    if (!Array.isArray(list)) continue;
    for (const each of list) types.push(...typesOf(each));
  }
  return types;
}

function schemaAt(schema: unknown, path: readonly string[]): unknown {
  let at = schema;
  for (const step of path) {
    const properties = isRecord(at) ? at['properties'] : undefined;
    at = isRecord(properties) && Object.hasOwn(properties, step) ? properties[step] : undefined;
  }
  return at;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error : new Error('invalid JSON');
  }
}

function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = root;
  for (const step of path.slice(0, -1)) {
    const next = Object.hasOwn(at, step) ? at[step] : undefined;
    const inner: Record<string, unknown> = isRecord(next) ? next : {};
    define(at, step, inner);
    at = inner;
  }
  define(at, path.at(-1) ?? '', value);
}

/** Own property whatever its name, `__proto__` included. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
