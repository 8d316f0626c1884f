/**
 * An MCP server of raw bytes over Streamable HTTP: what it says is a script, to the byte, and levers
 * make it misbehave. For everything that a correct server never does.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | 'none'
  /** Takes the request and never answers. */
  | 'hang'
  /** Cuts the connection without an answer. */
  | 'reset'
  /** Sends the answer one byte at a time and never ends it. */
  | 'drip'
  /** Sends more bytes than anybody asked for. */
  | 'oversize'
  /** Sends something that is no JSON. */
  | 'malformed'
  /** Answers under an id that was not asked. */
  | 'wrong_id'
  /** Sends the answer twice on one stream. */
  | 'duplicate_ids'
  /** Sends an object with the same key twice. */
  | 'duplicate_keys';

export interface Received {
  readonly headers: IncomingMessage['headers'];
  /** The body exactly as it came. */
  readonly text: string;
  readonly message: { id?: string | number; method?: string; params?: Record<string, unknown> };
}

export interface Script {
  readonly era?: 'modern' | 'legacy';
  /** JSON texts of tool, resource, template and prompt definitions. */
  readonly tools?: readonly string[];
  readonly resources?: readonly string[];
  readonly templates?: readonly string[];
  readonly prompts?: readonly string[];
  /** JSON text of the capabilities; by default those of the lists given. */
  readonly capabilities?: string;
  /** JSON text of the result, or `error:` and the JSON text of an error, per request. */
  readonly answer?: (request: Received) => string | undefined;
  /** JSON texts of notifications that precede the answer, which then comes as a stream. */
  readonly events?: (request: Received) => readonly string[];
}

export interface ScriptedUpstream extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Everything received so far except discovery, lists and sessions. */
  readonly calls: Received[];
  readonly received: Received[];
  /** Requests whose caller went away before it had its answer. */
  readonly abandoned: Received[];
  /** How the given methods misbehave from now on; `*` is every method. */
  readonly faults: Map<string, Fault>;
  /** What lists hold from now on. */
  change(script: Partial<Script>): void;
  close(): Promise<void>;
}

const LISTS: Readonly<Record<string, readonly [member: string, key: keyof Script]>> = {
  'tools/list': ['tools', 'tools'],
  'resources/list': ['resources', 'resources'],
  'resources/templates/list': ['resourceTemplates', 'templates'],
  'prompts/list': ['prompts', 'prompts'],
};

const HOUSEKEEPING = new Set(['server/discover', 'initialize', 'ping', ...Object.keys(LISTS)]);

/** A tool definition as JSON text, for scripts that only need a name. */
export function toolText(name: string): string {
  return `{"name":${JSON.stringify(name)},"inputSchema":{"type":"object"}}`;
}

export async function startScripted(first: Script = {}): Promise<ScriptedUpstream> {
  let script: Script = { era: 'modern', ...first };
  const faults = new Map<string, Fault>();
  const received: Received[] = [];
  const abandoned: Received[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((text) => {
      if (request.method !== 'POST') return void response.writeHead(405).end();
      const message = JSON.parse(text) as Received['message'];
      const entry: Received = { headers: request.headers, text, message };
      received.push(entry);
      response.on('close', () => {
        if (!response.writableEnded) abandoned.push(entry);
      });
      const fault = faults.get(message.method ?? '') ?? faults.get('*') ?? 'none';
      respond(entry, script, fault, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    port,
    received,
    abandoned,
    get calls() {
      return received.filter(({ message }) => {
        const { method = '' } = message;
        return !HOUSEKEEPING.has(method) && !method.startsWith('notifications/');
      });
    },
    faults,
    change: (changes) => {
      script = { ...script, ...changes };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function respond(entry: Received, script: Script, fault: Fault, response: ServerResponse): void {
  const { id, method = '' } = entry.message;
  if (id === undefined) return void response.writeHead(202).end();
  if (fault === 'hang') return;
  if (fault === 'reset') return void response.socket?.destroy();
  const outcome = outcomeOf(entry, script);
  if (outcome === undefined) {
    const error = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":{"code":-32601,"message":"no"}}`;
    return sendJson(response, error, script.era === 'modern' ? 404 : 200);
  }
  const shownId = fault === 'wrong_id' ? '"nobody-asked"' : JSON.stringify(id);
  const body = `{"jsonrpc":"2.0","id":${shownId},${outcome}}`;
  if (method === 'initialize') response.setHeader('mcp-session-id', 'scripted-session');
  const events = script.events?.(entry) ?? [];
  if (events.length > 0 || fault === 'duplicate_ids') {
    const last = fault === 'duplicate_ids' ? [body, body] : [body];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return void response.end([...events, ...last].map((each) => `data: ${each}\n\n`).join(''));
  }
  misbehave(response, body, fault);
}

function misbehave(response: ServerResponse, body: string, fault: Fault): void {
  if (fault === 'malformed') return sendJson(response, body.slice(0, -2));
  if (fault === 'duplicate_keys') return sendJson(response, body.replace('{', '{"jsonrpc":"2.0",'));
  if (fault === 'drip') {
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.write(body.slice(0, 1));
  }
  if (fault === 'oversize') {
    response.writeHead(200, { 'content-type': 'application/json' });
    const block = Buffer.alloc(1 << 20, 0x20);
    const more = (): void => {
      while (!response.destroyed && response.write(block));
    };
    response.on('drain', more);
    return more();
  }
  sendJson(response, body);
}

function sendJson(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
}

/** `"result":…` or `"error":…`, or undefined for a method the script does not know. */
function outcomeOf(entry: Received, script: Script): string | undefined {
  const { method = '' } = entry.message;
  const isModern = script.era === 'modern';
  const hints = isModern ? '"resultType":"complete","ttlMs":0,"cacheScope":"private",' : '';
  const capabilities = script.capabilities ?? defaultCapabilities(script);
  if (method === 'server/discover' && isModern) {
    return `"result":{${hints}"supportedVersions":["2026-07-28"],"capabilities":${capabilities}}`;
  }
  if (method === 'initialize' && !isModern) {
    return `"result":{"protocolVersion":"2025-11-25","capabilities":${capabilities},"serverInfo":{"name":"scripted","version":"1"}}`;
  }
  if (method === 'ping' && !isModern) return '"result":{}';
  const list = LISTS[method];
  const given = list === undefined ? undefined : script[list[1]];
  if (list !== undefined && Array.isArray(given)) {
    return `"result":{${hints}"${list[0]}":[${given.join(',')}]}`;
  }
  const answer = script.answer?.(entry);
  if (answer === undefined) return undefined;
  return answer.startsWith('error:') ? `"error":${answer.slice(6)}` : `"result":${answer}`;
}

function defaultCapabilities(script: Script): string {
  const given: string[] = [];
  if (script.tools !== undefined) given.push('"tools":{}');
  if (script.resources !== undefined || script.templates !== undefined)
    given.push('"resources":{}');
  if (script.prompts !== undefined) given.push('"prompts":{}');
  return `{${given.join(',')}}`;
}
