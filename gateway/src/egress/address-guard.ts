/**
 * Decides where a request may go whose address was not written by the operator but by a document, an
 * upstream or a client.
 */
import { lookup as lookUp } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { addressKind, isInRange, type AddressKind } from './address-kinds.ts';
import type { GuardedLookup } from './outbound.ts';

/** What the operator allows beyond public addresses. */
export interface AddressRules {
  /**
   * Hosts (`schemas.example.com`, `10.0.0.7`, `[fd00::1]`), hosts with a port, ranges
   * (`10.0.0.0/8`). A host that is named may have any address but the metadata service of a cloud,
   * which has to be named by its own address: whoever owns a name decides where it leads. Everything
   * else may have only public addresses.
   */
  readonly allow: readonly string[];
}

/** A name led to an address that nobody allowed; its message says which kind, not which address. */
export class AddressRefused extends Error {}

/** Finds all addresses of a name, or says why there are none. */
export type FindAddresses = (
  host: string,
  done: (error: Error | null, addresses: readonly string[]) => void,
) => void;

const KIND_WORDS: Readonly<Record<Exclude<AddressKind, 'public'>, string>> = {
  loopback: 'this machine itself',
  private: 'a private network',
  link_local: 'the local link',
  shared: 'a carrier-grade NAT',
  metadata: 'the metadata service of a cloud',
  unspecified: 'no particular host',
  multicast: 'a multicast group',
  reserved: 'a reserved range',
};

/**
 * Judges an address by itself: scheme, user information, and the host where it is an IP address in
 * any spelling (the URL parser has made one of octal, hexadecimal, short and full-width forms). A
 * name is judged by `guardedLookup` for every connection, so that what was checked is what is
 * connected to.
 * @returns words that say why nothing may be sent there; undefined where it may
 */
export function addressFault(url: URL, rules: AddressRules): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return `"${url.protocol}" is not a scheme that is asked; use https or http`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'it holds a user name or password; credentials belong in the configuration';
  }
  const host = bareHost(url.hostname);
  if (host === '') return 'it has no host';
  if (isHostAllowed(url, rules)) return undefined;
  if (isIP(host) !== 0) return refusalOf(host, rules);
  // RFC 6761, section 6.3: these names always mean this machine.
  return /(^|\.)localhost\.?$/.test(host) ? words('loopback') : undefined;
}

/**
 * Finds the addresses of a name and lets only those through that may be connected to. The socket
 * connects to exactly what this hands out: the name is not looked up again.
 */
export function guardedLookup(
  url: URL,
  rules: AddressRules,
  find: FindAddresses = findAddresses,
): GuardedLookup {
  const isNamed = isHostAllowed(url, rules);
  const lookup: LookupFunction = (host, options, done) => {
    find(host, (error, found) => {
      const usable = error ?? usableOf(found, rules, isNamed);
      if (usable instanceof Error) {
        done(usable, '');
        return;
      }
      const all = usable.map((address) => ({ address, family: isIP(address) }));
      const [first] = all;
      if (first === undefined) done(new Error('the name has no address'), '');
      else if (options.all === true) done(null, all);
      else done(null, first.address, first.family);
    });
  };
  return Object.assign(lookup, { isNamed });
}

function usableOf(
  found: readonly string[],
  rules: AddressRules,
  isNamed: boolean,
): readonly string[] | Error {
  const why = found.map((address) => {
    const isMetadata = addressKind(address) === 'metadata';
    return isNamed && !isMetadata ? undefined : refusalOf(address, rules);
  });
  const usable = found.filter((_address, at) => why[at] === undefined);
  return usable.length === 0 && why[0] !== undefined ? new AddressRefused(why[0]) : usable;
}

/** Whether the operator named the host of `url`, or the host with its port. */
export function isHostAllowed(url: URL, { allow }: AddressRules): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  return allow.some((entry) => {
    const named = URL.parse(`http://${hostText(entry)}`);
    if (named === null || entry.includes('/')) return false;
    if (named.hostname.replace(/\.$/, '') !== host) return false;
    return writtenPort(entry) === '' || writtenPort(entry) === port;
  });
}

/**
 * What `allow` has to hold for an address that the operator wrote: its host at its port, and at the
 * port for https where it is written with http. [] where it is no address.
 */
export function hostsOf(address: string): string[] {
  const url = address === '' ? null : URL.parse(address);
  if (url === null) return [];
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const ports = port === '80' ? ['80', '443'] : [port];
  return ports.map((one) => `${url.hostname}:${one}`);
}

/** A bare IPv6 address needs its brackets to stand in a URL. */
function hostText(entry: string): string {
  return isIP(entry) === 6 ? `[${entry}]` : entry;
}

function writtenPort(entry: string): string {
  return isIP(entry) === 6 ? '' : (/:(\d{1,5})$/.exec(entry)?.[1] ?? '');
}

function refusalOf(address: string, { allow }: AddressRules): string | undefined {
  const kind = addressKind(address);
  if (kind === 'public') return undefined;
  return allow.some((entry) => isInRange(address, entry)) ? undefined : words(kind);
}

function words(kind: Exclude<AddressKind, 'public'>): string {
  return `it leads to ${KIND_WORDS[kind]}, which is refused unless the configuration allows it`;
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function findAddresses(...[host, done]: Parameters<FindAddresses>): void {
  lookUp(host, { all: true }, (error, found) => {
    done(error, error === null ? found.map(({ address }) => address) : []);
  });
}
