/** The interactive server over Streamable HTTP: with sessions in the legacy era, without in the modern. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import {
  WebStandardStreamableHTTPServerTransport,
  createMcpHandler,
} from '@modelcontextprotocol/server';
import { buildInteractive, type InteractiveOptions } from './server.ts';

export interface InteractiveServer {
  readonly url: string;
  /** Answers to requests that are still being written, streams of subscriptions aside. */
  openAnswers(): number;
  close(): Promise<void>;
}

type Options = Omit<InteractiveOptions, 'die'>;

export async function startInteractive(options: Options): Promise<InteractiveServer> {
  const answering = new Set<ServerResponse>();
  const die = (): void => {
    for (const response of answering) response.destroy();
  };
  const own = { ...options, die };
  const fetch = options.era === 'modern' ? modern(own) : legacy(own);
  const listener = toNodeHandler({ fetch });
  const server = createServer((request, response) => {
    const isLasting = request.headers['mcp-method'] === 'subscriptions/listen';
    if (request.method === 'POST' && !isLasting) {
      answering.add(response);
      response.once('close', () => answering.delete(response));
    }
    void listener(request as NodeIncomingMessageLike, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    openAnswers: () => answering.size,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Fetch = (request: Request) => Promise<Response>;

function modern(options: InteractiveOptions): Fetch {
  const handler = createMcpHandler(() => buildInteractive(options), { legacy: 'reject' });
  return (request) => handler.fetch(request);
}

function legacy(options: InteractiveOptions): Fetch {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  const demanded = new Set<string>();
  return async (request) => {
    const id = request.headers.get('mcp-session-id');
    const known = id === null ? undefined : sessions.get(id);
    if (known !== undefined) return known.handleRequest(request);
    if (id !== null) return new Response(null, { status: 404 });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (session) => void sessions.set(session, transport),
    });
    transport.onclose = () => void sessions.delete(transport.sessionId ?? '');
    await buildInteractive(options, demanded).connect(transport);
    return transport.handleRequest(request);
  };
}
