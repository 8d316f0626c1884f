/** TLS in front of a plain server of this machine, and a proxy that leads to both. */
import { once } from 'node:events';
import { createServer as createHttp, request as requestHttp, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTls, type TLSSocket } from 'node:tls';
import type { Issued } from './certificates.ts';

export interface TlsFront extends AsyncDisposable {
  readonly port: number;
  /** What callers showed: the CN of each, '' for none. */
  readonly shown: string[];
  /** TLS connections that came up. */
  readonly connections: () => number;
}

/**
 * Answers as the plain server at `port` does.
 * @param clientCa who vouches for callers; others are cut off
 */
export async function startTlsFront(
  port: number,
  { cert, key }: Issued,
  clientCa = '',
): Promise<TlsFront> {
  const shown: string[] = [];
  const sockets = new Set<Socket>();
  const asks = clientCa !== '';
  const settings = { cert, key, requestCert: asks, rejectUnauthorized: asks };
  const server = createTls(asks ? { ...settings, ca: clientCa } : settings, (socket: TLSSocket) => {
    const { subject } = socket.getPeerCertificate();
    shown.push(String(subject?.CN ?? ''));
    pipe(socket, connect(port, '127.0.0.1'));
  });
  server.on('connection', (socket: Socket) => track(sockets, socket));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    shown,
    connections: () => shown.length,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  /** What it was asked for: `CONNECT api.test:443`, `GET http://api.test/`. */
  readonly asked: string[];
  readonly logins: (string | undefined)[];
  /** How it answers CONNECT; it tunnels where this is ''. */
  answer: string;
}

/** Every name leads to this machine, at the port that was asked for. */
export async function startProxy(): Promise<TestProxy> {
  const asked: string[] = [];
  const logins: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = createHttp((incoming, response: ServerResponse) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    logins.push(incoming.headers['proxy-authorization']);
    const { port, pathname, search } = new URL(incoming.url ?? '');
    const { method, headers } = incoming;
    const onward = requestHttp({ port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.on('connection', (socket) => track(sockets, socket));
  const proxy: TestProxy = {
    port: 0,
    asked,
    logins,
    answer: '',
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('connect', (incoming, socket: Socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    logins.push(incoming.headers['proxy-authorization']);
    if (proxy.answer !== '') {
      socket.end(proxy.answer);
      return;
    }
    const onward = connect(Number(/\d+$/.exec(incoming.url ?? '')?.[0]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      pipe(socket, onward);
    });
    track(sockets, onward);
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(proxy, { port: (server.address() as AddressInfo).port });
}

function pipe(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on('error', () => peer.destroy());
    socket.on('close', () => peer.destroy());
  }
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
}
