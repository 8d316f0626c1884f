/** A caller of the legacy era that shows every byte of its streams and can lose its connections. */
import { request as httpRequest, type IncomingMessage } from 'node:http';

export interface SseEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
  /** The data as JSON; undefined where it is none. */
  readonly json: JsonRpc | undefined;
}

export interface JsonRpc {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** An answer as it comes. */
export class Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: SseEvent[] = [];
  /** Everything received so far. */
  text = '';
  isEnded = false;
  private readonly response: IncomingMessage;
  private taken = 0;
  private rest = '';
  private waiting: (() => void)[] = [];

  constructor(response: IncomingMessage) {
    this.response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.read(chunk));
    response.on('error', () => undefined);
    response.on('close', () => {
      this.isEnded = true;
      this.wake();
    });
  }

  /** Takes the next event; rejects where the stream ends before. */
  async next(): Promise<SseEvent> {
    for (;;) {
      const event = this.events[this.taken];
      if (event !== undefined) {
        this.taken++;
        return event;
      }
      if (this.isEnded) throw new Error(`the stream ended after ${JSON.stringify(this.text)}`);
      await this.wait();
    }
  }

  /** Resolves with everything once the answer has ended. */
  async whole(): Promise<string> {
    while (!this.isEnded) await this.wait();
    return this.text;
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.whole());
  }

  /** Loses the connection. */
  kill(): void {
    this.response.destroy();
  }

  pause(): void {
    this.response.socket.pause();
  }

  resume(): void {
    this.response.socket.resume();
  }

  private read(chunk: string): void {
    this.text += chunk;
    const blocks = `${this.rest}${chunk}`.split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (!block.startsWith(':')) this.events.push(readEvent(block));
    }
    this.wake();
  }

  private wait(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function readEvent(block: string): SseEvent {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [name = '', ...rest] = line.split(':');
    fields.set(name, rest.join(':').trimStart());
  }
  const data = fields.get('data') ?? '';
  const json = data.startsWith('{') ? (JSON.parse(data) as JsonRpc) : undefined;
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data, json };
}

/** Sends one request on a connection of its own. */
export function send(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) =>
      resolve(new Reply(response)),
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** A session over Streamable HTTP. */
export class LegacyCaller {
  readonly url: string;
  readonly headers: Record<string, string>;

  constructor(url: string, headers: Record<string, string>) {
    this.url = url;
    this.headers = headers;
  }

  static async begin(
    url: string,
    revision: string,
    capabilities: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<LegacyCaller> {
    const caller = new LegacyCaller(url, { ...headers });
    const params = {
      protocolVersion: revision,
      capabilities,
      clientInfo: { name: 'c', version: '1' },
    };
    const reply = await caller.post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    await reply.whole();
    const session = String(reply.headers['mcp-session-id']);
    const own = { 'mcp-session-id': session, 'mcp-protocol-version': revision };
    return new LegacyCaller(url, { ...headers, ...own });
  }

  post(message: unknown): Promise<Reply> {
    const headers = {
      ...this.headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    return send('POST', this.url, headers, JSON.stringify(message));
  }

  /** Calls the tool that the test holds open, asking for progress. */
  call(id: number | string): Promise<Reply> {
    return this.post(callOf(id));
  }

  get(lastEventId?: string): Promise<Reply> {
    const resumed = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    return send('GET', this.url, { ...this.headers, accept: 'text/event-stream', ...resumed });
  }

  end(): Promise<Reply> {
    return send('DELETE', this.url, this.headers);
  }
}

export function callOf(id: number | string): object {
  const params = { name: 'held__hold', arguments: {}, _meta: { progressToken: `p${id}` } };
  return { jsonrpc: '2.0', id, method: 'tools/call', params };
}

/** What an answer of the held tool says. */
export function textOf(message: JsonRpc | undefined): unknown {
  const [content] = (message?.result?.['content'] ?? []) as { text?: string }[];
  return content?.text;
}
