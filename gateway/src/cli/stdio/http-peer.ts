/** A running gateway on this machine, reached through its socket. */
import { Agent, request, type IncomingMessage } from 'node:http';
import { AnswerReader } from './answer-reader.ts';
import type { LineWriter } from './line-writer.ts';
import type { Asking, Peer } from './peer.ts';

/** Shorter than a gateway keeps an idle connection, so that none is used while it is being closed. */
const IDLE_MS = 20_000;

const WENT_AWAY = 'the gateway went away before it answered; what was asked may have been done';

/**
 * @param endpoint the endpoint's whole address; loopback
 * @param headers sent with every request
 * @param writer where the messages go: while it is full, nothing is read
 */
export function createHttpPeer(
  endpoint: URL,
  headers: Readonly<Record<string, string>>,
  writer: LineWriter,
): Peer {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS, maxFreeSockets: 16 });
  return {
    ask: (asking, hearing) => {
      const reader = new AnswerReader(hearing);
      const outgoing = request(endpoint, {
        agent,
        method: asking.httpMethod,
        headers: { ...headers, ...asking.headers, ...bodyHeaders(asking) },
      });
      let isHeard = false;
      outgoing.on('error', (error) => reader.end(isHeard ? WENT_AWAY : whyNot(error)));
      outgoing.on('response', (response) => {
        isHeard = true;
        read(response, reader, writer);
      });
      outgoing.end(asking.message);
      return () => {
        reader.abandon();
        outgoing.destroy();
      };
    },
  };
}

function bodyHeaders({ httpMethod, message }: Asking): Record<string, string> {
  if (httpMethod !== 'POST') return { accept: 'text/event-stream' };
  return {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'content-length': String(message.length),
  };
}

function whyNot(error: Error): string {
  const wasNotReached = 'code' in error && error.code === 'ECONNREFUSED';
  return wasNotReached ? 'the gateway is not running' : WENT_AWAY;
}

function read(response: IncomingMessage, reader: AnswerReader, writer: LineWriter): void {
  const { 'content-type': type = '', 'mcp-session-id': session = '' } = response.headers;
  reader.head(response.statusCode ?? 0, type, String(session));
  response.on('data', (chunk: Buffer) => {
    reader.chunk(chunk);
    if (!writer.isFull) return;
    response.pause();
    writer.whenDrained(() => response.resume());
  });
  response.on('end', () => reader.end(''));
  response.on('error', () => reader.end(WENT_AWAY));
  response.on('close', () => reader.end(WENT_AWAY));
}
