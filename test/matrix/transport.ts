/** How requests travel to a gateway: through sockets, or along its path without any. */
import { Agent, request as httpRequest } from 'node:http';
import { Exchange, type OutHeaders, type Outlet } from '../../gateway/src/kernel/index.ts';
import type { Path } from '../../gateway/src/pipeline/index.ts';

export interface Asking {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer as it comes; a stream may never end. */
export class Reply {
  status = 0;
  /** Names in lower case. */
  readonly headers: Record<string, string> = {};
  text = '';
  isEnded = false;
  leave: () => void = () => undefined;
  private waiting: (() => void)[] = [];

  head(status: number, headers: Iterable<readonly [string, string]>): void {
    this.status = status;
    for (const [name, value] of headers) this.headers[name.toLowerCase()] = value;
    this.wake();
  }

  add(text: string): void {
    this.text += text;
    this.wake();
  }

  end(): void {
    this.isEnded = true;
    this.wake();
  }

  /** Resolves as soon as `test` holds; rejects where the answer ends before. */
  async until(test: (reply: Reply) => boolean): Promise<this> {
    while (!test(this)) {
      if (this.isEnded) throw new Error(`ended after ${this.status} ${this.text.slice(0, 2000)}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    return this;
  }

  whole(): Promise<this> {
    return this.until(({ isEnded }) => isEnded);
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

export interface Transport {
  send(asking: Asking): Reply;
  close(): void;
}

/** Along a path that is asked for anew for every request. */
export function alongPath(path: () => Path): Transport {
  return {
    send: ({ method, path: address, headers, body = '' }) => {
      const reply = new Reply();
      const [plain = '', query = ''] = address.split('?');
      const head = {
        httpMethod: method,
        path: plain,
        query,
        headers: { host: 'localhost', ...headers },
        remoteAddress: '127.0.0.1',
      };
      const bytes = Buffer.from(body);
      const x = new Exchange(head, { read: () => bytes }, outletTo(reply), Date.now(), 1);
      const journey = path().walk(x);
      reply.leave = () => journey.disconnected();
      return reply;
    },
    close: () => undefined,
  };
}

function outletTo(reply: Reply): Outlet {
  return {
    send: (status, headers, body) => {
      reply.text = body.toString();
      reply.head(status, pairs(headers));
      reply.end();
    },
    open: (status, headers) => reply.head(status, pairs(headers)),
    write: (chunk) => {
      reply.add(chunk.toString());
      return true;
    },
    end: (chunk) => {
      if (chunk !== undefined) reply.text += chunk.toString();
      reply.end();
    },
  };
}

function* pairs(headers: OutHeaders): Iterable<readonly [string, string]> {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    yield [headers[at] ?? '', headers[at + 1] ?? ''];
  }
}

/** Through sockets that are kept open. @param origin `http://127.0.0.1:8080` */
export function throughSockets(origin: string): Transport {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  return {
    send: ({ method, path, headers, body }) => {
      const reply = new Reply();
      const length =
        body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const outgoing = httpRequest(`${origin}${path}`, {
        agent,
        method,
        headers: { ...headers, ...length },
      });
      outgoing.on('error', () => reply.end());
      outgoing.on('response', (response) => {
        const given = Object.entries(response.headers);
        reply.head(
          response.statusCode ?? 0,
          given.map(([name, value]) => [name, String(value)] as const),
        );
        response.setEncoding('utf8');
        response.on('data', (text: string) => reply.add(text));
        response.on('close', () => reply.end());
        response.on('error', () => reply.end());
      });
      reply.leave = () => void outgoing.destroy();
      outgoing.end(body);
      return reply;
    },
    close: () => agent.destroy(),
  };
}
