/** The admin API over node:http. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Head } from '../kernel/index.ts';
import { createApp } from './app.ts';
import type { App } from './env.ts';
import { isAdminPath } from './paths.ts';
import type { AdminPages, AdminPorts } from './ports.ts';
import { problemText } from './problem.ts';
import { readBody } from './read-body.ts';

/** Methods that a `Request` cannot have. */
const UNSUPPORTED = ['CONNECT', 'TRACE', 'TRACK'];

export function createAdminPages(ports: AdminPorts): AdminPages {
  const app = createApp(ports);
  return {
    owns: isAdminPath,
    answer: (request, response, head) => {
      respond(app, { request, response, head }).catch((error: unknown) => {
        ports.onBug(error);
        if (!response.headersSent) sendProblem(response, 'internal');
        else response.destroy();
      });
    },
  };
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: Head;
}

async function respond(app: App, { request, response, head }: Asked): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  if (UNSUPPORTED.includes(method)) {
    sendProblem(response, 'method_not_allowed');
    return;
  }
  const body = await readBody(request);
  if (body === 'gone') return;
  if (body === 'too large') {
    sendProblem(response, 'too_large');
    return;
  }
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
  const asked = new Request(`http://localhost${url}`, {
    method,
    headers: headersOf(request),
    ...(hasBody ? { body } : {}),
  });
  const answer = await app.fetch(asked, { incoming: request, head });
  const bytes = Buffer.from(await answer.arrayBuffer());
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.setHeader('content-length', bytes.length);
  response.statusCode = answer.status;
  response.end(method === 'HEAD' ? undefined : bytes);
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return headers;
}

/** Before there is an app to answer; what is left of the body ends the connection. */
function sendProblem(
  response: ServerResponse,
  reason: 'too_large' | 'method_not_allowed' | 'internal',
): void {
  const { status, text } = problemText(reason);
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.end(text);
}
