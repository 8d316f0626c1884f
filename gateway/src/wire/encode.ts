/** The way out: messages become bytes. Only here and below are statuses and codes known. */
import {
  ROOT,
  Refusal,
  splice,
  type AnswerMessage,
  type Edit,
  type Exchange,
  type OutHeaders,
  type Terminal,
} from '../kernel/index.ts';
import { isPreflight, mcpCorsHeaders, preflightHeaders } from './cors.ts';
import type { DialectEncoder, Encode, Encoded } from './dialect.ts';
import { legacyEncoder } from './legacy/encode.ts';
import { modernEncoder } from './modern/encode.ts';
import { createRestEncode, type RestSettings } from './rest/encode.ts';
import { isApiPath } from './rest/paths.ts';
import { JSON_HEADERS, frame, refusalAnswer } from './refusal-answer.ts';
import { frameEvent } from './sse.ts';

const STREAM_HEADERS: OutHeaders = [
  'content-type',
  'text/event-stream',
  'cache-control',
  'no-store',
  'x-accel-buffering',
  'no',
];

/**
 * Encodes in whichever dialect an exchange speaks. What is refused before it was routed is said in
 * the dialect of its address.
 * @param serverInfo our own Implementation as JSON text
 */
export function createEncode(serverInfo: string, settings: RestSettings = NO_SETTINGS): Encode {
  const mcp = createMcpEncode(serverInfo, settings.origins);
  const rest = createRestEncode(settings);
  const of = (x: Exchange): Encode => (x.dialect === 'rest' || isApiPath(x.head.path) ? rest : mcp);
  return {
    settle: (x, message) => of(x).settle(x, message),
    streamHead: (x) => of(x).streamHead(x),
    event: (x, message) => of(x).event(x, message),
    answer: (x, message) => of(x).answer(x, message),
    lastEvent: (x, message) => of(x).lastEvent(x, message),
  };
}

const NO_SETTINGS: RestSettings = { origins: new Set(), publicUrl: '', version: '' };

function createMcpEncode(serverInfo: string, origins: ReadonlySet<string>): Encode {
  const modern = modernEncoder(serverInfo);
  const dialectOf = (x: Exchange): DialectEncoder =>
    x.dialect === 'modern' ? modern : legacyEncoder;
  return {
    settle: (x, message) =>
      message.kind === 'result' || message.kind === 'error'
        ? (refuseAnswer(x, message, dialectOf(x)) ?? message)
        : message,
    streamHead: (x) => withCors(x, { status: 200, headers: STREAM_HEADERS }, origins),
    event: (_x, message) =>
      message.kind === 'notice'
        ? frameEvent(message.text)
        : frameEvent(splice(message.view.bytes, message.edits)),
    answer: (x, message) =>
      isPreflight(x, message, origins)
        ? { status: 204, headers: preflightHeaders(x, origins), body: '' }
        : withCors(x, answer(x, message, dialectOf(x)), origins),
    lastEvent: (x, message) => {
      const { body } = answer(x, message, dialectOf(x));
      return body.length === 0 ? '' : frameEvent(body);
    },
  };
}

/** The list of headers stays the same object where no origin is listed: heads are made of it once. */
function withCors<T extends { readonly headers: OutHeaders }>(
  x: Exchange,
  encoded: T,
  origins: ReadonlySet<string>,
): T {
  if (origins.size === 0) return encoded;
  return { ...encoded, headers: [...encoded.headers, ...mcpCorsHeaders(x, origins)] };
}

function answer(x: Exchange, message: Terminal, dialect: DialectEncoder): Encoded {
  switch (message.kind) {
    case 'refusal':
      return refusalAnswer(x, message, dialect);
    case 'accepted':
      return { status: 202, headers: [], body: '' };
    case 'answers':
      return { status: 200, headers: JSON_HEADERS, body: message.text };
    case 'ended':
      return {
        status: 200,
        headers: JSON_HEADERS,
        body: message.result === '' ? '' : frame(x.rawId, `"result":${message.result}`),
      };
    case 'local': {
      const { sessionToken } = message;
      const headers =
        sessionToken === undefined
          ? JSON_HEADERS
          : [...JSON_HEADERS, 'mcp-session-id', sessionToken];
      const body = frame(x.rawId, `"result":${dialect.localResult(message)}`);
      return { status: 200, headers, body };
    }
    case 'result':
    case 'error':
      return upstreamAnswer(x, message, dialect);
  }
}

function refuseAnswer(
  x: Exchange,
  message: AnswerMessage,
  dialect: DialectEncoder,
): Refusal | undefined {
  if (message.view.kind(message.value) !== 'object') {
    return new Refusal('upstream_invalid', { text: `Its ${message.kind} is not an object.` });
  }
  return dialect.refuses(x, message);
}

function upstreamAnswer(x: Exchange, message: AnswerMessage, dialect: DialectEncoder): Encoded {
  const all: Edit[] = [...message.edits, ...dialect.translate(x, message)];
  const id = message.view.member(ROOT, 'id');
  if (id >= 0)
    all.push({ start: message.view.start(id), end: message.view.end(id), text: x.rawId });
  return {
    status: dialect.status(message),
    headers: JSON_HEADERS,
    body: splice(message.view.bytes, all),
  };
}
