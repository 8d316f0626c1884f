/**
 * Wrapped URIs: `drawbridge://<id>/<percent-encoded original>` (`ui://drawbridge/<id>/…` for a page of
 * an app) for a resource whose URI belongs to another upstream, `drawbridge://<id>/:<original>` for a template, whose expressions a client must
 * still be able to expand.
 */
import { UPSTREAM_ID, type ItemKind } from '../../kernel/index.ts';

const SCHEME = 'drawbridge://';
/** Hosts of MCP Apps take only pages of this scheme. */
const PAGE_SCHEME = 'ui://';
const WRAPPED_PAGE = `${PAGE_SCHEME}drawbridge/`;

/** The longest URI that is listed or read, in characters. */
export const MAX_URI_LENGTH = 8192;

/** A wrapped URI taken apart. */
export interface WrappedUri {
  readonly upstream: string;
  readonly uri: string;
}

/** @param uri well-formed Unicode */
export function wrapUri(
  upstream: string,
  kind: Exclude<ItemKind, 'tool' | 'prompt'>,
  uri: string,
): string {
  if (kind === 'resource' && uri.startsWith(PAGE_SCHEME)) {
    return `${WRAPPED_PAGE}${upstream}/${encodeURIComponent(uri)}`;
  }
  return `${SCHEME}${upstream}/${kind === 'template' ? `:${uri}` : encodeURIComponent(uri)}`;
}

/** Whether a URI has the form of a wrapped one; an upstream's own of this form is always wrapped. */
export function looksWrapped(uri: string): boolean {
  const start = uri.slice(0, WRAPPED_PAGE.length).toLowerCase();
  return start === WRAPPED_PAGE || start.startsWith(SCHEME);
}

/** @returns the parts, or undefined where the text is no wrapped URI */
export function unwrapUri(text: string): WrappedUri | undefined {
  const start = [SCHEME, WRAPPED_PAGE].find((known) => text.startsWith(known));
  const slash = start === undefined ? -1 : text.indexOf('/', start.length);
  if (start === undefined || slash < 0) return undefined;
  const upstream = text.slice(start.length, slash);
  if (!UPSTREAM_ID.test(upstream)) return undefined;
  const rest = text.slice(slash + 1);
  // An encoded original never holds a bare colon, so the two forms cannot be confused.
  const uri = rest.startsWith(':') ? rest.slice(1) : decode(rest);
  return uri === undefined || uri === '' ? undefined : { upstream, uri };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
