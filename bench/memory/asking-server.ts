import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A server of 2025-11-25 over Streamable HTTP whose one tool asks a form in every call. */
export interface AskingServer {
  readonly url: string;
  /** Calls that have not been answered. */
  readonly open: () => number;
  /** Calls that were answered with what was asked for. */
  readonly answered: () => number;
  /** Connections that it holds. */
  connections(): Promise<number>;
  close(): void;
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly result?: { readonly action?: string };
}

const TOOL = {
  name: 'book',
  description: 'Books a table and asks for the hour.',
  inputSchema: { type: 'object', properties: { note: { type: 'string' } } },
};
const QUESTION = {
  message: 'For which hour shall the table be booked?',
  requestedSchema: {
    type: 'object',
    properties: { hour: { type: 'integer', minimum: 0, maximum: 23, description: 'Full hour.' } },
    required: ['hour'],
  },
};
const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'bench', version: '1.0.0' },
};

/** Starts it on a free loopback port. */
export async function startAskingServer(): Promise<AskingServer> {
  const waiting = new Map<string, (answer: Message) => void>();
  let asked = 0;
  let answered = 0;
  const call = (id: unknown, response: ServerResponse): void => {
    const question = `ask-${++asked}`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    event(response, { id: question, method: 'elicitation/create', params: QUESTION });
    const end = (answer?: Message): void => {
      if (!waiting.delete(question)) return;
      if (answer?.result?.action === 'accept') answered++;
      event(response, { id, result: { content: [{ type: 'text', text: 'Booked.' }] } });
      response.end();
    };
    waiting.set(question, end);
    response.once('close', () => end());
  };
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    void read(request).then((message) => {
      const { id, method } = message;
      if (method === 'tools/call') call(id, response);
      else if (id === undefined || method === undefined) {
        response.writeHead(202).end();
        waiting.get(String(id))?.(message);
      } else answer(response, id, method === 'initialize' ? INITIALIZED : { tools: [TOOL] });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    open: () => waiting.size,
    answered: () => answered,
    connections: () =>
      new Promise((resolve) => {
        server.getConnections((_error, count) => resolve(count));
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(response: ServerResponse, id: string | number, result: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'bench' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

function event(response: ServerResponse, message: object): void {
  response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
}

async function read(request: IncomingMessage): Promise<Message> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}
