/** What `tls` of an entry speaks of: the addresses that the operator wrote, and what does not fit them. */
import type { ClientTlsConfig } from '../egress/index.ts';
import { API_KINDS } from './api/kind-names.ts';
import { databaseTlsProblem } from './sql/address-problem.ts';

/** An entry, as far as it says where something is. */
export interface Written extends Readonly<Partial<Record<(typeof API_KINDS)[number], unknown>>> {
  readonly mcp?: string | object | undefined;
  readonly auth?: object | undefined;
  readonly tls?: ClientTlsConfig | undefined;
}

/** Where it is, by the operator's own words; [] where only a document says so. */
export function ownAddresses(config: Written): URL[] {
  return sectionsOf(config).flatMap((section) => {
    if (typeof section === 'string') return addressIn(section);
    const { url, document } = membersOf(section);
    return url === undefined ? addressIn(document) : addressIn(url);
  });
}

/** Further addresses that the operator wrote: of its document, its subscriptions, and for tokens. */
export function writtenAddresses(config: Written): URL[] {
  const others = sectionsOf(config).flatMap((section) => {
    const { document, subscriptions } = membersOf(section);
    return [document, membersOf(subscriptions)['url']].flatMap(addressIn);
  });
  return [...others, ...tokenUrlsIn(config.auth)];
}

function sectionsOf(config: Written): unknown[] {
  return [config.mcp, ...API_KINDS.map((kind) => config[kind])];
}

function tokenUrlsIn(value: unknown): URL[] {
  return Object.entries(membersOf(value)).flatMap(([name, member]) =>
    /^(?:tokenUrl|tokenEndpoint)$/.test(name) ? addressIn(member) : tokenUrlsIn(member),
  );
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function addressIn(written: unknown): URL[] {
  // The ports that go without saying are those of the protocol underneath.
  const plain = typeof written === 'string' ? written.replace(/^(?:grpc|ws)(s?):/i, 'http$1:') : '';
  const url = plain === '' ? null : URL.parse(plain);
  return url === null || url.host === '' ? [] : [url];
}

type Problem = readonly [message: string, ...path: string[]];

/** What of `tls` would not be used, or not be known where to show. */
export function tlsProblems(config: Written): Problem[] {
  const { tls, mcp } = config;
  if (tls === undefined) return [];
  if (typeof mcp === 'object' && 'command' in mcp) {
    return [['is for servers over HTTP; a command gets what it needs in mcp.env', 'tls']];
  }
  const database = databaseIn(config.sql);
  if (database !== '') return [[database, 'tls']];
  const own = ownAddresses(config);
  if (own.some(({ protocol }) => protocol === 'http:')) {
    return [['is set, but the address begins with http, so it would not be used', 'tls']];
  }
  const isForOne = tls.cert !== undefined || tls.serverName !== undefined;
  return isForOne && own.length === 0
    ? [['has cert or serverName, so url has to say for which server', 'tls']]
    : [];
}

function databaseIn(section: unknown): string {
  const url = typeof section === 'string' ? section : membersOf(section)['url'];
  return typeof url === 'string' ? databaseTlsProblem(url) : '';
}
