/** The stage: which principal an exchange belongs to, by the credential it carries. */
import { Refusal, principalOf, type Exchange, type Head, type Step } from '../kernel/index.ts';
import { credentialOf, isFresh, isGood, type Credential, type OpenWork } from './credential.ts';
import { markIdentified, type Identified } from './evidence.ts';
import type { KeyCheck, KeyFault } from './key-check.ts';
import { presentedIn } from './presented.ts';

export type Identify = <X extends Exchange>(
  x: X,
) => Step<X & Identified> | Promise<Step<X & Identified>>;

/** Everybody who can open a loopback connection, where nobody needs a credential. */
export function localCredential(): Credential {
  return credentialOf(principalOf({ id: 'local', kind: 'local', verifiedBy: 'loopback' }), 'here');
}

/** The gateway's own process: whoever started it can read its state anyway. */
export function processCredential(): Credential {
  return credentialOf(principalOf({ id: 'local', kind: 'local', verifiedBy: 'process' }), 'here');
}

/** Refuses everybody but this machine with `unauthenticated`. */
export function identifyLocally(local: Credential, open: OpenWork): Identify {
  return (x) => {
    if (!isLoopbackAddress(x.head.remoteAddress)) {
      const text = 'Only callers on its own machine are answered.';
      return new Refusal('unauthenticated', { text });
    }
    return admit(x, local, open);
  };
}

export interface KeyStage {
  readonly keys: KeyCheck;
  readonly open: OpenWork;
  /** Requests of this process that carry no credential. */
  readonly own: Credential;
}

/** Refuses with `unauthenticated`, or with `identity_unavailable` where keys cannot be read. */
export function identifyByKey({ keys, open, own }: KeyStage): Identify {
  // A client repeats its head word for word, and then listeners give the same object again.
  const byHead = new WeakMap<Head, Credential>();
  return <X extends Exchange>(x: X) => {
    const { head, startedMs } = x;
    const known = byHead.get(head);
    if (known !== undefined && isFresh(known, startedMs)) return admit(x, known, open);
    const presented = presentedIn(head);
    switch (presented.kind) {
      case 'none':
        return head.isOwn === true ? admit(x, own, open) : missing();
      case 'unusable':
        return refuse(presented.why);
      case 'bearer': {
        const settle = (found: Credential | KeyFault): Step<X & Identified> => {
          if (typeof found === 'string') return refuseKey(found);
          byHead.set(head, found);
          return isGood(found, startedMs) ? admit(x, found, open) : refuseKey('revoked');
        };
        const found = keys.verify(presented.token);
        return found instanceof Promise ? found.then(settle) : settle(found);
      }
    }
  };
}

function admit<X extends Exchange>(x: X, credential: Credential, open: OpenWork): X & Identified {
  open.begin(x, credential);
  markIdentified(x, credential.principal);
  return x;
}

const CHALLENGE = 'Bearer realm="drawbridge"';

function missing(): Refusal {
  const text = 'Send an API key in the header "Authorization: Bearer dbk_…".';
  return new Refusal('unauthenticated', { text, challenge: CHALLENGE });
}

/** RFC 6750, section 3.1: what was presented does not count. */
function refuse(text: string): Refusal {
  const challenge = `${CHALLENGE}, error="invalid_token"`;
  return new Refusal('unauthenticated', { text, challenge });
}

const KEY_FAULTS: Readonly<Record<Exclude<KeyFault, 'unavailable'>, string>> = {
  unknown: 'The API key is not one of this gateway.',
  revoked: 'The API key has been revoked.',
  expired: 'The API key has expired.',
};

function refuseKey(fault: KeyFault): Refusal {
  return fault === 'unavailable'
    ? new Refusal('identity_unavailable', { retryAfterSeconds: 1 })
    : refuse(KEY_FAULTS[fault]);
}

/** 127.0.0.0/8 and ::1, also where the socket shows an IPv4 address as an IPv6 one. */
function isLoopbackAddress(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}
