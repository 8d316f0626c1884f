/** The head alone: which endpoint, and as far as it can be told, which dialect. */
import { DEFAULT_ENDPOINT, Refusal, eraOf } from '../kernel/index.ts';
import type { Dialect, Head, Received, Step } from '../kernel/index.ts';
import { markRouted, type Routed } from './evidence.ts';
import { header, mediaType } from './headers.ts';
import { readSsePath } from './legacy/sse-paths.ts';
import type { WireDeps } from './ports.ts';
import { isApiPath } from './rest/paths.ts';
import { routeRest } from './rest/route.ts';

const PREFIX = '/mcp';

/** The endpoint a path names, or undefined where it is no MCP path. */
export function endpointOf(path: string): string | undefined {
  if (path === PREFIX || path === `${PREFIX}/`) return DEFAULT_ENDPOINT;
  return path.startsWith(`${PREFIX}/`) ? path.slice(PREFIX.length + 1) : undefined;
}

/**
 * Refuses with `endpoint_unknown`, `http_method_not_allowed`, `media_type_unsupported` or
 * `not_acceptable` (2026-07-28 and 2025-11-25, Streamable HTTP).
 */
export function createRoute(deps: WireDeps): <X extends Received>(x: X) => Step<X & Routed> {
  return (x) => {
    if (isApiPath(x.head.path)) return routeRest(x, deps);
    const endpoint = endpointOf(x.head.path);
    if (endpoint === undefined) return routeSse(x, deps);
    if (!deps.endpoints.has(endpoint)) return new Refusal('endpoint_unknown');
    const dialect = likelyDialect(x.head);
    // What is refused before the body is read is still answered in the likely dialect.
    x.dialect = dialect;
    const refusal =
      x.head.httpMethod === 'POST' ? checkPost(x.head) : checkOtherMethod(x.head, dialect);
    if (refusal !== undefined) return refusal;
    markRouted(x, dialect, endpoint);
    return x;
  };
}

/** HTTP with SSE (2024-11-05): a stream is opened by GET, and messages are posted beside it. */
function routeSse<X extends Received>(x: X, deps: WireDeps): Step<X & Routed> {
  const sse = readSsePath(x.head.path);
  if (sse === undefined || !deps.endpoints.has(sse.endpoint))
    return new Refusal('endpoint_unknown');
  x.dialect = 'legacy';
  if (x.head.httpMethod !== (sse.takesMessages ? 'POST' : 'GET')) {
    return new Refusal('http_method_not_allowed', {
      text: 'GET opens the stream, whose first event says where messages are posted.',
    });
  }
  const refusal = sse.takesMessages ? checkPost(x.head) : checkAcceptsStream(x.head);
  if (refusal !== undefined) return refusal;
  markRouted(x, 'legacy', sse.endpoint);
  return x;
}

/** `decode` settles it by the body; a session id or a legacy revision already tells legacy. */
function likelyDialect(head: Head): Dialect {
  const revision = header(head, 'mcp-protocol-version');
  if (revision === '') return header(head, 'mcp-session-id') === '' ? 'modern' : 'legacy';
  return eraOf(revision) === 'legacy' ? 'legacy' : 'modern';
}

const WANTED = 'It must allow application/json and text/event-stream.';

function checkPost(head: Head): Refusal | undefined {
  if (!isJson(header(head, 'content-type'))) return new Refusal('media_type_unsupported');
  const accept = header(head, 'accept');
  return accept === '' ||
    mayAccept(accept, 'application/json') ||
    mayAccept(accept, 'text/event-stream')
    ? undefined
    : new Refusal('not_acceptable', { text: WANTED });
}

/** GET opens and DELETE ends a legacy session; nothing else has them. */
function checkOtherMethod(head: Head, dialect: Dialect): Refusal | undefined {
  const isSession = dialect === 'legacy' && header(head, 'mcp-session-id') !== '';
  if (!isSession || (head.httpMethod !== 'GET' && head.httpMethod !== 'DELETE')) {
    return new Refusal('http_method_not_allowed', {
      text: 'Send JSON-RPC messages by POST; GET and DELETE need an Mcp-Session-Id.',
    });
  }
  return head.httpMethod === 'GET' ? checkAcceptsStream(head) : undefined;
}

function checkAcceptsStream(head: Head): Refusal | undefined {
  return mayAccept(header(head, 'accept'), 'text/event-stream')
    ? undefined
    : new Refusal('not_acceptable', { text: 'It must allow text/event-stream.' });
}

function isJson(contentType: string): boolean {
  if (contentType === 'application/json') return true;
  return mediaType(contentType) === 'application/json';
}

/** What MCP clients have to send, so that most requests are not taken apart for it. */
const USUAL_ACCEPT = 'application/json, text/event-stream';

function mayAccept(accept: string, type: string): boolean {
  if (accept === USUAL_ACCEPT) return true;
  const [family = ''] = type.split('/', 1);
  for (const part of accept.split(',')) {
    const [range = ''] = part.split(';', 1);
    const wanted = range.trim().toLowerCase();
    if (wanted === type || wanted === '*/*' || wanted === `${family}/*`) return true;
  }
  return false;
}
