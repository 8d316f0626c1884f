/** Reading single header values, and comparing them with what the body says. */
import type { Exchange, Head, Item, JsonView } from '../kernel/index.ts';
import { Refusal } from '../kernel/index.ts';

/** A header's only value; '' where it is absent, the values joined where it came twice. */
export function header(head: Head, name: string): string {
  const value = head.headers[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(', ');
}

const SENTINEL_START = '=?base64?';
const SENTINEL_END = '?=';

/**
 * Decodes a mirrored header value (2026-07-28, transports: values that are unsafe in a header travel
 * as `=?base64?…?=`).
 * @returns the text, or undefined where the value is no valid encoding
 */
export function decodeMirrored(value: string): string | undefined {
  if (!value.startsWith(SENTINEL_START) || !value.endsWith(SENTINEL_END)) return value;
  const text = value.slice(SENTINEL_START.length, -SENTINEL_END.length);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Buffer.from(text, 'base64').toString('utf8');
}

/**
 * Whether the `Mcp-Param-*` headers say what the arguments say, for a tool that asks for them.
 * @returns a `header_mismatch` refusal that names the first header in question
 */
export function checkParamHeaders(x: Exchange, item: Item): Refusal | undefined {
  const { call } = x;
  if (call === undefined || x.dialect !== 'modern') return undefined;
  const args = call.view.value(call.arguments);
  for (const binding of item.headerBindings) {
    const name = `Mcp-Param-${binding.header}`;
    const sent = x.head.headers[name.toLowerCase()];
    const value = valueAt(args, binding.path);
    const isAbsent = value === undefined || value === null;
    if (isAbsent && sent === undefined) continue;
    if (isAbsent) return mismatch(`${name} was sent, but the arguments have no such value.`);
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

function mismatch(text: string): Refusal {
  return new Refusal('header_mismatch', { text });
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function agrees(sent: string, value: unknown, type: 'string' | 'integer' | 'boolean'): boolean {
  const text = decodeMirrored(sent);
  if (text === undefined) return false;
  if (type === 'integer') return typeof value === 'number' && text !== '' && Number(text) === value;
  return typeof value === 'string' ? text === value : text === String(value);
}

/** Entry of the member of `params` that `Mcp-Name` mirrors, decoded; undefined where it is no text. */
export function namedValue(view: JsonView, params: number, key: string): string | undefined {
  return view.string(view.member(params, key));
}
