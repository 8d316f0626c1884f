import { Agent, type IncomingMessage } from 'node:http';
import { inTurn, openStream, post } from './requests.ts';

const CONNECTIONS = 16;
const HEADERS = {
  Accept: 'application/json, text/event-stream',
  'Content-Type': 'application/json',
};

/** How clients of the legacy era keep a session. */
export type SessionKind = 'no stream' | 'stream' | 'HTTP+SSE';

/** Clients of the legacy era: each begins a session, reads the tools once and then does nothing. */
export class LegacyCallers {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  private readonly origin: string;
  private readonly kind: SessionKind;
  private readonly streams: IncomingMessage[] = [];

  constructor(port: number, kind: SessionKind) {
    this.origin = `http://127.0.0.1:${port}`;
    this.kind = kind;
  }

  /** Begins so many sessions. */
  async begin(count: number): Promise<void> {
    await inTurn(count, CONNECTIONS, () =>
      this.kind === 'HTTP+SSE' ? this.beginOnStream() : this.beginByPost(),
    );
  }

  close(): void {
    for (const stream of this.streams) stream.destroy();
    this.agent.destroy();
  }

  private async beginByPost(): Promise<void> {
    const begun = await this.say('/mcp', {}, initialize('2025-11-25'));
    const session = {
      'Mcp-Session-Id': String(begun.headers['mcp-session-id']),
      'MCP-Protocol-Version': '2025-11-25',
    };
    await this.say('/mcp', session, INITIALIZED);
    await this.say('/mcp', session, LIST);
    if (this.kind !== 'stream') return;
    const headers = { ...session, Accept: 'text/event-stream' };
    this.keep(await openStream(`${this.origin}/mcp`, headers));
  }

  private async beginOnStream(): Promise<void> {
    const stream = await openStream(`${this.origin}/sse`, { Accept: 'text/event-stream' });
    const events = this.keep(stream);
    const path = await events.next(/data: (\/\S+)/);
    await this.say(path, {}, initialize('2024-11-05'));
    await events.next(/"protocolVersion"/);
    await this.say(path, {}, INITIALIZED);
    await this.say(path, {}, LIST);
    await events.next(/"tools"/);
  }

  private keep(stream: IncomingMessage): Events {
    this.streams.push(stream);
    return new Events(stream);
  }

  private async say(path: string, more: Record<string, string>, message: object): Promise<Said> {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const answer = await post(`${this.origin}${path}`, this.agent, { ...HEADERS, ...more }, body);
    if (answer.status === 200 || answer.status === 202) return answer;
    throw new Error(`a session was answered with ${answer.status}: ${answer.text.slice(0, 300)}`);
  }
}

type Said = Awaited<ReturnType<typeof post>>;

/** What is said on a stream. */
class Events {
  private text = '';
  private look: () => void = () => undefined;

  constructor(stream: IncomingMessage) {
    stream.setEncoding('utf8');
    stream.on('error', () => undefined);
    stream.on('data', (chunk: string) => {
      this.text += chunk;
      this.look();
    });
  }

  /** Waits for what fits and drops what came up to it. */
  next(fits: RegExp): Promise<string> {
    return new Promise((resolve) => {
      this.look = () => {
        const found = fits.exec(this.text);
        if (found === null) return;
        this.look = () => undefined;
        this.text = '';
        resolve(found[1] ?? found[0]);
      };
      this.look();
    });
  }
}

const INITIALIZED = { method: 'notifications/initialized' };
const LIST = { id: 2, method: 'tools/list', params: {} };

function initialize(protocolVersion: string): object {
  const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: {} };
  const clientInfo = { name: 'bench', title: 'Bench', version: '1.0.0' };
  return { id: 1, method: 'initialize', params: { protocolVersion, capabilities, clientInfo } };
}
