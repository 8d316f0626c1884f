/**
 * Who is calling. *Local mode*: whoever can open a loopback connection to the gateway is its one local
 * principal; everybody else is refused.
 */
import { Refusal, principalOf, type Exchange, type Step } from '../kernel/index.ts';
import { markIdentified, type Identified } from './evidence.ts';

export type { Identified } from './evidence.ts';

export interface Identity {
  /** Refuses with `unauthenticated`. */
  readonly identify: <X extends Exchange>(x: X) => Step<X & Identified>;
}

const LOCAL = principalOf({ id: 'local', kind: 'local', verifiedBy: 'loopback' });

export function createIdentity(): Identity {
  return {
    identify: (x) => {
      if (!isLoopbackAddress(x.head.remoteAddress)) return new Refusal('unauthenticated');
      markIdentified(x, LOCAL);
      return x;
    },
  };
}

/** 127.0.0.0/8 and ::1, also where the socket shows an IPv4 address as an IPv6 one. */
function isLoopbackAddress(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}
