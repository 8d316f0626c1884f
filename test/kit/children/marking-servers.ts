/**
 * MCP servers that say in every answer, error and progress whose call it was for. With `http` as its
 * first argument it serves both eras and prints their addresses; with `stdio` it serves its parent.
 * The second argument is how many callers have a tool of their own.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly uri?: string;
    readonly protocolVersion?: string;
    readonly arguments?: { readonly mark?: string; readonly how?: string };
    readonly _meta?: { readonly progressToken?: unknown };
  };
}

const [, , way = 'http', callers = '1'] = process.argv;
const HINTS = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
const names = ['work', ...Array.from({ length: Number(callers) }, (_, at) => `u${at}`)];
const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
const SLOW_MS = 40;

function listed(method: string, version: string): object | undefined {
  const capabilities = { tools: {}, resources: {} };
  switch (method) {
    case 'server/discover':
      return version === '' ? undefined : { supportedVersions: ['2026-07-28'], capabilities };
    case 'initialize':
      return {
        protocolVersion: '2025-11-25',
        capabilities,
        serverInfo: { name: 'marking', version: '1' },
      };
    case 'tools/list':
      return { tools };
    case 'resources/list':
      return { resources: [] };
    case 'resources/templates/list':
      return { resourceTemplates: [{ uriTemplate: `${way}${version}://{mark}`, name: 'mine' }] };
    case 'ping':
      return {};
    default:
      return undefined;
  }
}

/** @param say told of one message after the other; the last one is the answer */
function answer(message: Message, version: string, say: (text: object, isLast: boolean) => void) {
  const { id, method = '', params = {} } = message;
  const end = (rest: object): void => say({ jsonrpc: '2.0', id, ...rest }, true);
  const done = (result: object): void =>
    end({ result: version === '' ? result : { ...HINTS, ...result } });
  const known = listed(method, version);
  if (known !== undefined) return done(known);
  const { mark = params.uri ?? '', how = 'plain' } = params.arguments ?? {};
  const finish = (): void => {
    if (method === 'resources/read') done({ contents: [{ uri: mark, text: mark }] });
    else if (method !== 'tools/call') end({ error: { code: -32601, message: 'no' } });
    else if (how === 'fail') end({ error: { code: -32603, message: `failed for ${mark}` } });
    else done({ content: [{ type: 'text', text: mark }] });
  };
  const progressToken = params._meta?.progressToken;
  if (how === 'progress') {
    for (const progress of [1, 2]) {
      const its = { progressToken, progress, message: mark };
      say({ jsonrpc: '2.0', method: 'notifications/progress', params: its }, false);
    }
  }
  // Answers come in another order than calls.
  if (how === 'slow') setTimeout(finish, SLOW_MS);
  else if (mark.length % 2 === 0) setImmediate(finish);
  else finish();
}

/** @param version '' for the legacy era */
function serve(version: string): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(405).end();
      const message = JSON.parse(Buffer.concat(chunks).toString()) as Message;
      if (message.id === undefined) return void response.writeHead(202).end();
      if (message.method === 'initialize') response.setHeader('mcp-session-id', 'one-for-all');
      answer(message, version, sayOn(response));
    });
  });
  // No connection is closed just when it is used again.
  server.keepAliveTimeout = 0;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
    });
  });
}

function sayOn(response: ServerResponse): (text: object, isLast: boolean) => void {
  let isStream = false;
  return (text, isLast) => {
    if (isLast && !isStream) {
      response.writeHead(200, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify(text));
    }
    if (!isStream) response.writeHead(200, { 'content-type': 'text/event-stream' });
    isStream = true;
    response.write(`data: ${JSON.stringify(text)}\n\n`);
    if (isLast) response.end();
  };
}

if (way === 'http') {
  const addresses = await Promise.all(['2026-07-28', ''].map((version) => serve(version)));
  process.stdout.write(`${JSON.stringify(addresses)}\n`);
  process.stdin.on('end', () => process.exit(0)).resume();
} else {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const message = JSON.parse(line) as Message;
    if (message.id === undefined) return;
    answer(message, '', (text) => void process.stdout.write(`${JSON.stringify(text)}\n`));
  });
}
