/** Servers of subscriptions that mean harm or come to no end: contained, and explained in words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { feedReader } from '../journeys/feeds/world.ts';
import { startGateway } from '../kit/gateway.ts';
import { LeapingClock } from '../kit/leaping-clock.ts';

const FEED = 'drawbridge-feed://shop/ticks';
const SDL = 'type Query { hello: String } type Subscription { ticks: String }';
const NOTHING = 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n';
const ACK = '{"type":"connection_ack"}';

interface Hostile {
  /** What becomes of a message of the gateway. */
  readonly onMessage?: (socket: WebSocket, type: string) => void;
  readonly onPost?: (response: ServerResponse) => void;
  readonly onUpgrade?: string;
  readonly autoPong?: boolean;
}

async function against(hostile: Hostile, subscriptions: object = {}) {
  const { onMessage, onPost, onUpgrade, autoPong = true } = hostile;
  const server = createServer((request, response) => {
    request.resume();
    response.on('error', () => undefined);
    if (onPost === undefined) response.writeHead(404).end();
    else onPost(response);
  });
  const sockets = new WebSocketServer({ noServer: true, autoPong });
  let opened = 0;
  sockets.on('connection', (socket: WebSocket) => {
    opened++;
    socket.on('error', () => undefined);
    socket.on('message', (text) => {
      const { type } = JSON.parse(String(text)) as { type: string };
      onMessage?.(socket, type);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    if (onUpgrade !== undefined) socket.end(onUpgrade);
    else sockets.handleUpgrade(request, socket, head, (made) => sockets.emit('connection', made));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'hostile-feeds-'));
  const schema = join(folder, 'shop.graphql');
  writeFileSync(schema, SDL);
  const clock = new LeapingClock();
  const url = `http://127.0.0.1:${port}/graphql`;
  const gateway = await startGateway(
    { upstreams: { shop: { graphql: { url, schema, subscriptions } } } },
    { clock },
  );
  const reader = await feedReader('modern', gateway);
  onTestFinished(async () => {
    await reader[Symbol.asyncDispose]();
    await gateway.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { reader, clock, opened: () => opened };
}

/** Acknowledges, and then sends these messages. */
const sending =
  (...texts: readonly string[]) =>
  (socket: WebSocket, type: string): void => {
    if (type === 'connection_init') socket.send(ACK);
    if (type === 'subscribe') for (const text of texts) socket.send(text);
  };

const tick = (data: string): string => `{"id":"1","type":"next","payload":{"data":${data}}}`;

test('a flood fills what is kept and no more, and few updates are told of it', async () => {
  const many = Array.from({ length: 20_000 }, (_each, at) => tick(`{"ticks":"${at}"}`));
  const { reader } = await against({ onMessage: sending(...many) }, { maxEvents: 50 });
  await reader.subscribe(FEED);
  const content = await reader.until(
    FEED,
    ({ dropped, events }) => dropped + events.length === 20_000,
  );
  expect(content.events).toHaveLength(50);
  expect(content.notes?.join(' ')).toContain('not kept any more');
  expect(reader.updated.length).toBeLessThan(100);
});

test('large events push the older ones out', async () => {
  const many = Array.from({ length: 20 }, () => tick(`"${'x'.repeat(1000)}"`));
  const { reader } = await against({ onMessage: sending(...many) }, { maxBytes: 5000 });
  const content = await reader.until(FEED, ({ dropped, events }) => dropped + events.length === 20);
  expect(content.events).toHaveLength(4);
});

test('an event that cannot be read is counted, and the next one is heard', async () => {
  const deep = '['.repeat(200) + ']'.repeat(200);
  const onMessage = sending(
    '{',
    tick(deep),
    tick('{"a":1,"a":2}'),
    tick('1').replace('{"data":1}', '7'),
    '[]',
    tick('{"ticks":"fine"}'),
  );
  const { reader } = await against({ onMessage });
  const content = await reader.until(FEED, ({ events }) => events.length === 1);
  expect(content).toMatchObject({
    state: 'open',
    dropped: 4,
    events: [{ data: { ticks: 'fine' } }],
  });
});

describe('the connection is given up, and opened again later', () => {
  const endless = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${'x'.repeat(5000)}`);
  };
  test.each<[string, Hostile, object, RegExp]>([
    [
      'a message that is too long',
      { onMessage: sending(tick(`"${'x'.repeat(5000)}"`)) },
      { maxMessageBytes: 2000 },
      /longer than is taken/,
    ],
    [
      'bytes in the place of text',
      { onMessage: (socket) => socket.send(Buffer.from('x')) },
      {},
      /sent no text/,
    ],
    [
      'another protocol',
      { onMessage: (socket) => socket.send('hello') },
      {},
      /does not speak graphql-transport-ws/,
    ],
    [
      'a closing word',
      { onMessage: (socket) => socket.close(4500, 'Internal server error') },
      {},
      /4500: Internal server error/,
    ],
    [
      'an event without an end',
      { onPost: endless },
      { transport: 'sse', maxMessageBytes: 2000 },
      /longer than is taken/,
    ],
    [
      'an answer of 503',
      { onPost: (response) => response.writeHead(503).end() },
      { transport: 'sse' },
      /HTTP 503/,
    ],
    [
      'an event stream that ends',
      {
        onPost: (response) =>
          response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
      },
      { transport: 'sse' },
      /connection was closed/,
    ],
    [
      'a way to somebody else',
      {
        onUpgrade:
          'HTTP/1.1 302 Found\r\nlocation: ws://evil.example/\r\ncontent-length: 0\r\n\r\n',
      },
      { transport: 'websocket' },
      /does not speak graphql-transport-ws/,
    ],
    [
      'what speaks neither way',
      { onUpgrade: NOTHING },
      { transport: 'auto' },
      /no server-sent events/,
    ],
  ])('for %s', async (_name, hostile, subscriptions, words) => {
    const { reader } = await against(hostile, { transport: 'websocket', ...subscriptions });
    const content = await reader.until(FEED, ({ state }) => state === 'waiting');
    expect(content.notes?.[0]).toMatch(words);
    expect(content.notes?.[0]).toContain('It is tried again.');
  });
});

test('who never acknowledges is not waited for', async () => {
  const { reader, clock } = await against({});
  await reader.subscribe(FEED);
  const content = await reader.until(FEED, ({ state }) => {
    clock.leap(10_000);
    return state === 'waiting';
  });
  expect(content.notes?.[0]).toContain('did not acknowledge in time');
});

test('who answers no ping is held to be gone', async () => {
  const { reader, clock, opened } = await against({ onMessage: sending(), autoPong: false });
  await reader.subscribe(FEED);
  await reader.until(FEED, ({ state }) => state === 'open');
  clock.leap(30_000);
  expect(opened()).toBe(1);
  clock.leap(15_000);
  const content = await reader.until(FEED, ({ state }) => state === 'waiting');
  expect(content.notes?.[0]).toContain('the connection is dead');
});
