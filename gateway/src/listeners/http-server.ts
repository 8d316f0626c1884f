/** The HTTP listener: requests become exchanges; health is answered on the spot. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  Exchange,
  TurnEnd,
  type Body,
  type Clock,
  type Head,
  type Outlet,
} from '../kernel/index.ts';
import type { Path } from '../pipeline/index.ts';
import type { Addresses } from './addresses.ts';
import { HeadLines } from './head-lines.ts';
import { HttpBody } from './http-body.ts';
import { HttpOutlet } from './http-outlet.ts';
import { answerPage, type GuardedPages } from './pages.ts';
import { PlainConnection } from './plain-connection.ts';
import { UnderWay } from './under-way.ts';

export interface ServerDeps {
  readonly clock: Clock;
  readonly addresses: Addresses;
  /** The path of the configuration snapshot in force, and its number. */
  readonly current: () => { readonly path: Path; readonly epoch: number };
  /** Whether the gateway can serve: JSON text of its state, and the verdict. */
  readonly readiness: () => { readonly isReady: boolean; readonly state: string };
  /** A document that anybody may read at a path, as JSON text; undefined where there is none. */
  readonly publicDocument?: (path: string) => string | undefined;
  /** The admin API and pages for people. */
  readonly pages?: GuardedPages;
  readonly timing?: HttpTiming;
}

/** How long a caller may take to send what it began, milliseconds. */
export interface HttpTiming {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How often connections are looked at; a timeout may be noticed this much later. */
  readonly checkEveryMs: number;
}

export interface HttpListener {
  listen(host: string, port: number): Promise<AddressInfo>;
  /** Stops taking connections; resolves when the last one is closed. */
  close(): Promise<void>;
  /** Cuts what is still open. */
  closeAll(): void;
}

const MAX_HEADER_BYTES = 16 * 1024;
const TIMING: HttpTiming = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkEveryMs: 2000,
};
const WELL_KNOWN = '/.well-known/';
const KEEP_ALIVE_MS = 60_000;

export function createHttpListener(deps: ServerDeps): HttpListener {
  const { headersTimeoutMs, requestTimeoutMs, checkEveryMs } = deps.timing ?? TIMING;
  const underWay = new UnderWay();
  let isClosing = false;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      requireHostHeader: false,
      noDelay: true,
    },
    (request, response) => {
      underWay.add(response);
      handle(request, response, deps);
      response.on('close', () => {
        if (isClosing) server.closeIdleConnections();
      });
    },
  );
  server.on('clientError', (error, socket) => refuseMalformed(error, socket, underWay));
  const plain = lookFirst(server, deps);
  return {
    listen: (host, port) => listen(server, host, port),
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        server.close(() => resolve());
        server.closeIdleConnections();
        for (const connection of plain) connection.close();
      }),
    closeAll: () => {
      server.closeAllConnections();
      for (const connection of plain) connection.destroy();
    },
  };
}

/**
 * Puts our reader of ordinary requests in front of node:http's own connection listener, which gets
 * every connection on which anything else comes (docs/decisions/0006).
 */
function lookFirst(server: Server, deps: ServerDeps): ReadonlySet<PlainConnection> {
  const connections = new Set<PlainConnection>();
  const toNode = server.listeners('connection');
  server.removeAllListeners('connection');
  const heads = new HeadLines(deps.clock);
  const turnEnd = new TurnEnd((socket: Socket) => socket.uncork());
  server.on('connection', (socket: Socket) => {
    const connection = new PlainConnection(socket, {
      maxHeadBytes: MAX_HEADER_BYTES,
      idleMs: KEEP_ALIVE_MS,
      heads,
      turnEnd,
      isLeft: (path) => deps.pages?.owns(path) === true,
      admit: (head, body, outlet) => admit(head, body, outlet, deps),
      handOver: (handed) => {
        for (const listener of toNode) Reflect.apply(listener, server, [handed]);
      },
      forget: (gone) => connections.delete(gone),
    });
    connections.add(connection);
  });
  return connections;
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address);
    });
  });
}

function handle(request: IncomingMessage, response: ServerResponse, deps: ServerDeps): void {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && (path === '/healthz' || path === '/readyz')) {
    answerHealth(path, response, deps);
    return;
  }
  const document = isRead && path.startsWith(WELL_KNOWN) ? deps.publicDocument?.(path) : undefined;
  if (document !== undefined) {
    answerDocument(document, response);
    return;
  }
  const remoteAddress = request.socket.remoteAddress ?? '';
  const head: Head = {
    httpMethod: request.method ?? 'GET',
    path,
    query: query < 0 ? '' : url.slice(query + 1),
    headers: headersOf(request),
    remoteAddress,
  };
  if (deps.pages?.owns(path) === true) {
    deps.addresses.enter(remoteAddress);
    response.on('close', () => deps.addresses.leave(remoteAddress));
    answerPage(deps.pages, head, request, response);
    return;
  }
  response.on('close', admit(head, new HttpBody(request), new HttpOutlet(response), deps));
}

/**
 * Where there are several credentials, node:http shows the first one alone; here all are shown, so
 * that nobody is taken for whom a proxy before us did not see.
 */
function headersOf(request: IncomingMessage): Head['headers'] {
  const { headers } = request;
  if (headers.authorization === undefined) return headers;
  const all = request.headersDistinct['authorization'] ?? [];
  return all.length > 1 ? { ...headers, authorization: all } : headers;
}

/** Sends an exchange on its way; returns what to call once when its connection is done with it. */
function admit(head: Head, body: Body, outlet: Outlet, deps: ServerDeps): () => void {
  const { path, epoch } = deps.current();
  const { remoteAddress } = head;
  deps.addresses.enter(remoteAddress);
  const journey = path.walk(new Exchange(head, body, outlet, deps.clock.nowMs(), epoch));
  return () => {
    deps.addresses.leave(remoteAddress);
    journey.disconnected();
  };
}

function answerHealth(path: string, response: ServerResponse, deps: ServerDeps): void {
  const { isReady, state } = deps.readiness();
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
function answerDocument(document: string, response: ServerResponse): void {
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
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex, underWay: UnderWay): void {
  if (!socket.writable || error.code === 'ECONNRESET' || underWay.isOwedAnswer(socket)) {
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
