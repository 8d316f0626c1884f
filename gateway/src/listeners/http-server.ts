/** The HTTP listener: requests become exchanges; health is answered on the spot. */
import type { EventEmitter } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
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
import { createCallers, type Callers } from './callers.ts';
import { HeadLines } from './head-lines.ts';
import { HttpBody } from './http-body.ts';
import { HttpOutlet } from './http-outlet.ts';
import { answerDocument, answerHealth, refuseMalformed } from './own-answers.ts';
import { answerPage, type GuardedPages } from './pages.ts';
import { Peers } from './peer.ts';
import { PlainConnection } from './plain-connection.ts';
import type { ServerTlsConfig } from './schema.ts';
import { createTlsServer, type TlsServer, type TlsSettings } from './tls-server.ts';
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
  /** Says whose requests they are, under the configuration in force; nobody is believed without. */
  readonly callers?: () => Callers;
  /** Callers are answered over TLS alone where it is there. */
  readonly tls?: TlsSettings | undefined;
  readonly timing?: HttpTiming;
}

/** What the functions here need of their listener. */
interface Inside extends ServerDeps {
  readonly callers: () => Callers;
  readonly peers: Peers;
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
  /**
   * Puts other files in force for connections from now on.
   * @returns false where that takes a start: TLS is never switched on or off while it runs
   */
  configureTls(config: ServerTlsConfig | undefined): boolean;
}

const MAX_HEADER_BYTES = 16 * 1024;
const TIMING: HttpTiming = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkEveryMs: 2000,
};
const WELL_KNOWN = '/.well-known/';
const KEEP_ALIVE_MS = 60_000;

/** @throws {Error} with words where certificate or key cannot be used */
export function createHttpListener(deps: ServerDeps): HttpListener {
  const nobody = createCallers([]);
  const inside: Inside = { callers: () => nobody, ...deps, peers: new Peers() };
  const underWay = new UnderWay();
  let isClosing = false;
  const { server, tls } = serverFor(deps, (request, response) => {
    underWay.add(response);
    handle(request, response, inside);
    response.on('close', () => {
      if (isClosing) server.closeIdleConnections();
    });
  });
  server.on('clientError', (error, socket) => refuseMalformed(error, socket, underWay));
  const plain = lookFirst(server, tls === undefined ? 'connection' : 'secureConnection', inside);
  tls?.watch();
  return {
    listen: (host, port) => listen(server, host, port),
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        tls?.stop();
        server.close(() => resolve());
        server.closeIdleConnections();
        for (const connection of plain) connection.close();
      }),
    closeAll: () => {
      server.closeAllConnections();
      for (const connection of plain) connection.destroy();
      tls?.closeAll();
    },
    configureTls: (config) => (tls === undefined ? config === undefined : tls.configure(config)),
  };
}

function serverFor(
  { tls, timing }: ServerDeps,
  listener: RequestListener,
): { readonly server: Server | TlsServer['server']; readonly tls: TlsServer | undefined } {
  const { headersTimeoutMs, requestTimeoutMs, checkEveryMs } = timing ?? TIMING;
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: checkEveryMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requireHostHeader: false,
    noDelay: true,
  };
  if (tls === undefined) return { server: createServer(options, listener), tls };
  const made = createTlsServer(tls, options, listener);
  return { server: made.server, tls: made };
}

/**
 * Puts our reader of ordinary requests in front of node:http's own connection listener, which gets
 * every connection on which anything else comes (docs/decisions/0006).
 * @param event with which the server hands out sockets that requests come on
 */
function lookFirst(
  server: EventEmitter,
  event: 'connection' | 'secureConnection',
  deps: Inside,
): ReadonlySet<PlainConnection> {
  const connections = new Set<PlainConnection>();
  const toNode = server.listeners(event);
  server.removeAllListeners(event);
  const heads = new HeadLines(deps.clock);
  const turnEnd = new TurnEnd((socket: Socket) => socket.uncork());
  server.on(event, (socket: Socket) => {
    const connection = new PlainConnection(socket, {
      maxHeadBytes: MAX_HEADER_BYTES,
      idleMs: KEEP_ALIVE_MS,
      heads,
      turnEnd,
      isLeft: (path) => deps.pages?.owns(path) === true,
      peerOf: (each) => deps.peers.of(each),
      callers: deps.callers,
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

function listen(
  server: Server | TlsServer['server'],
  host: string,
  port: number,
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address);
    });
  });
}

function handle(request: IncomingMessage, response: ServerResponse, deps: Inside): void {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && (path === '/healthz' || path === '/readyz')) {
    answerHealth(path, response, deps.readiness);
    return;
  }
  const document = isRead && path.startsWith(WELL_KNOWN) ? deps.publicDocument?.(path) : undefined;
  if (document !== undefined) {
    answerDocument(document, response);
    return;
  }
  const headers = headersOf(request);
  const head: Head = {
    httpMethod: request.method ?? 'GET',
    path,
    query: query < 0 ? '' : url.slice(query + 1),
    headers,
    ...deps.callers().callerOf(deps.peers.of(request.socket), headers),
  };
  const { remoteAddress } = head;
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
