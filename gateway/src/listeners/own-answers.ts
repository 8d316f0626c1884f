/** What a listener answers by itself, without an exchange. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UnderWay } from './under-way.ts';

/** Whether it lives (`/healthz`), or can serve (`/readyz`). */
export function answerHealth(
  path: string,
  response: ServerResponse,
  readiness: () => { readonly isReady: boolean; readonly state: string },
): void {
  const { isReady, state } = readiness();
  const isOk = path === '/healthz' || isReady;
  const body = path === '/healthz' ? '{"status":"ok"}' : state;
  response.writeHead(isOk ? 200 : 503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** For pages of every origin: it says nothing but where to get in, and names no caller. */
export function answerDocument(document: string, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=300',
    'access-control-allow-origin': '*',
    'content-length': Buffer.byteLength(document),
  });
  response.end(document);
}

/**
 * What node:http could not read as HTTP at all; there is no exchange to refuse. It is cut off without
 * a word where the word would stand inside, or in the place of, the answer to a request before it.
 */
export function refuseMalformed(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  underWay: UnderWay,
): void {
  // Whoever fails at TLS is no HTTP client yet.
  const isHttp = /^(?:HPE|ERR_HTTP)_/.test(error.code ?? '');
  if (!socket.writable || !isHttp || underWay.isOwedAnswer(socket)) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
