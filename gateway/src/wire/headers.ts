/** Reading single header values, and comparing them with what the body says. */
import { isUtf8 } from 'node:buffer';
import type { Exchange, Head, HeaderBinding, Item, JsonView } from '../kernel/index.ts';
import { Refusal } from '../kernel/index.ts';

/** A header's only value; '' where it is absent, the values joined where it came twice. */
export function header(head: Head, name: string): string {
  const value = head.headers[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(', ');
}

/** The media type a header names, in lower case and without parameters; '' where there is none. */
export function mediaType(contentType: string): string {
  const [type = ''] = contentType.split(';', 1);
  return type.trim().toLowerCase();
}

const SENTINEL_START = '=?base64?';
const SENTINEL_END = '?=';

/** Visible ASCII, space and tab; everything else has to travel encoded. */
const SAFE = /^[\t\x20-\x7e]*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Decodes a mirrored header value (2026-07-28, Streamable HTTP, value encoding: values that are
 * unsafe in a header travel as `=?base64?…?=`).
 * @returns the text, or undefined where the value has characters that must be encoded or is no
 *   valid encoding of UTF-8
 */
export function decodeMirrored(value: string): string | undefined {
  if (!SAFE.test(value)) return undefined;
  const start = SENTINEL_START.length;
  const end = value.length - SENTINEL_END.length;
  if (end < start || !value.startsWith(SENTINEL_START) || !value.endsWith(SENTINEL_END)) {
    return value;
  }
  const text = value.slice(start, end);
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/**
 * Whether the `Mcp-Param-*` headers say what the arguments say, for a tool that asks for them. Who
 * has not been shown the definition in a list need not send them; what is sent must agree.
 * @returns a `header_mismatch` refusal that names the first header in question
 */
export function checkParamHeaders(x: Exchange, item: Item): Refusal | undefined {
  const { call } = x;
  // A wrapped call comes without them: they repeat the arguments of the call as it was sent.
  if (call === undefined || x.dialect !== 'modern' || x.via !== '') return undefined;
  if (item.headerBindings.length === 0) return undefined;
  const args = call.view.value(call.arguments);
  for (const binding of item.headerBindings) {
    // Nobody was shown it; that it may not be sent is said after this.
    if (isHidden(x, binding.path)) continue;
    const name = `Mcp-Param-${binding.header}`;
    const sent = x.head.headers[name.toLowerCase()];
    const value = valueAt(args, binding.path);
    const isAbsent = value === undefined || value === null;
    if (isAbsent && sent === undefined) continue;
    if (isAbsent) return mismatch(`${name} was sent, but the arguments have no such value.`);
    if (sent === undefined && item.isAbridged === true) continue;
    if (sent === undefined) {
      return mismatch(
        `${name} is missing; it must repeat the argument "${binding.path.join('.')}".`,
      );
    }
    if (!agrees(typeof sent === 'string' ? sent : '', value, binding.type)) {
      return mismatch(`${name} does not repeat the argument "${binding.path.join('.')}".`);
    }
  }
  return undefined;
}

function isHidden({ bindings }: Exchange, path: readonly string[]): boolean {
  if (bindings === undefined) return false;
  return bindings.all.some(
    (bound) => bound.isHidden && bound.path.every((key, at) => key === path[at]),
  );
}

function mismatch(text: string): Refusal {
  return new Refusal('header_mismatch', { text });
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** An integer as header values write it; `42.0` is one too. */
const INTEGER = /^-?\d{1,16}(?:\.0+)?$/;

function agrees(sent: string, value: unknown, type: HeaderBinding['type']): boolean {
  const text = decodeMirrored(sent);
  if (text === undefined) return false;
  if (typeof value === 'string') return text === value;
  if (typeof value === 'boolean') return text === String(value);
  if (typeof value !== 'number') return false;
  if (type !== 'integer') return text === String(value);
  return Number.isSafeInteger(value) && INTEGER.test(text) && Number(text) === value;
}

/** The member of `params` that `Mcp-Name` mirrors, decoded; undefined where it is no string. */
export function namedValue(view: JsonView, params: number, key: string): string | undefined {
  return view.string(view.member(params, key));
}
