/** A gateway that exchanges its callers' tokens, before upstreams of every kind over HTTP that keep every byte. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { throughSockets, type Transport } from '../matrix/transport.ts';
import { Visitor } from '../matrix/visitor.ts';
import { bearer, openKeys } from './api-keys.ts';
import { KINDS, type CanaryUpstream } from './canary-upstreams.ts';
import {
  AUDIENCE_BEHIND,
  EXCHANGER,
  startExchangingIssuer,
  type ExchangingIssuer,
} from './exchanging-issuer.ts';
import { startGateway, type TestGateway } from './gateway.ts';

export const AUDIENCE = 'https://tools.example.com/mcp';
/** What the gateway presents where nobody calls. */
export const OWN_TOKEN = 'own-canary-for-lists';
export const UPSTREAMS = [
  'http-modern',
  'http-legacy',
  'http-sse',
  'openapi',
  'graphql',
  'grpc',
] as const;
export type UpstreamName = (typeof UPSTREAMS)[number];

const NOBODY = { user: '', agent: '', team: '', groups: [], scopes: [], sites: [] };

export type Door = (visitor: Visitor, tool: string, args: object) => Promise<string>;

/** A further door is one more line. */
export const DOORS: Readonly<Record<string, Door>> = {
  modern: (visitor, name, args) =>
    visitor.modern('default', 'tools/call', { name, arguments: args }),
  legacy: (visitor, name, args) =>
    visitor.legacy('default', 'tools/call', { name, arguments: args }),
  'HTTP+SSE': (visitor, name, args) =>
    visitor.sse('default', 'tools/call', { name, arguments: args }),
  REST: (visitor, name, args) => visitor.rest('default', name, { ...args }),
};

export interface ExchangeWorld extends AsyncDisposable {
  readonly issuer: ExchangingIssuer;
  readonly gateway: TestGateway;
  readonly transport: Transport;
  /** Somebody with a new access token. */
  person(name: string): Promise<{ readonly visitor: Visitor; readonly token: string }>;
  /** Somebody with an API key. */
  robot(): Promise<Visitor>;
  /** Requests that an upstream was sent after the first `from` bytes, each as it came. */
  requests(upstream: UpstreamName, from?: number): Promise<string[]>;
  /** How many bytes it was sent so far. */
  bytes(upstream: UpstreamName): Promise<number>;
}

export async function startExchangeWorld(timeoutMs = 10_000): Promise<ExchangeWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-exchange-'));
  const issuer = await startExchangingIssuer();
  const upstreams = new Map<string, CanaryUpstream>();
  for (const id of UPSTREAMS) upstreams.set(id, await KINDS[id]!(folder));
  const auth = {
    tokenExchange: {
      tokenUrl: issuer.tokenUrl,
      clientId: EXCHANGER.id,
      clientSecret: EXCHANGER.secret,
      sendIn: 'body',
      audience: AUDIENCE_BEHIND,
      discovery: { bearer: OWN_TOKEN },
    },
  };
  const config = {
    server: { publicUrl: 'https://tools.example.com' },
    identity: { keys: true, oauth: [{ issuer: issuer.url, audience: AUDIENCE }] },
    policy: { default: 'allow' },
    upstreams: Object.fromEntries(
      [...upstreams].map(([id, { entry }]) => [id, { ...entry, auth, timeoutMs }]),
    ),
  };
  const gateway = await startGateway(config, { untilListed: true });
  const transport = throughSockets(gateway.origin);
  const heard = async (id: UpstreamName) => (await upstreams.get(id)?.heard()) ?? '';
  return {
    issuer,
    gateway,
    transport,
    person: async (name) => {
      const token = await issuer.tokenOf(name, AUDIENCE);
      return { token, visitor: new Visitor(NOBODY, transport, bearer(token)) };
    },
    robot: async () => {
      await using keys = await openKeys(gateway.stateDir);
      return new Visitor(NOBODY, transport, bearer((await keys.add({ user: 'ann' })).text));
    },
    requests: async (id, from = 0) =>
      (await heard(id)).slice(from).split(/(?=(?:GET|POST|DELETE) \/\S* HTTP\/1\.1\r\n)/),
    bytes: async (id) => (await heard(id)).length,
    [Symbol.asyncDispose]: async () => {
      transport.close();
      await gateway.close();
      for (const each of upstreams.values()) await each.close();
      await issuer[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether it is a call of a tool, and no list or greeting. */
export function isCall(request: string): boolean {
  if (/^(?:GET \/do\/|POST \/canary\.)/.test(request)) return true;
  return request.includes('"tools/call"') || /"operationName":"(?!Introspection)/.test(request);
}

/** What stands in `Authorization`; '' where nothing does. */
export function presentedIn(request: string): string {
  return /\r\nauthorization: Bearer (\S+)\r\n/i.exec(request)?.[1] ?? '';
}
