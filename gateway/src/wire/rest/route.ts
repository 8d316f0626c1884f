/** Which tool, or the description of all: what the head of a REST request says. */
import { Refusal, type Head, type Received, type Step } from '../../kernel/index.ts';
import { markRouted, type Routed } from '../evidence.ts';
import { header, mediaType } from '../headers.ts';
import type { WireDeps } from '../ports.ts';
import { accepts, acceptsAnyAnswer } from './accept.ts';
import { readApiPath, type ApiPath } from './paths.ts';

/** Media type of a body that holds more than the arguments: the answers to a tool's questions. */
export const CALL_TYPE = 'application/vnd.drawbridge.call+json';

/**
 * Refuses with `endpoint_unknown`, `http_method_not_allowed`, `media_type_unsupported` or
 * `not_acceptable`.
 */
export function routeRest<X extends Received>(x: X, deps: WireDeps): Step<X & Routed> {
  x.dialect = 'rest';
  const path = readApiPath(x.head.path);
  if (path === undefined || !deps.endpoints.has(path.endpoint)) {
    return new Refusal('endpoint_unknown', {
      text: 'Tools are at /api/{endpoint}/tools/{tool}, their description at /api/{endpoint}/openapi.json.',
    });
  }
  const refusal = path.kind === 'tool' ? checkCall(x.head) : checkRead(x.head);
  if (refusal !== undefined) return refusal;
  markRouted(x, 'rest', path.endpoint);
  return x;
}

/** The methods of an address, for the `Allow` header. */
export function allowedMethods(path: string): string {
  const found: ApiPath['kind'] | undefined = readApiPath(path)?.kind;
  return found === 'description' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
}

function checkCall(head: Head): Refusal | undefined {
  if (head.httpMethod !== 'POST') return wrongMethod('A tool is called by POST.');
  const type = mediaType(header(head, 'content-type'));
  if (type !== 'application/json' && type !== CALL_TYPE && !isEmptyCall(head)) {
    return new Refusal('media_type_unsupported', {
      text: `Answers to a tool's questions are sent as ${CALL_TYPE}.`,
    });
  }
  return acceptsAnyAnswer(head)
    ? undefined
    : new Refusal('not_acceptable', {
        text: 'A tool answers in application/json, text/plain or text/event-stream, or with an image or sound.',
      });
}

/**
 * A POST without a body needs no media type. Web pages do need one: a request without it is the
 * only kind that a browser sends without asking first (Fetch, CORS preflight).
 */
function isEmptyCall(head: Head): boolean {
  const { headers } = head;
  return (
    headers['content-type'] === undefined &&
    headers['origin'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0'
  );
}

function checkRead(head: Head): Refusal | undefined {
  if (head.httpMethod !== 'GET' && head.httpMethod !== 'HEAD') {
    return wrongMethod('The description is read by GET.');
  }
  return accepts(head, 'application/json')
    ? undefined
    : new Refusal('not_acceptable', { text: 'The description is application/json.' });
}

function wrongMethod(text: string): Refusal {
  return new Refusal('http_method_not_allowed', { text });
}
