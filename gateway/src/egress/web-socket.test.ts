import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { issueLocal, makeAuthority } from '../../../test/kit/certificates.ts';
import { startProxy, startTlsFront } from '../../../test/kit/tls-front.ts';
import { systemClock } from '../kernel/index.ts';
import {
  guardedLookup,
  openTls,
  openWebSocket,
  readProxies,
  type WebSocketEars,
  type WebSocketEnd,
  type WebSocketLink,
} from './index.ts';

const servers: { server: Server; sockets: WebSocketServer }[] = [];

afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(onSocket: (socket: WebSocket) => void, protocol = 'test') {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const handleProtocols = (): string => protocol;
  const sockets = new WebSocketServer({ server, handleProtocols });
  const heads: (string | undefined)[][] = [];
  sockets.on('connection', (socket, { url, headers }) => {
    heads.push([url, headers.host, headers['x-key']?.toString()]);
    onSocket(socket);
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: new URL(`http://127.0.0.1:${port}`), heads, server, port };
}

const OPTIONS = { connectTimeoutMs: 5000, protocol: 'test', maxMessageBytes: 100 };

/** Opens one and waits for its end. */
function talk(
  origin: URL,
  begin: (link: WebSocketLink) => void,
  options: Partial<Parameters<typeof openWebSocket>[2]> = {},
  onText: (link: WebSocketLink, text: string) => void = (link) => link.close(),
): Promise<{ readonly end: WebSocketEnd; readonly heard: string[] }> {
  return new Promise((resolve) => {
    const heard: string[] = [];
    const ears: WebSocketEars = {
      onOpen: () => begin(link),
      onMessage: (text) => {
        heard.push(text.toString());
        onText(link, text.toString());
      },
      onPong: () => {
        heard.push('(pong)');
        link.close();
      },
      onEnd: (end) => resolve({ end, heard }),
    };
    const request = { path: '/way?in=1', headers: ['x-key', 'k'] };
    const link = openWebSocket(origin, request, { ...OPTIONS, ...options }, ears);
  });
}

const echo = (socket: WebSocket): void => {
  socket.on('message', (data) => socket.send(String(data)));
};

test('messages go both ways, with the headers of the request', async () => {
  const { origin, heads } = await serve(echo);
  const { end, heard } = await talk(origin, (link) => link.send('häl𝄞o'));
  expect(heard).toEqual(['häl𝄞o']);
  expect(end).toMatchObject({ status: 0, code: 1000, error: undefined });
  expect(heads).toEqual([['/way?in=1', origin.host, 'k']]);
});

test('a ping is answered', async () => {
  const { origin } = await serve(() => undefined);
  const { heard } = await talk(origin, (link) => link.ping());
  expect(heard).toEqual(['(pong)']);
});

test('how the other side ends it is told', async () => {
  const { origin } = await serve((socket) => socket.close(4403, 'Forbidden'));
  const { end } = await talk(origin, () => undefined);
  expect(end).toMatchObject({ code: 4403, reason: 'Forbidden' });
});

describe('it ends', () => {
  test.each<[string, (socket: WebSocket) => void, RegExp]>([
    [
      'a message that is too long',
      (socket) => socket.send('x'.repeat(101)),
      /longer than is taken/,
    ],
    ['one of many small pieces', (socket) => fragments(socket, 200), /longer than is taken/],
    ['bytes', (socket) => socket.send(Buffer.from('x')), /it sent no text/],
    ['a cut connection', (socket) => socket.terminate(), /^$/],
  ])('with %s', async (_name, onSocket, message) => {
    const { origin } = await serve(onSocket);
    const { end, heard } = await talk(origin, () => undefined);
    expect(heard).toEqual([]);
    expect(end.error?.message ?? '').toMatch(message);
  });

  test('before it began, where the answer is no WebSocket', async () => {
    const server = createServer((_request, response) => response.end('hello'));
    server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push({ server, sockets: new WebSocketServer({ noServer: true }) });
    const { port } = server.address() as AddressInfo;
    const { end } = await talk(new URL(`http://127.0.0.1:${port}`), () => undefined);
    expect(end).toMatchObject({ status: 401, code: 0 });
    expect(end.error?.message).toBe('it answered with HTTP 401, not as a WebSocket');
  });

  test('where the other side agrees on something else', async () => {
    const { origin } = await serve(echo, 'other');
    const { end } = await talk(origin, () => undefined);
    expect(end.error?.message).toMatch(/subprotocol/);
  });

  test('where the address is not allowed', async () => {
    const { port } = await serve(echo);
    const origin = new URL(`http://inside.example:${port}`);
    const lookup = guardedLookup(origin, { allow: [] }, (_host, done) => done(null, ['127.0.0.1']));
    const { end } = await talk(origin, () => undefined, { lookup });
    expect(end.error?.message).toContain('this machine itself');
  });

  test('when it is closed before it is open', async () => {
    const { origin, heads } = await serve(echo);
    const end = await new Promise<WebSocketEnd>((resolve) => {
      const silent = { onOpen: () => {}, onMessage: () => {}, onPong: () => {} };
      const ears = { ...silent, onEnd: resolve };
      openWebSocket(origin, { path: '/', headers: [] }, OPTIONS, ears).close();
    });
    expect(end.error?.message).toBe('it is not wanted any more');
    expect(heads).toEqual([]);
  });
});

test.each(['plain', 'over TLS'])('it goes through the proxy, %s', async (way) => {
  const { port, heads } = await serve(echo);
  const authority = makeAuthority();
  const issued = issueLocal(authority, { dns: ['shop.test'] });
  await using front = await startTlsFront(port, issued);
  await using proxy = await startProxy();
  const isTls = way === 'over TLS';
  const host = `shop.test:${isTls ? front.port : port}`;
  const address = `http://127.0.0.1:${proxy.port}`;
  const proxies = readProxies({ HTTP_PROXY: address, HTTPS_PROXY: address });
  const folder = mkdtempSync(join(tmpdir(), 'web-socket-'));
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  const clock = systemClock;
  const tls = openTls(
    { ca: 'ca.pem' },
    { directory: folder, clock, own: [host], onFault: () => undefined },
  );
  const origin = new URL(`${isTls ? 'https' : 'http'}://${host}`);
  const { heard } = await talk(origin, (link) => link.send('x'), { wayOut: { proxies, tls } });
  rmSync(folder, { recursive: true });
  expect(heard).toEqual(['x']);
  expect(proxy.asked).toEqual([`CONNECT ${host}`]);
  expect(heads).toEqual([['/way?in=1', host, 'k']]);
});

test('a certificate of somebody else is not taken', async () => {
  const { port, heads } = await serve(echo);
  await using front = await startTlsFront(port, issueLocal(makeAuthority()));
  const { end } = await talk(new URL(`https://127.0.0.1:${front.port}`), () => undefined);
  expect(end.error).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  expect(heads).toEqual([]);
});

function fragments(socket: WebSocket, count: number): void {
  for (let at = 0; at < count; at++) socket.send('x', { fin: at === count - 1 });
}
