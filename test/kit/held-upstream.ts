/** A modern MCP server whose calls stay open until the test says what comes next. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toolText } from './scripted-upstream.ts';

/** A call that came in. */
export interface HeldCall {
  readonly params: Record<string, unknown>;
  progress(progress: number, message?: string): void;
  log(data: unknown): void;
  /** Ends the call with a text; as JSON where nothing was said before. */
  answer(text: string): void;
  /** Whether the gateway let go of it before its answer. */
  readonly isLeft: () => boolean;
}

export interface HeldUpstream extends AsyncDisposable {
  readonly url: string;
  /** The calls so far, in their order. */
  readonly calls: HeldCall[];
  /** Resolves with the call of this number, past or future. */
  call(number: number): Promise<HeldCall>;
  /** Tells whoever listens that the list of tools has changed. */
  changeTools(): void;
  close(): Promise<void>;
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown> & { readonly _meta?: Record<string, unknown> };
}

const HINTS = '"resultType":"complete","ttlMs":0,"cacheScope":"private"';
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';

export async function startHeld(): Promise<HeldUpstream> {
  const calls: HeldCall[] = [];
  const waiting = new Set<() => void>();
  const listeners = new Map<ServerResponse, string | number>();
  const server = createServer((request, response) => {
    void readMessage(request).then((message) => {
      const { id, method } = message;
      if (id === undefined) return void response.writeHead(202).end();
      if (method === 'tools/call') {
        calls.push(holdCall(message, response));
        for (const look of waiting) look();
      } else if (method === 'subscriptions/listen') {
        listeners.set(response, id);
        response.on('close', () => listeners.delete(response));
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(
          change('subscriptions/acknowledged', id, { notifications: { toolsListChanged: true } }),
        );
      } else respond(response, id, housekeeping(method ?? ''));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    calls,
    call: async (number) => {
      for (;;) {
        const found = calls[number];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    changeTools: () => {
      for (const [response, id] of listeners) response.write(change('tools/list_changed', id));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function housekeeping(method: string): string {
  if (method === 'server/discover') {
    return `{${HINTS},"supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true},"logging":{}}}`;
  }
  return `{${HINTS},"tools":[${toolText('hold')}]}`;
}

function respond(response: ServerResponse, id: string | number, result: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
}

function change(method: string, id: string | number, members: object = {}): string {
  const params = { ...members, _meta: { [SUBSCRIPTION]: id } };
  return frame({ jsonrpc: '2.0', method: `notifications/${method}`, params });
}

function frame(message: object): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

function holdCall({ id, params = {} }: Message, response: ServerResponse): HeldCall {
  let isOpen = false;
  const say = (method: string, its: object): void => {
    if (!isOpen) response.writeHead(200, { 'content-type': 'text/event-stream' });
    isOpen = true;
    response.write(frame({ jsonrpc: '2.0', method: `notifications/${method}`, params: its }));
  };
  return {
    params,
    progress: (progress, message = '') =>
      say('progress', { progressToken: params._meta?.['progressToken'], progress, message }),
    log: (data) => say('message', { level: 'info', data }),
    answer: (text) => {
      const result = `{"resultType":"complete","content":[{"type":"text","text":${JSON.stringify(text)}}]}`;
      if (!isOpen) return respond(response, id ?? 0, result);
      response.end(frame({ jsonrpc: '2.0', id, result: JSON.parse(result) as object }));
    },
    isLeft: () => response.destroyed && !response.writableEnded,
  };
}

async function readMessage(request: IncomingMessage): Promise<Message> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Message;
}
