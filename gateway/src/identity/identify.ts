/** The stage: which principal an exchange belongs to, by the credential it carries. */
import { Refusal, principalOf, type Exchange, type Head, type Step } from '../kernel/index.ts';
import type { Challenges } from './challenge.ts';
import type { CertificateCheck, CertificateFound } from './client-certificate.ts';
import { credentialOf, isGood, type Credential, type OpenWork } from './credential.ts';
import { markIdentified, type Identified } from './evidence.ts';
import type { KeyCheck, KeyFault } from './key-check.ts';
import { isKeyText } from './key-text.ts';
import type { TokenCheck, TokenFound } from './oauth/token-check.ts';
import { presentedIn } from './presented.ts';
import { SeenHeads } from './seen-heads.ts';
import type { SubjectTokens } from './subject-tokens.ts';

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
    const { remoteAddress, via } = x.head;
    if (!isLoopbackAddress(remoteAddress) || via?.isElsewhere === true) {
      const text = 'Only callers on its own machine are answered.';
      return new Refusal('unauthenticated', { text });
    }
    return admit(x, local, open);
  };
}

export interface CredentialStage {
  /** Undefined where callers are not identified by keys, or by tokens. */
  readonly keys: KeyCheck | undefined;
  readonly tokens: TokenCheck | undefined;
  /** Undefined where client certificates identify nobody. */
  readonly certificates?: CertificateCheck | undefined;
  readonly challenges: Challenges;
  readonly open: OpenWork;
  readonly subjects?: SubjectTokens;
  /** Requests of this process that carry no credential. */
  readonly own: Credential;
}

/** What came of a credential, whichever it is. */
type Found = TokenFound;

/**
 * Refuses with `unauthenticated`, with `scope_insufficient`, or with `identity_unavailable` where
 * what is needed to verify cannot be read.
 */
export function identifyByCredential(stage: CredentialStage): Identify {
  const { challenges, open, own } = stage;
  const seen = new SeenHeads();
  const enter = <X extends Exchange>(x: X, credential: Credential): Step<X & Identified> =>
    challenges.missingScopes(x.endpoint, credential.principal.scopes) ?? admit(x, credential, open);
  return <X extends Exchange>(x: X) => {
    const { head, startedMs, endpoint } = x;
    const known = seen.ofHead(head, startedMs);
    if (known !== undefined && isShownStill(head, startedMs)) {
      return enter(x, known);
    }
    const shown = shownIn(stage, head, startedMs);
    if (shown.kind === 'bad') return challenges.unauthenticated(endpoint, shown.why, true);
    const same = seen.ofLine(head, startedMs);
    if (same !== undefined) return enter(x, same);
    const presented = presentedIn(head);
    if (presented.kind === 'none') {
      if (head.isOwn === true) return admit(x, own, open);
      if (shown.kind === 'good') {
        seen.keep(head, shown.credential);
        return enter(x, shown.credential);
      }
      return challenges.unauthenticated(endpoint, whatToSend(stage), false);
    }
    if (presented.kind === 'unusable') {
      return challenges.unauthenticated(endpoint, presented.why, true);
    }
    const settle = (found: Found): Step<X & Identified> => {
      if (found.kind === 'unavailable') {
        return new Refusal('identity_unavailable', { retryAfterSeconds: 1 });
      }
      const { why } = found.kind === 'bad' ? found : { why: KEY_FAULTS.revoked };
      if (found.kind === 'bad' || !isGood(found.credential, startedMs)) {
        return challenges.unauthenticated(endpoint, why, true);
      }
      stage.subjects?.keep(found.credential, presented.token);
      seen.keep(head, found.credential);
      return enter(x, found.credential);
    };
    const found = verify(stage, presented.token);
    return found instanceof Promise ? found.then(settle) : settle(found);
  };
}

const NO_CERTIFICATE: CertificateFound = { kind: 'none' };

/** What the caller's connection shows; a request of this process comes on none. */
function shownIn({ certificates }: CredentialStage, head: Head, nowMs: number): CertificateFound {
  if (certificates === undefined || head.isOwn === true) return NO_CERTIFICATE;
  return certificates.verify(head.via?.certificate, nowMs);
}

/** A connection may outlive the certificate that it was opened with. */
function isShownStill({ via }: Head, nowMs: number): boolean {
  return via?.certificate === undefined || nowMs <= via.certificate.expiresMs;
}

function verify({ keys, tokens }: CredentialStage, token: string): Found | Promise<Found> {
  if (keys !== undefined && (tokens === undefined || isKeyText(token))) {
    const found = keys.verify(token);
    return found instanceof Promise ? found.then(ofKey) : ofKey(found);
  }
  // A key is never shown to an issuer.
  if (tokens === undefined || isKeyText(token)) return ofKey('unknown');
  return tokens.verify(token);
}

function ofKey(found: Credential | KeyFault): Found {
  if (typeof found !== 'string') return { kind: 'good', credential: found };
  return found === 'unavailable' ? { kind: found } : { kind: 'bad', why: KEY_FAULTS[found] };
}

function admit<X extends Exchange>(x: X, credential: Credential, open: OpenWork): X & Identified {
  open.begin(x, credential);
  markIdentified(x, credential.principal);
  return x;
}

function whatToSend({ keys, tokens, certificates }: CredentialStage): string {
  if (certificates !== undefined && keys === undefined && tokens === undefined) {
    return 'Connect with a client certificate.';
  }
  if (tokens === undefined) return 'Send an API key in the header "Authorization: Bearer dbk_…".';
  const or = keys === undefined ? '' : ' or an API key';
  return `Send an access token${or} in the header "Authorization: Bearer …".`;
}

const KEY_FAULTS: Readonly<Record<Exclude<KeyFault, 'unavailable'>, string>> = {
  unknown: 'The API key is not one of this gateway.',
  revoked: 'The API key has been revoked.',
  expired: 'The API key has expired.',
};

/** 127.0.0.0/8 and ::1, also where the socket shows an IPv4 address as an IPv6 one. */
function isLoopbackAddress(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}
