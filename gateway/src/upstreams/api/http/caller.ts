/** Everything that calls one API under one configuration. */
import {
  addressFault,
  hostsOf,
  isHostAllowed,
  safeAddress,
  type FindAddresses,
  type OutboundPool,
  type WayOut,
} from '../../../egress/index.ts';
import type { Clock, Principal } from '../../../kernel/index.ts';
import type { ApiIndex, AuthScheme } from '../model.ts';
import { secretsOf, type AuthConfig, type ClientConfig } from '../../auth-schema.ts';
import type { CredentialPort, UpstreamCredentials } from '../../credential-port.ts';
import { createSecretFilter, secretHeaders } from './reply/secret-filter.ts';
import { createCredentials, type Credentials } from './credentials.ts';
import { createServers, type Servers } from './servers.ts';
import { createTokens } from './tokens.ts';
import { createTransport, type Transport } from './transport.ts';

export interface CallerSettings {
  readonly index: Pick<ApiIndex, 'servers' | 'schemes' | 'operations'>;
  /** As the operator wrote it; '' where the document decides. */
  readonly url: string;
  /** Where the document was found in the end; '' where it is a file. */
  readonly documentUrl: string;
  /** Address of the document as the operator wrote it; '' where it is a file. */
  readonly writtenUrl: string;
  readonly hosts: readonly string[];
  readonly auth: AuthConfig | undefined;
  readonly port: CredentialPort;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly find?: FindAddresses;
  readonly wayOut?: WayOut | undefined;
  /** What else is secret and may come back in an answer. */
  readonly secrets?: readonly string[];
}

/** What a connection that stays open is made of; it carries what every request carries. */
export interface Streams {
  /** Names in lower case and values in turn. */
  readonly headers: readonly string[];
  readonly isPerPrincipal: boolean;
  /** @param principal undefined for the gateway itself */
  bind(pool: OutboundPool, principal: Principal | undefined): OutboundPool;
  pool(url: URL): OutboundPool;
}

export interface Caller extends Transport {
  readonly credentials: Credentials;
  /** Where calls go; words where that is not known or not allowed. */
  readonly base: URL | string;
  /** Takes known credentials out of a text that an answer held in another form. */
  readonly clean: (text: string) => string;
  /** For what is no request with one answer. */
  readonly streams: Streams;
  close(): Promise<void>;
}

export function createCaller(settings: CallerSettings): Caller {
  const { index, auth, clock, url, documentUrl, writtenUrl, hosts } = settings;
  const { connectTimeoutMs, find, port, wayOut } = settings;
  const secrets = createSecretFilter(secretsIn(settings));
  const finding = find === undefined ? {} : { find };
  const servers = createServers({
    url,
    servers: index.servers,
    documentUrl,
    writtenUrl,
    hosts,
    connectTimeoutMs,
    wayOut,
    ...finding,
  });
  const presented = port.open(auth, wayOut, (token) => secrets.learn(token));
  const tokens = createTokens({
    schemes: auth?.schemes ?? {},
    tokens: presented.clientTokens,
    endpoint: (client, scheme) => tokenEndpoint(client, scheme, servers, settings),
    allow: tokenHosts(settings),
    find,
  });
  const credentials = createCredentials({
    auth,
    schemes: index.schemes,
    tokens,
    saysNeeds: index.operations.some((operation) => operation.auth.length > 0),
  });
  const transport = createTransport({
    servers,
    credentials,
    tokens,
    secrets,
    clock,
    headers: configuredHeaders(settings, presented),
    presented,
  });
  return {
    ...transport,
    credentials,
    base: servers.resolve(''),
    clean: (text) => secrets.clean(text),
    streams: streamsOf(settings, presented, servers),
    close: async () => {
      await Promise.all([servers.close(), presented.close()]);
    },
  };
}

function secretsIn({ auth, headers, secrets = [] }: CallerSettings): string[] {
  return [...secretsOf(auth), ...secretHeaders(headers), ...secrets];
}

function streamsOf(
  settings: CallerSettings,
  presented: UpstreamCredentials,
  servers: Servers,
): Streams {
  return {
    headers: configuredHeaders(settings, presented),
    isPerPrincipal: presented.isPerPrincipal,
    bind: (pool, principal) => presented.bind(pool, principal),
    pool: (url) => servers.pool(url),
  };
}

function configuredHeaders(
  { headers, userAgent }: CallerSettings,
  { fixed }: UpstreamCredentials,
): string[] {
  const named = new Map([['user-agent', userAgent]]);
  for (const [name, value] of Object.entries(headers)) named.set(name.toLowerCase(), value);
  const own = fixed?.headers ?? [];
  for (let at = 0; at < own.length; at += 2) named.set(own[at] ?? '', own[at + 1] ?? '');
  return [...named].flat();
}

/**
 * Where the secret of a client may be sent: where the operator says, else where the document says,
 * but only on a host that calls go to anyway.
 */
function tokenEndpoint(
  client: ClientConfig,
  scheme: AuthScheme,
  servers: Servers,
  { hosts, documentUrl }: CallerSettings,
): URL | string {
  if (client.tokenUrl !== undefined) return new URL(client.tokenUrl);
  const setting = `auth.schemes.${scheme.name}.tokenUrl`;
  const base = servers.resolve('');
  const from = documentUrl !== '' ? documentUrl : base instanceof URL ? base.href : undefined;
  const url = scheme.tokenUrl === '' ? null : URL.parse(scheme.tokenUrl, from);
  if (url === null) return `${setting} has to be set: the document does not name it.`;
  const isOwn = base instanceof URL && url.origin === base.origin;
  if (!isOwn && !isHostAllowed(url, { allow: hosts })) {
    return `${setting} has to be set: the document names ${safeAddress(url)}, on another host than the API.`;
  }
  const why = addressFault(url, { allow: isOwn ? [...hosts, url.host] : hosts });
  return why === undefined ? url : `${safeAddress(url)} is not asked: ${why}.`;
}

function tokenHosts({ auth, url, writtenUrl, hosts }: CallerSettings): string[] {
  const clients = Object.values(auth?.schemes ?? {});
  const written = clients.flatMap((one) =>
    typeof one === 'object' && 'tokenUrl' in one ? (one.tokenUrl ?? []) : [],
  );
  return [...hosts, ...[...written, url, writtenUrl].flatMap((one) => hostsOf(one))];
}
