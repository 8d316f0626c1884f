/** How kept results are spoken of. */
import { UPSTREAM_ID } from '../../../kernel/index.ts';

const SCHEME = 'drawbridge-result://';
const ID = /^[A-Za-z0-9_-]{22}$/;

export function handleUri(upstream: string, id: string): string {
  return `${SCHEME}${upstream}/${id}`;
}

/** Whether a text is meant to be the address of a kept result, right or wrong. */
export function isHandleUri(text: string): boolean {
  return text.startsWith(SCHEME);
}

/**
 * Reads an address of this upstream, or an id alone.
 * @returns the id; undefined where it is neither
 */
export function handleId(upstream: string, text: string): string | undefined {
  const start = `${SCHEME}${upstream}/`;
  const id = text.startsWith(start) ? text.slice(start.length) : text;
  return ID.test(id) ? id : undefined;
}

/** Reads an address of whichever upstream; undefined where it is none. */
export function handleParts(
  uri: string,
): { readonly upstream: string; readonly id: string } | undefined {
  const [upstream = '', id = '', more] = uri.slice(SCHEME.length).split('/');
  const isWhole = isHandleUri(uri) && UPSTREAM_ID.test(upstream) && ID.test(id);
  return isWhole && more === undefined ? { upstream, id } : undefined;
}

/** RFC 6570 template of all addresses of an upstream. */
export function handleTemplate(upstream: string): string {
  return `${SCHEME}${upstream}/{id}`;
}
