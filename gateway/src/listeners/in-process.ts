/** The same path without a socket: for the command line, as the local principal. */
import { Exchange, type Body, type Clock, type Outlet } from '../kernel/index.ts';
import type { Path } from '../pipeline/index.ts';

export interface InProcessAnswer {
  readonly status: number;
  /** The whole JSON body, or all server-sent events one after another. */
  readonly body: string;
}

export interface InProcessRequest {
  readonly endpointPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Walks one request along the path and resolves with its whole answer. */
export function requestInProcess(
  path: Path,
  epoch: number,
  clock: Clock,
  request: InProcessRequest,
): Promise<InProcessAnswer> {
  return new Promise((resolve) => {
    const head = {
      httpMethod: 'POST',
      path: request.endpointPath,
      headers: {
        host: 'localhost',
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...request.headers,
      },
      remoteAddress: '127.0.0.1',
    };
    const body: Body = { read: () => Promise.resolve(Buffer.from(request.message)) };
    path.walk(new Exchange(head, body, collector(resolve), clock.nowMs(), epoch));
  });
}

function collector(resolve: (answer: InProcessAnswer) => void): Outlet {
  const chunks: string[] = [];
  let status = 0;
  return {
    send: (code, _headers, body) => resolve({ status: code, body: body.toString() }),
    open: (code) => {
      status = code;
    },
    write: (chunk) => {
      chunks.push(chunk.toString());
    },
    end: (chunk) => {
      if (chunk !== undefined) chunks.push(chunk.toString());
      resolve({ status, body: chunks.join('') });
    },
  };
}
