/** One upstream of every kind, each with every byte that it was sent. A further kind is one more line. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, graphqlSync } from 'graphql';
import { says, TOOLS, type Spoken } from './canary-brain.ts';
import { startCanaryDatabase } from './canary-database.ts';
import { answerOf, enveloped, faultOf, wsdlOf } from './soap-service.ts';
import { startGrpcCanary } from './canary-grpc.ts';

const CHILD = fileURLToPath(new URL('./children/note-taking.ts', import.meta.url));
/** What the operator presents to upstreams: it has to arrive, or nothing is proven by what does not. */
export const OWN_SECRET = 'swordfish-of-the-operator';
const OWN = { headers: { 'x-own': OWN_SECRET } };

export interface CanaryUpstream {
  /** Its entry in the configuration. */
  readonly entry: object;
  /** Everything it was sent so far. */
  heard(): Promise<string>;
  close(): Promise<void>;
}

type Handle = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface Tapped {
  readonly origin: string;
  readonly heard: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** A server that keeps the bytes of its connections as they come. */
async function tapped(handle: Handle): Promise<Tapped> {
  const chunks: Buffer[] = [];
  const server = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => handle(request, response, Buffer.concat(body).toString()));
    response.on('error', () => undefined);
  });
  server.on('connection', (socket: Socket) => socket.on('data', (chunk) => chunks.push(chunk)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    heard: () => Promise.resolve(Buffer.concat(chunks).toString('latin1')),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function overHttp(isModern: boolean): Promise<CanaryUpstream> {
  const { origin, heard, close } = await tapped((request, response, body) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const message = JSON.parse(body) as Spoken;
    if (message.id === undefined) return void response.writeHead(202).end();
    const said = says(message, isModern);
    if (said === 'nothing') return;
    if (message.method === 'initialize') response.setHeader('mcp-session-id', 'canary');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(said === 'garbage' ? '{"jsonrpc"' : answerText(message, said));
  });
  const era = isModern ? '2026-07-28' : '2025-11-25';
  return { entry: { mcp: { url: `${origin}/mcp`, era, ...OWN } }, heard, close };
}

function answerText({ id }: Spoken, said: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, ...said });
}

async function overSse(): Promise<CanaryUpstream> {
  const streams: ServerResponse[] = [];
  const { origin, heard, close } = await tapped((request, response, body) => {
    if (request.method === 'GET') {
      streams.push(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const address = `/messages?sessionId=${streams.length}`;
      return void response.write(`event: endpoint\ndata: ${address}\n\n`);
    }
    const message = JSON.parse(body) as Spoken;
    response.writeHead(202).end('Accepted');
    const said = message.id === undefined ? 'nothing' : says(message, false);
    if (said === 'nothing') return;
    const text = said === 'garbage' ? '{"jsonrpc"' : answerText(message, said);
    const session = Number(/sessionId=(\d+)/.exec(request.url ?? '')?.[1]);
    streams[session - 1]?.write(`event: message\ndata: ${text}\n\n`);
  });
  return { entry: { mcp: { type: 'sse', url: `${origin}/sse`, ...OWN } }, heard, close };
}

async function overPipes(folder: string): Promise<CanaryUpstream> {
  const notes = join(folder, 'notes.txt');
  await writeFile(notes, '');
  const args = [CHILD, notes];
  return {
    entry: { mcp: { command: process.execPath, args, env: { OWN_SECRET } } },
    heard: () => readFile(notes, 'utf8'),
    close: () => Promise.resolve(),
  };
}

const SAID: Readonly<Record<string, string>> = { garble: '{"sa', fail: '{"problem":"no"}' };

async function asApi(folder: string): Promise<CanaryUpstream> {
  const { origin, heard, close } = await tapped((request, response) => {
    const name = (request.url ?? '').split('/').at(-1);
    if (name === 'hang') return;
    response.writeHead(name === 'fail' ? 500 : 200, { 'content-type': 'application/json' });
    response.end(SAID[name ?? ''] ?? '{"said":"said"}');
  });
  const responses = {
    200: { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } },
  };
  const paths = Object.fromEntries(
    ['say', 'fail', 'hang', 'garble'].map((name) => [
      `/do/${name}`,
      { get: { operationId: name, responses } },
    ]),
  );
  const document = join(folder, 'canary.json');
  const info = { title: 'canary', version: '1' };
  await writeFile(document, JSON.stringify({ openapi: '3.1.0', info, paths }));
  return { entry: { openapi: { document, url: origin }, ...OWN }, heard, close };
}

/** The schema is asked of it, with what the operator presents. */
async function asGraphQl(): Promise<CanaryUpstream> {
  const schema = buildSchema(`type Query { ${TOOLS.map((name) => `${name}: String`).join(' ')} }`);
  const { origin, heard, close } = await tapped((_request, response, body) => {
    const { query, operationName } = JSON.parse(body) as Record<'query' | 'operationName', string>;
    if (operationName === 'hang') return;
    const introspected = graphqlSync({ schema, source: query, rootValue: { say: 'said' } });
    const failed = { data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] };
    response.writeHead(200, { 'content-type': 'application/json' });
    if (operationName === 'garble') response.end('{"sa');
    else response.end(JSON.stringify(operationName === 'fail' ? failed : introspected));
  });
  return { entry: { graphql: `${origin}/graphql`, ...OWN }, heard, close };
}

/** What the operator presents stands in its messages. */
async function asSoap(folder: string): Promise<CanaryUpstream> {
  const { origin, heard, close } = await tapped((request, response) => {
    const name = String(request.headers['soapaction']).replace(/^"urn:|"$/g, '');
    if (name === 'hang') return;
    response.writeHead(name === 'fail' ? 500 : 200, { 'content-type': 'text/xml' });
    if (name === 'garble') response.end('<s:Envelope');
    else if (name === 'fail') response.end(enveloped(faultOf('Client', 'It failed.')));
    else response.end(enveloped(answerOf(name, '<said>said</said>')));
  });
  const wsdl = join(folder, 'canary.wsdl');
  await writeFile(wsdl, wsdlOf(Object.fromEntries(TOOLS.map((name) => [name, []]))));
  const soap = { wsdl, url: origin, username: 'canary', password: OWN_SECRET };
  return { entry: { soap }, heard, close };
}

async function asDatabase(folder: string): Promise<CanaryUpstream> {
  const { url, queries, heard, close } = await startCanaryDatabase(folder, OWN_SECRET);
  return { entry: { sql: { url, queries } }, heard, close };
}

async function asGrpc(folder: string): Promise<CanaryUpstream> {
  const { proto, url, heard, close } = await startGrpcCanary(folder);
  return { entry: { grpc: { url, protos: [proto] }, ...OWN }, heard, close };
}

/** By the id of the upstream. */
// prettier-ignore
export const KINDS: Readonly<Record<string, (folder: string) => Promise<CanaryUpstream>>> = {
  'http-modern': () => overHttp(true),
  'http-legacy': () => overHttp(false),
  'http-sse': () => overSse(),
  'stdio': (folder) => overPipes(folder),
  'openapi': (folder) => asApi(folder),
  'graphql': () => asGraphQl(),
  'grpc': (folder) => asGrpc(folder),
  'soap': (folder) => asSoap(folder),
  'sql': (folder) => asDatabase(folder),
};
