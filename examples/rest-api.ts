/** A small HTTP server for the examples: routes with `{names}` in their paths, JSON in and out. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A request as a route sees it. */
export interface ApiRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
  /** The address of this request, for links. */
  readonly url: URL;
}

export interface ApiAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is a Buffer. */
  readonly body?: unknown;
}

/** `GET /contacts/{id}` and what answers it. */
export type Routes = Readonly<Record<string, (request: ApiRequest) => ApiAnswer>>;

/** A refusal that a route may throw. */
export class Refused extends Error {
  readonly status: number;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, detail: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.detail = detail;
  }
}

const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** Serves the routes on a free port of the loopback address. */
export async function serveApi(
  routes: Routes,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const table = Object.entries(routes).map(([key, answer]) => {
    const [method = '', path = ''] = key.split(' ');
    const pattern = path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    return { method, pattern: new RegExp(`^${pattern}$`), answer };
  });
  const server = createServer((request, response) => {
    void respond(table, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Row = {
  readonly method: string;
  readonly pattern: RegExp;
  readonly answer: (request: ApiRequest) => ApiAnswer;
};

async function respond(
  table: readonly Row[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  const answer = await answerTo(table, request, url).catch(refusalOf);
  const { status = 200, headers = {}, body } = answer;
  const isBytes = Buffer.isBuffer(body);
  const type = isBytes ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers });
  response.end(isBytes ? body : body === undefined ? '' : JSON.stringify(body));
}

async function answerTo(
  table: readonly Row[],
  request: IncomingMessage,
  url: URL,
): Promise<ApiAnswer> {
  const bytes = await readBody(request);
  const here = table.filter(({ pattern }) => pattern.test(url.pathname));
  const row = here.find(({ method }) => method === request.method);
  if (here.length === 0) throw new Refused(404, `There is nothing at ${url.pathname}.`);
  if (row === undefined) throw new Refused(405, `${url.pathname} does not take this method.`);
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(row.pattern.exec(url.pathname)?.groups ?? {})) {
    params[name] = decodeURIComponent(value);
  }
  const { headers } = request;
  return row.answer({
    params,
    query: url.searchParams,
    headers,
    bytes,
    json: jsonOf(bytes, String(headers['content-type'] ?? '')),
    url,
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BODY_BYTES) throw new Refused(413, 'The body is too large.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Buffer, type: string): unknown {
  if (bytes.length === 0 || !type.startsWith('application/json')) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new Refused(400, 'The body is not JSON.');
  }
}

/** Problem details (RFC 9457). */
function refusalOf(error: unknown): ApiAnswer {
  const known = error instanceof Refused ? error : new Refused(500, 'Something went wrong.');
  return {
    status: known.status,
    headers: { 'content-type': 'application/problem+json' },
    body: { title: known.message, status: known.status, ...known.detail },
  };
}
