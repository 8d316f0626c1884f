/** One caller and its ways of speaking; all its requests have the same JSON-RPC id. */
import type { EndpointName } from './generate.ts';
import type { Person } from './naive.ts';
import type { Reply, Transport } from './transport.ts';

const ID = 7;
const JSON_TYPES = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};
const OLD = '2025-11-25';
const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

export type Params = Readonly<Record<string, unknown>>;

export class Visitor {
  readonly person: Person;
  readonly transport: Transport;
  readonly credential: Readonly<Record<string, string>>;
  private readonly sessions = new Map<string, Promise<string>>();
  private readonly streams = new Map<string, Promise<SseStream>>();

  constructor(person: Person, transport: Transport, credential: Readonly<Record<string, string>>) {
    this.person = person;
    this.transport = transport;
    this.credential = credential;
  }

  /** A request of 2026-07-28. @returns the last message, as it came */
  async modern(endpoint: EndpointName, method: string, params: Params = {}): Promise<string> {
    const reply = this.modernStream(endpoint, method, params);
    return lastMessage(await reply.whole());
  }

  modernStream(endpoint: EndpointName, method: string, params: Params = {}): Reply {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': TASKS,
    };
    const named = params['taskId'] ?? params['name'] ?? params['uri'];
    const name = typeof named === 'string' ? { 'mcp-name': mirrored(named) } : {};
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name };
    const message = { jsonrpc: '2.0', id: ID, method, params: { ...params, _meta } };
    return this.post(pathOf(endpoint), message, headers);
  }

  /** A request of 2025-11-25 in the one session that the caller has at this endpoint. */
  async legacy(endpoint: EndpointName, method: string, params: Params = {}): Promise<string> {
    const headers = await this.sessionHeaders(endpoint);
    const message = { jsonrpc: '2.0', id: ID, method, params };
    return lastMessage(await this.post(pathOf(endpoint), message, headers).whole());
  }

  /** The stream on which the session hears of changes. */
  async legacyStream(endpoint: EndpointName): Promise<Reply> {
    const headers = await this.sessionHeaders(endpoint);
    const accept = { accept: 'text/event-stream' };
    const own = { ...this.credential, ...headers, ...accept };
    const reply = this.transport.send({ method: 'GET', path: pathOf(endpoint), headers: own });
    return reply.until(({ status }) => status !== 0);
  }

  /** Plain HTTP. @returns the body */
  async rest(endpoint: EndpointName, tool: string, args: Params): Promise<string> {
    const path = `/api/${endpoint}/tools/${encodeURIComponent(tool)}`;
    return (await this.post(path, args, {}).whole()).text;
  }

  async restDescription(endpoint: EndpointName): Promise<string> {
    const path = `/api/${endpoint}/openapi.json`;
    const headers = this.credential;
    return (await this.transport.send({ method: 'GET', path, headers }).whole()).text;
  }

  /** A message of 2024-11-05; its answer comes on the stream. */
  async sse(endpoint: EndpointName, method: string, params: Params = {}): Promise<string> {
    let stream = this.streams.get(endpoint);
    if (stream === undefined) {
      stream = SseStream.open(this, endpoint);
      this.streams.set(endpoint, stream);
    }
    return (await stream).ask(method, params);
  }

  post(path: string, message: unknown, headers: Readonly<Record<string, string>>): Reply {
    return this.transport.send({
      method: 'POST',
      path,
      headers: { ...JSON_TYPES, ...this.credential, ...headers },
      body: JSON.stringify(message),
    });
  }

  /** Ends what it holds open by itself. */
  close(): void {}

  private async sessionHeaders(endpoint: EndpointName): Promise<Record<string, string>> {
    let session = this.sessions.get(endpoint);
    if (session === undefined) {
      session = this.initialize(endpoint);
      this.sessions.set(endpoint, session);
    }
    return { 'mcp-session-id': await session, 'mcp-protocol-version': OLD };
  }

  private async initialize(endpoint: EndpointName): Promise<string> {
    const reply = await this.post(pathOf(endpoint), initialize(OLD), {}).whole();
    const session = reply.headers['mcp-session-id'];
    if (session === undefined) throw new Error(`no session: ${reply.status} ${reply.text}`);
    return session;
  }
}

class SseStream {
  private readonly visitor: Visitor;
  private readonly reply: Reply;
  private readonly address: string;
  /** All have the same id, so one is asked after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(visitor: Visitor, reply: Reply, address: string) {
    this.visitor = visitor;
    this.reply = reply;
    this.address = address;
  }

  static async open(visitor: Visitor, endpoint: EndpointName): Promise<SseStream> {
    const headers = { ...visitor.credential, accept: 'text/event-stream' };
    const reply = visitor.transport.send({ method: 'GET', path: `/sse/${endpoint}`, headers });
    await reply.until(({ text }) => /^data: .+\n\n/m.test(text));
    const stream = new SseStream(visitor, reply, /^data: (.+)$/m.exec(reply.text)?.[1] ?? '');
    await stream.ask('initialize', initialize('2024-11-05').params);
    return stream;
  }

  ask(method: string, params: Params): Promise<string> {
    const answer = this.turn.then(() => this.askNow(method, params));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private async askNow(method: string, params: Params): Promise<string> {
    this.reply.text = '';
    await this.visitor.post(this.address, { jsonrpc: '2.0', id: ID, method, params }, {}).whole();
    const answers = (): string[] =>
      messagesIn(this.reply.text).filter((text) => text.includes(`"id":${ID}`));
    await this.reply.until(() => answers().length > 0);
    return answers()[0] ?? '';
  }
}

function initialize(protocolVersion: string) {
  const clientInfo = { name: 'c', version: '1' };
  const params = { protocolVersion, capabilities: {}, clientInfo };
  return { jsonrpc: '2.0', id: ID, method: 'initialize', params };
}

function pathOf(endpoint: EndpointName): string {
  return `/mcp/${endpoint}`;
}

/** The data of all events so far. */
export function messagesIn(text: string): string[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((event) => /^data: (.+)$/m.exec(event)?.[1] ?? []);
}

export function lastMessage(reply: Reply): string {
  const isStream = reply.headers['content-type']?.startsWith('text/event-stream') === true;
  return isStream ? (messagesIn(reply.text).at(-1) ?? '') : reply.text;
}

/** A header value for any text (2026-07-28, value encoding). */
function mirrored(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) && !text.startsWith('=?')
    ? text
    : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
