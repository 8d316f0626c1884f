/** Headers that repeat what the body says (2026-07-28, Streamable HTTP, "Standard headers"). */
import { readHeaderBindings, type HeaderBinding } from '../kernel/index.ts';

/** A header value; what is unsafe in a header travels encoded (2026-07-28, value encoding). */
export function mirrored(text: string): string {
  const isPlain =
    /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?');
  return isPlain || text === '' ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/** Which arguments of a tool are repeated in headers; none where its schema is not valid there. */
export function bindingsOf(inputSchema: unknown): readonly HeaderBinding[] {
  const bindings = readHeaderBindings(Buffer.from(JSON.stringify({ inputSchema })));
  return typeof bindings === 'string' ? [] : bindings;
}

/** The `Mcp-Param-*` headers, names in lower case, for the arguments of one call. */
export function paramHeaders(
  bindings: readonly HeaderBinding[],
  args: unknown,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const binding of bindings) {
    const value = valueAt(args, binding);
    if (value !== undefined) headers[`mcp-param-${binding.header.toLowerCase()}`] = mirrored(value);
  }
  return headers;
}

function valueAt(root: unknown, { path }: HeaderBinding): string | undefined {
  let at = root;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean'
    ? String(at)
    : undefined;
}
