/** The same path without a socket: for the command line, as the local principal. */
import { Exchange, Refusal, type Body, type Clock, type Outlet } from '../kernel/index.ts';
import type { Path } from '../pipeline/index.ts';

export interface InProcessAnswer {
  readonly status: number;
  /** The whole JSON body, or all server-sent events one after another. */
  readonly body: string;
}

export interface InProcessRequest {
  /** POST where it is not said. */
  readonly httpMethod?: 'POST' | 'GET' | 'DELETE';
  readonly endpointPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly message: string | Buffer;
}

/** Walks one request along the path and resolves with its whole answer. */
export function requestInProcess(
  path: Path,
  epoch: number,
  clock: Clock,
  request: InProcessRequest,
): Promise<InProcessAnswer> {
  return new Promise((resolve) => {
    openInProcess(path, epoch, clock, request, collector(resolve));
  });
}

/**
 * Sends one request on its way; its answer goes to `outlet` as it comes, and may have begun before
 * this returns. Refuses a message that is longer than a body may be, as every listener does.
 * @returns what to call when nobody listens to the answer any more
 */
export function openInProcess(
  path: Path,
  epoch: number,
  clock: Clock,
  request: InProcessRequest,
  outlet: Outlet,
): () => void {
  const head = {
    httpMethod: request.httpMethod ?? 'POST',
    path: request.endpointPath,
    query: '',
    headers: {
      host: 'localhost',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...request.headers,
    },
    remoteAddress: '127.0.0.1',
    isOwn: true as const,
  };
  const bytes = Buffer.from(request.message);
  const body: Body = {
    read: (maxBytes) =>
      Promise.resolve(
        bytes.length > maxBytes
          ? new Refusal('body_too_large', { text: `The limit is ${maxBytes} bytes.` })
          : bytes,
      ),
  };
  const journey = path.walk(new Exchange(head, body, outlet, clock.nowMs(), epoch));
  return () => journey.disconnected();
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
      return true;
    },
    end: (chunk) => {
      if (chunk !== undefined) chunks.push(chunk.toString());
      resolve({ status, body: chunks.join('') });
    },
  };
}
