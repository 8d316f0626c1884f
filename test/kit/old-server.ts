/** A server of HTTP with SSE (2024-11-05), built with the SDK of its time. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { z } from 'zod';

export interface OldServer extends AsyncDisposable {
  /** Address of its event stream. */
  readonly url: string;
  /** Streams that are open. */
  readonly streams: ReadonlySet<ServerResponse>;
  /** Calls of tools so far, by name. */
  readonly calls: Map<string, number>;
  /** Offers one more tool and says so to everybody. */
  addTool(name: string): void;
  close(): Promise<void>;
}

interface Session {
  readonly transport: SSEServerTransport;
  readonly server: McpServer;
}

export async function startOldServer(): Promise<OldServer> {
  const sessions = new Map<string, Session>();
  const streams = new Set<ServerResponse>();
  const calls = new Map<string, number>();
  const more: string[] = [];
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET' && url.pathname === '/sse') {
      const transport = new SSEServerTransport('/messages', response);
      const server = buildServer(calls, more, () => response.destroy());
      sessions.set(transport.sessionId, { transport, server });
      streams.add(response);
      response.once('close', () => {
        streams.delete(response);
        sessions.delete(transport.sessionId);
      });
      void server.connect(transport);
      return;
    }
    const session = sessions.get(url.searchParams.get('sessionId') ?? '');
    if (request.method !== 'POST' || url.pathname !== '/messages') response.writeHead(404).end();
    else if (session === undefined) response.writeHead(404).end('Session not found');
    else void session.transport.handlePostMessage(request, response);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const close = async (): Promise<void> => {
    http.closeAllConnections();
    if (http.listening) await new Promise((resolve) => http.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}/sse`,
    streams,
    calls,
    addTool: (name) => {
      more.push(name);
      for (const { server } of sessions.values()) addEmpty(server, name);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] });

function addEmpty(server: McpServer, name: string): void {
  server.registerTool(name, {}, () => text(name));
}

function buildServer(
  calls: Map<string, number>,
  more: readonly string[],
  cut: () => void,
): McpServer {
  const server = new McpServer(
    { name: 'old', version: '1' },
    { capabilities: { logging: {}, tools: { listChanged: true } } },
  );
  const count = (name: string): void => void calls.set(name, (calls.get(name) ?? 0) + 1);
  server.registerTool('echo', { inputSchema: { said: z.string() } }, ({ said }) => {
    count('echo');
    return text(said);
  });
  server.registerTool('tell', {}, async (extra) => {
    count('tell');
    const progressToken = extra._meta?.progressToken;
    await server.sendLoggingMessage({ level: 'warning', data: 'a log line' });
    for (const progress of progressToken === undefined ? [] : [1, 2]) {
      await extra.sendNotification({
        method: 'notifications/progress',
        params: { progressToken: progressToken ?? '', progress },
      });
    }
    return text('told');
  });
  server.registerTool('ask', {}, async () => {
    count('ask');
    const answer = await server.server.elicitInput({
      message: 'who?',
      requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
    });
    return text(`${answer.action} ${JSON.stringify(answer.content ?? null)}`);
  });
  server.registerTool('die', {}, () => {
    count('die');
    cut();
    return text('never heard');
  });
  server.registerTool('kinds', {}, () => ({
    content: [
      { type: 'audio', mimeType: 'audio/wav', data: 'AAAA' },
      { type: 'resource_link', uri: 'a://b', name: 'b' },
    ],
  }));
  for (const name of more) addEmpty(server, name);
  return server;
}
