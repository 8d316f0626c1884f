/** How senders of webhooks sign: what of a request is signed, and which signatures it brings. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Head } from '../../kernel/index.ts';
import type { HmacConfig, WebhookConfig } from './config-schema.ts';

export type HookHeaders = Head['headers'];

/** What the headers of a request say; nothing of it is proven before `proofOf`. */
export interface Claim {
  readonly algorithm: 'sha256' | 'sha384' | 'sha512';
  /** What is signed in front of the body. */
  readonly before: string;
  readonly signatures: readonly Buffer[];
  /** The sender's own id of the message, where it is signed; '' for none. */
  readonly id: string;
}

export interface Scheme {
  /** Headers that say something about the event. */
  readonly telling: readonly string[];
  /** @returns undefined where no signed request looks like this, or it is too old or of the future */
  claim(headers: HookHeaders, nowMs: number): Claim | undefined;
}

/** Signatures of one request that are compared. */
const MAX_SIGNATURES = 10;
const MAX_ID_CHARS = 256;

export function schemeOf({ signature, toleranceSeconds }: WebhookConfig): Scheme {
  const isNow = (seconds: string, nowMs: number): boolean =>
    /^\d{1,12}$/.test(seconds) &&
    Math.abs(nowMs - Number(seconds) * 1000) <= toleranceSeconds * 1000;
  if (signature === 'standard') return { telling: ['webhook-id'], claim: standard(isNow) };
  if (signature === 'stripe') return { telling: [], claim: stripe(isNow) };
  if (signature === 'github') {
    return { telling: ['x-github-event', 'x-github-delivery'], claim: hmac(GITHUB, isNow) };
  }
  return { telling: [], claim: hmac(signature, isNow) };
}

/**
 * Whether one of the signatures was made with one of the keys. All are compared with all, each in a
 * time that does not depend on where they differ.
 * @returns the signature that was right, which no other request has; undefined for none
 */
export function proofOf(claim: Claim, body: Buffer, keys: readonly Buffer[]): Buffer | undefined {
  let proof: Buffer | undefined;
  for (const key of keys) {
    const expected = createHmac(claim.algorithm, key).update(claim.before).update(body).digest();
    for (const given of claim.signatures) {
      const isSame = given.length === expected.length && timingSafeEqual(given, expected);
      if (isSame) proof = expected;
    }
  }
  return proof;
}

type IsNow = (seconds: string, nowMs: number) => boolean;

/** standardwebhooks.com: `<id>.<seconds>.<body>`, `v1,<base64>` separated by spaces. */
function standard(isNow: IsNow): Scheme['claim'] {
  return (headers, nowMs) => {
    const id = one(headers, 'webhook-id');
    const seconds = one(headers, 'webhook-timestamp');
    const written = one(headers, 'webhook-signature').split(' ');
    if (!/^[\x21-\x7e]+$/.test(id) || id.length > MAX_ID_CHARS || !isNow(seconds, nowMs)) {
      return undefined;
    }
    const texts = written.filter((text) => text.startsWith('v1,')).map((text) => text.slice(3));
    return claimOf('sha256', `${id}.${seconds}.`, texts, 'base64', id);
  };
}

/** `t=<seconds>,v1=<hex>`, the last one as often as there are keys; `<seconds>.<body>` is signed. */
function stripe(isNow: IsNow): Scheme['claim'] {
  return (headers, nowMs) => {
    const parts = one(headers, 'stripe-signature')
      .split(',')
      .map((part) => part.trim());
    const times = parts.filter((part) => part.startsWith('t='));
    const [time = ''] = times;
    const seconds = time.slice(2);
    if (times.length !== 1 || !isNow(seconds, nowMs)) return undefined;
    const texts = parts.filter((part) => part.startsWith('v1=')).map((part) => part.slice(3));
    return claimOf('sha256', `${seconds}.`, texts, 'hex', '');
  };
}

type HmacRules = Omit<HmacConfig, 'timestampHeader'> & Pick<Partial<HmacConfig>, 'timestampHeader'>;

const GITHUB: HmacRules = {
  header: 'x-hub-signature-256',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
  signed: '{body}',
};

function hmac(rules: HmacRules, isNow: IsNow): Scheme['claim'] {
  const { header, algorithm, encoding, prefix, timestampHeader, signed } = rules;
  return (headers, nowMs) => {
    const written = one(headers, header);
    const seconds = timestampHeader === undefined ? '' : one(headers, timestampHeader);
    if (timestampHeader !== undefined && !isNow(seconds, nowMs)) return undefined;
    if (!written.startsWith(prefix)) return undefined;
    const before = signed.slice(0, -'{body}'.length).replace('{timestamp}', () => seconds);
    return claimOf(algorithm, before, [written.slice(prefix.length)], encoding, '');
  };
}

const ENCODED = { hex: /^[0-9a-f]+$/i, base64: /^[A-Za-z0-9+/]+={0,2}$/ };

function claimOf(
  algorithm: Claim['algorithm'],
  before: string,
  texts: readonly string[],
  encoding: 'hex' | 'base64',
  id: string,
): Claim | undefined {
  const signatures = texts
    .slice(0, MAX_SIGNATURES)
    .filter((text) => ENCODED[encoding].test(text))
    .map((text) => Buffer.from(text, encoding));
  return signatures.length === 0 ? undefined : { algorithm, before, signatures, id };
}

/** The value of a header that came once; '' otherwise. */
function one(headers: HookHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}
