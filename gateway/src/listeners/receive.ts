/**
 * The first row of the path: may this request come in at all. Host and Origin are compared with what
 * this gateway answers for, which is what stops a web page from reaching it through DNS rebinding.
 */
import { Refusal, markReceived } from '../kernel/index.ts';
import type { Exchange, Head, Received, Step } from '../kernel/index.ts';
import { isLoopback } from './schema.ts';

export interface ReceiveDeps {
  /** Host names answered for, beside loopback ones; lower case, without port. */
  readonly hosts: ReadonlySet<string>;
  /** Origins let in, beside loopback ones; as `URL.origin` writes them. */
  readonly origins: ReadonlySet<string>;
  readonly isDraining: () => boolean;
  readonly addresses: AddressCounter;
}

/** Requests under way per remote address. */
export interface AddressCounter {
  isOver(address: string): boolean;
}

/** Refuses with `draining`, `forwarded_unclear`, `host_not_allowed`, `origin_not_allowed`, `address_rate_limited`. */
export function createReceive(deps: ReceiveDeps): (x: Exchange) => Step<Received> {
  const gate = createGate(deps);
  return (x) => {
    const refusal = gate(x.head);
    if (refusal !== undefined) return refusal;
    markReceived(x);
    return x;
  };
}

/** The same for what is no exchange: undefined where a request may come in. */
export function createGate(deps: ReceiveDeps): (head: Head) => Refusal | undefined {
  const isOurs = rememberLast((host) => isOurHost(host, deps.hosts));
  return ({ headers, remoteAddress, via }) => {
    if (deps.isDraining()) return new Refusal('draining', { retryAfterSeconds: 1 });
    if (via !== undefined && via.fault !== '') {
      return new Refusal('forwarded_unclear', { text: `The proxy in front: ${via.fault}.` });
    }
    const host = headers['host'];
    if (typeof host !== 'string' || !isOurs(host)) {
      return new Refusal('host_not_allowed');
    }
    const origin = headers['origin'];
    if (origin !== undefined && !isOurOrigin(origin, deps.origins)) {
      return new Refusal('origin_not_allowed');
    }
    if (deps.addresses.isOver(remoteAddress)) {
      return new Refusal('address_rate_limited', { retryAfterSeconds: 1 });
    }
    return undefined;
  };
}

/** Callers come under one name mostly: the last one that was accepted is not judged again. */
function rememberLast(judge: (host: string) => boolean): (host: string) => boolean {
  let accepted: string | undefined;
  return (host) => {
    if (host === accepted) return true;
    if (!judge(host)) return false;
    accepted = host;
    return true;
  };
}

function isOurHost(host: string, hosts: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  return isLoopback(name.replace(/^\[|\]$/g, '')) || hosts.has(name);
}

function isOurOrigin(origin: string | readonly string[], origins: ReadonlySet<string>): boolean {
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return isLoopback(url.hostname.replace(/^\[|\]$/g, '')) || origins.has(url.origin);
}
