/** Whom a client certificate stands for. The listener has verified it; here it is read. */
import { LRUCache } from 'lru-cache';
import { principalOf, type ClientCertificate, type Principal } from '../kernel/index.ts';
import { credentialOf, isGood, type Credential } from './credential.ts';
import type { MtlsConfig } from './mtls-schema.ts';

/** What came of what was shown; `why` is one sentence for the caller. */
export type CertificateFound =
  | { readonly kind: 'none' }
  | { readonly kind: 'good'; readonly credential: Credential }
  | { readonly kind: 'bad'; readonly why: string };

const NONE: CertificateFound = { kind: 'none' };
const MAX_REMEMBERED = 20_000;
const MAX_CHARACTERS = 512;
const MAX_GROUPS = 1000;

export class CertificateCheck {
  readonly config: MtlsConfig;
  /** One credential for each certificate, on however many connections it is shown. */
  private readonly good = new LRUCache<string, Credential>({
    max: MAX_REMEMBERED,
    dispose: (credential) => (credential.recheckAtMs = 0),
  });

  constructor(config: MtlsConfig) {
    this.config = config;
  }

  /** A certificate that does not count is never taken for none: who shows one means to be somebody. */
  verify(shown: ClientCertificate | undefined, nowMs: number): CertificateFound {
    if (shown === undefined) {
      return this.config.required ? bad('A client certificate has to be shown here.') : NONE;
    }
    if (shown.fault !== '') return bad(wordsOf(shown.fault));
    if (nowMs > shown.expiresMs) return bad(wordsOf('CERT_HAS_EXPIRED'));
    if (nowMs < shown.beginsMs) return bad(wordsOf('CERT_NOT_YET_VALID'));
    const known = this.good.get(shown.fingerprint);
    if (known !== undefined && isGood(known, nowMs)) return { kind: 'good', credential: known };
    const principal = principalIn(shown, this.config);
    if (typeof principal === 'string') return bad(principal);
    const credential = credentialOf(principal, 'certificate', '', shown.expiresMs);
    this.good.set(shown.fingerprint, credential);
    return { kind: 'good', credential };
  }
}

function bad(why: string): CertificateFound {
  return { kind: 'bad', why };
}

/** @returns words where it names nobody, or not clearly whom */
function principalIn(shown: ClientCertificate, config: MtlsConfig): Principal | string {
  const { as, name: place, names = {}, others } = config;
  const [name = '', second] = shown[place];
  if (second !== undefined) return `The client certificate names more than one ${PLACES[place]}.`;
  if (!isName(name)) return `The client certificate names no ${PLACES[place]}.`;
  const isKnown = Object.hasOwn(names, name);
  const refusesOthers = (others ?? (config.names === undefined ? 'allow' : 'refuse')) === 'refuse';
  if (!isKnown && refusesOthers) return 'The client certificate is of nobody who is known here.';
  const said = isKnown ? names[name] : undefined;
  const teams = config.team === undefined ? [] : shown[config.team];
  if (said?.team === undefined && teams.length > 1) {
    return 'The client certificate names more than one team.';
  }
  const groups = said?.groups ?? (config.groups === undefined ? [] : shown[config.groups]);
  const user = said?.user ?? (as === 'user' ? name : '');
  const { fingerprint, cn, o, ou, dns, uri, email } = shown;
  return principalOf({
    id: ['mtls', place, name].map(encodeURIComponent).join(':'),
    kind: user === '' ? 'agent' : 'user',
    verifiedBy: 'mtls',
    user,
    agent: said?.agent ?? (as === 'agent' ? name : ''),
    team: said?.team ?? teams[0] ?? '',
    groups: Object.freeze(groups.filter(isName).slice(0, MAX_GROUPS)),
    scopes: Object.freeze([...(said?.scopes ?? [])]),
    claims: Object.freeze({
      fingerprint,
      cn: [...cn],
      o: [...o],
      ou: [...ou],
      dns: [...dns],
      uri: [...uri],
      email: [...email],
    }),
  });
}

const PLACES: Readonly<Record<MtlsConfig['name'], string>> = {
  cn: 'CN',
  dns: 'DNS name',
  uri: 'URI',
  email: 'e-mail address',
};

function isName(text: string): boolean {
  return text !== '' && text.length <= MAX_CHARACTERS && !/\p{Cc}/u.test(text);
}

/** What the TLS library says, for the caller. */
function wordsOf(fault: string): string {
  switch (fault) {
    case 'CERT_HAS_EXPIRED':
      return 'The client certificate has expired.';
    case 'CERT_NOT_YET_VALID':
      return 'The client certificate is not valid yet.';
    case 'CERT_REVOKED':
      return 'The client certificate has been revoked.';
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'The client certificate is of an authority that is not taken here.';
    default:
      return `The client certificate cannot be verified (${fault}).`;
  }
}
