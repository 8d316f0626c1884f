/** An API that misbehaves as a test says, and a gateway that offers it by a document. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, type TestConfig, type TestGateway } from './gateway.ts';
import { callTool, type RestAnswer } from './rest-request.ts';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Listening extends AsyncDisposable {
  readonly origin: string;
  readonly arrived: Arrived[];
}

/** A server on a free port of this machine that notes every request before it answers. */
export async function listen(listener: RequestListener): Promise<Listening> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '', headers, rawHeaders } = request;
      const body = Buffer.concat(chunks).toString();
      arrived.push({ method, target, headers, rawHeaders, body });
      listener(request, response);
    });
    response.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return { origin, arrived, [Symbol.asyncDispose]: () => stop(server) };
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export interface HostileApi extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly api: Listening;
  /** Calls a tool of the API over plain HTTP. */
  call(tool: string, args?: unknown): Promise<RestAnswer>;
  /** The same with the arguments as they are written. */
  callText(tool: string, args: string): Promise<RestAnswer>;
}

export interface HostileOptions {
  readonly paths: object;
  /** Further members of the document. */
  readonly document?: object;
  readonly listener: RequestListener;
  /** Further members of the upstream's entry. */
  readonly upstream?: Record<string, unknown>;
  /** Further members of `openapi`. */
  readonly openapi?: Record<string, unknown>;
  readonly config?: TestConfig;
}

/** Offers the API as the upstream `api`, every tool of it listed in full. */
export async function startHostile(options: HostileOptions): Promise<HostileApi> {
  const api = await listen(options.listener);
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-hostile-'));
  const path = join(folder, 'api.json');
  const info = { title: 'API', version: '1' };
  await writeFile(
    path,
    JSON.stringify({ openapi: '3.1.0', info, paths: options.paths, ...options.document }),
  );
  const openapi = { document: path, url: api.origin, mode: 'full', ...options.openapi };
  const upstreams = { api: { openapi, ...options.upstream }, ...options.config?.upstreams };
  const gateway = await startGateway({ ...options.config, upstreams }, { untilListed: true });
  const callText = (tool: string, args: string): Promise<RestAnswer> =>
    callTool(gateway, `api__${tool}`, args);
  return {
    gateway,
    api,
    callText,
    call: (tool, args = {}) => callText(tool, JSON.stringify(args)),
    [Symbol.asyncDispose]: async () => {
      await gateway.close();
      await api[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An operation with an answer of any kind. */
export function operation(operationId: string, more: object = {}): object {
  return { operationId, responses: { 200: { description: 'Whatever.' } }, ...more };
}
