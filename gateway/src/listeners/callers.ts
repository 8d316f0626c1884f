/** Whose request it is: the peer's own, or that of somebody for whom a trusted proxy speaks. */
import { BlockList, isIP } from 'node:net';
import type { Head, Via } from '../kernel/index.ts';
import { hopsIn, isForwarded, plainAddress, type ForwardedHeaders } from './forwarded.ts';
import type { Peer } from './peer.ts';

/** The part of a head that does not come from the request line and headers themselves. */
export type Caller = Pick<Head, 'remoteAddress' | 'via'>;

export interface Callers {
  /** Called once for each head that differs from the one before it on a connection. */
  callerOf(peer: Peer, headers: Head['headers']): Caller;
}

/**
 * @param trustedProxies addresses and ranges, as the schema accepted them; what others write into
 *   forwarding headers never makes anybody more trusted
 */
export function createCallers(trustedProxies: readonly string[]): Callers {
  const trusted = rangesOf(trustedProxies);
  const isTrusted = (written: string): boolean => {
    const address = plainAddress(written);
    return isIP(address) !== 0 && trusted.check(address, familyOf(address));
  };
  return {
    callerOf: (peer, headers) => {
      const { address } = peer;
      if (!isForwarded(headers)) return asIs(peer);
      if (trustedProxies.length === 0 || !isTrusted(address)) return asClaimed(peer, headers);
      return behindProxy(peer, headers, isTrusted);
    },
  };
}

function asIs({ address, isTls, certificate }: Peer): Caller {
  if (!isTls) return { remoteAddress: address, via: undefined };
  return {
    remoteAddress: address,
    via: { isSecure: true, certificate, fault: '', isElsewhere: false },
  };
}

/** Nobody vouches for what these headers say: they can only make a caller less trusted. */
function asClaimed(peer: Peer, headers: ForwardedHeaders): Caller {
  const hops = hopsIn(headers);
  const isElsewhere = typeof hops === 'string' || !hops.addresses.every(isOwnAddress);
  if (!isElsewhere) return asIs(peer);
  const { address, isTls, certificate } = peer;
  const via: Via = { isSecure: isTls, certificate, fault: '', isElsewhere };
  return { remoteAddress: address, via };
}

/** The last hop that no trusted proxy made is the caller (RFC 7239, section 5.2). */
function behindProxy(
  { address }: Peer,
  headers: ForwardedHeaders,
  isTrusted: (address: string) => boolean,
): Caller {
  const hops = hopsIn(headers);
  // A proxy's certificate is its own, and says nothing of the caller.
  const rest = { certificate: undefined, isElsewhere: false };
  if (typeof hops === 'string') {
    return { remoteAddress: '', via: { ...rest, isSecure: false, fault: hops } };
  }
  let caller = address;
  for (const hop of hops.addresses.toReversed()) {
    caller = hop;
    if (hop === '' || !isTrusted(hop)) break;
  }
  const fault = caller === '' ? 'it does not say from which address the request came' : '';
  return { remoteAddress: caller, via: { ...rest, isSecure: hops.isSecure, fault } };
}

function rangesOf(written: readonly string[]): BlockList {
  const ranges = new BlockList();
  for (const one of written) {
    const [base = '', bits] = one.split('/', 2);
    const address = plainAddress(base);
    if (bits === undefined) ranges.addAddress(address, familyOf(address));
    else ranges.addSubnet(address, Number(bits), familyOf(address));
  }
  return ranges;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function isOwnAddress(address: string): boolean {
  return address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}
