/** For tests: one API over HTTP, and the transport that calls it. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { principalOf, systemClock, type Clock } from '../../../kernel/index.ts';
import type { ApiCall, AuthNeed, AuthScheme, Operation } from '../model.ts';
import { authSchema } from '../../auth-schema.ts';
import type { CredentialPort } from '../../credential-port.ts';
import type { HttpRequest } from './request.ts';
import { createCaller, type CallerSettings } from './caller.ts';

const cleanups: (() => Promise<unknown>)[] = [];

/** Closes everything that was opened here since the last time. */
export async function closeAll(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

/** An API on a port of its own. */
export async function serve(
  listener: RequestListener,
): Promise<{ server: Server; origin: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, origin: `http://127.0.0.1:${port}` };
}

const scheme = (name: string, more: Partial<AuthScheme> = {}): AuthScheme => ({
  name,
  kind: 'api_key',
  words: `the key ${name}`,
  location: 'header',
  parameter: 'X-Key',
  tokenUrl: '',
  ...more,
});

const ALICE = principalOf({ id: 'alice', kind: 'user', verifiedBy: 'test' });

const OPERATION: Operation = {
  key: 'http:GET /pets',
  name: 'list_pets',
  aliases: [],
  title: '',
  summary: 'Lists pets.',
  tags: [],
  isDeprecated: false,
  verb: 'GET',
  place: '/pets',
  effects: { effect: 'read', isIdempotent: true, origin: 'verb' },
  auth: [],
  at: { source: '', pointer: '', line: 0 },
};

const SCHEMES = [
  scheme('key'),
  scheme('queryKey', { location: 'query', parameter: 'key' }),
  scheme('cookieKey', { location: 'cookie', parameter: 'sid' }),
  scheme('bearer', { kind: 'bearer' }),
  scheme('basic', { kind: 'basic' }),
  scheme('oauth', { kind: 'oauth2' }),
  scheme('other', { kind: 'other' }),
  scheme('cert', { kind: 'mutual_tls' }),
];

export interface Options {
  readonly auth?: unknown;
  /** Whether the document says of any operation what it needs. */
  readonly saysNeeds?: boolean;
  readonly clock?: Clock;
  readonly settings?: Partial<CallerSettings>;
  readonly servers?: readonly string[];
}

const REQUEST: HttpRequest = {
  kind: 'request',
  method: 'GET',
  server: '',
  path: '/pets',
  headers: ['Accept', 'application/json'],
  body: null,
};

/** What calls one API at `url`, with every kind of security scheme. */
export function openTransportWith(port: CredentialPort, url: string, options: Options = {}) {
  const { auth, saysNeeds = true, clock = systemClock, servers = [], settings } = options;
  const needy = { auth: saysNeeds ? need('key') : [] };
  const caller = createCaller({
    index: { servers, schemes: SCHEMES, operations: [{ ...OPERATION, ...needy }] },
    url,
    documentUrl: '',
    writtenUrl: '',
    hosts: [],
    auth: auth === undefined ? undefined : authSchema.parse(auth),
    port,
    headers: {},
    userAgent: 'test',
    clock,
    connectTimeoutMs: 1000,
    ...settings,
  });
  cleanups.push(() => caller.close());
  return {
    credentials: caller.credentials,
    send: (
      request: Partial<HttpRequest> = {},
      wanted: AuthNeed = [],
      call: Partial<ApiCall> = {},
    ) =>
      caller.send({ ...REQUEST, ...request }, wanted, {
        principal: ALICE,
        signal: new AbortController().signal,
        timeoutMs: 60_000,
        maxAnswerBytes: 10_000,
        pageUrl: '',
        ...call,
      }),
  };
}

/** Answers every request with a value. */
export const json =
  (value: unknown, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };

/** A need of all these schemes at once. */
export const need = (...schemes: string[]): AuthNeed => [
  schemes.map((one) => ({ scheme: one, scopes: [] })),
];
