/** The way out: messages become bytes. Only here and below are statuses and codes known. */
import {
  ROOT,
  Refusal,
  docsAnchor,
  splice,
  type AnswerMessage,
  type Edit,
  type EventMessage,
  type Exchange,
  type NoticeMessage,
  type OutHeaders,
  type Terminal,
} from '../kernel/index.ts';
import type { DialectEncoder } from './dialect.ts';
import { legacyEncoder } from './legacy/encode.ts';
import { modernEncoder } from './modern/encode.ts';
import { frameEvent } from './sse.ts';

/** An encoded answer. */
interface Encoded {
  readonly status: number;
  readonly headers: OutHeaders;
  readonly body: Buffer | string;
}

const JSON_HEADERS: OutHeaders = ['content-type', 'application/json', 'cache-control', 'no-store'];
const STREAM_HEADERS: OutHeaders = [
  'content-type',
  'text/event-stream',
  'cache-control',
  'no-store',
  'x-accel-buffering',
  'no',
];

export interface Encode {
  /**
   * What the caller is really told: an upstream's answer that the dialect has no words for, or that
   * is no JSON-RPC answer at all, becomes a refusal. The other functions take settled messages only.
   */
  settle(x: Exchange, message: Terminal): Terminal;
  streamHead(x: Exchange): { readonly status: number; readonly headers: OutHeaders };
  event(x: Exchange, message: EventMessage | NoticeMessage): Buffer | string;
  answer(x: Exchange, message: Terminal): Encoded;
  lastEvent(x: Exchange, message: Terminal): Buffer | string;
}

/** @param serverInfo our own Implementation as JSON text */
export function createEncode(serverInfo: string): Encode {
  const modern = modernEncoder(serverInfo);
  const dialectOf = (x: Exchange): DialectEncoder =>
    x.dialect === 'modern' ? modern : legacyEncoder;
  return {
    settle: (x, message) =>
      message.kind === 'result' || message.kind === 'error'
        ? (refuseAnswer(x, message, dialectOf(x)) ?? message)
        : message,
    streamHead: () => ({ status: 200, headers: STREAM_HEADERS }),
    event: (_x, message) =>
      message.kind === 'notice'
        ? frameEvent(message.text)
        : frameEvent(splice(message.view.bytes, message.edits)),
    answer: (x, message) => answer(x, message, dialectOf(x)),
    lastEvent: (x, message) => {
      const { body } = answer(x, message, dialectOf(x));
      return body.length === 0 ? '' : frameEvent(body);
    },
  };
}

function answer(x: Exchange, message: Terminal, dialect: DialectEncoder): Encoded {
  switch (message.kind) {
    case 'refusal':
      return refusalAnswer(x, message, dialect);
    case 'accepted':
      return { status: 202, headers: [], body: '' };
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

function refusalAnswer(x: Exchange, refusal: Refusal, dialect: DialectEncoder): Encoded {
  const row = dialect.codes[refusal.reason];
  const { retryAfterSeconds } = refusal.detail;
  const headers = [...JSON_HEADERS];
  if (retryAfterSeconds !== undefined) headers.push('retry-after', String(retryAfterSeconds));
  if (row.status === 405) headers.push('allow', 'POST, GET, DELETE');
  if (row.asToolError && x.call?.method === 'tools/call' && x.rawId !== '') {
    const content = `[{"type":"text","text":${JSON.stringify(refusal.text)}}]`;
    const meta = dialect.toolErrorMembers(refusal.reason);
    const result = `{${meta}"content":${content},"isError":true}`;
    return { status: 200, headers, body: frame(x.rawId, `"result":${result}`) };
  }
  const data = { reason: refusal.reason, docs: docsAnchor(refusal.reason), ...refusal.detail.data };
  const error = { code: row.code, message: refusal.text, data };
  const body = frame(x.rawId, `"error":${JSON.stringify(error)}`);
  // What cannot be answered is refused by its status alone (Streamable HTTP, both eras).
  const status = row.status === 200 && x.rawId === '' ? 400 : row.status;
  return { status, headers, body };
}

/** Without a known id the member is left out (2026-07-28: errors before the id was read). */
function frame(rawId: string, rest: string): string {
  return rawId === '' ? `{"jsonrpc":"2.0",${rest}}` : `{"jsonrpc":"2.0","id":${rawId},${rest}}`;
}
