/** How an OAuth client proves who it is by a key instead of a secret (RFC 7523, section 2.2). */
import { constants, createPrivateKey, randomUUID, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** How long an assertion is good; it is made for one request. */
const LIFE_SECONDS = 60;
const MIN_RSA_BITS = 2048;

/** A private key that the operator names, and how it is used. */
export const clientKeySchema = z
  .strictObject({
    key: z
      .string()
      .min(1, 'must not be empty; an environment variable may not be set')
      .describe('The private key: PEM (PKCS #8) or a JWK. Name a file or a secret here.'),
    id: z.string().min(1).max(200).optional().describe('The "kid" that its issuer knows it by.'),
    algorithm: z
      .enum(ALGORITHMS)
      .optional()
      .describe('What is signed with; RS256 for RSA, else what the key is for.'),
    audience: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe('For whom the assertion is, where the issuer wants something else than usual.'),
  })
  .superRefine(({ key, algorithm }, context) => {
    const read = readKey(key, algorithm);
    if ('why' in read) context.addIssue({ code: 'custom', message: read.why, path: [read.at] });
  })
  .describe('A key pair instead of clientSecret (private_key_jwt).');

export type ClientKeySettings = z.infer<typeof clientKeySchema>;

export interface AssertionWish {
  readonly clientId: string;
  /** Whom it is for, where the settings do not say it. */
  readonly audience: string;
  readonly nowMs: number;
}

/**
 * The members of a form that prove to a token endpoint who asks. Each is good for one request.
 * @param settings as `clientKeySchema` accepted them
 */
export function clientAssertion(
  settings: ClientKeySettings,
  { clientId, audience, nowMs }: AssertionWish,
): readonly (readonly [name: string, value: string])[] {
  const read = readKey(settings.key, settings.algorithm);
  if ('why' in read) throw new Error(read.why);
  const id = settings.id ?? read.id;
  const seconds = Math.floor(nowMs / 1000);
  const header = { alg: read.algorithm, typ: 'JWT', ...(id === '' ? {} : { kid: id }) };
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: settings.audience ?? audience,
    jti: randomUUID(),
    iat: seconds,
    exp: seconds + LIFE_SECONDS,
  };
  return [
    ['client_id', clientId],
    ['client_assertion_type', ASSERTION_TYPE],
    ['client_assertion', signed(read, header, claims)],
  ];
}

/** A JWS in compact form (RFC 7515, section 7.1; RFC 7518, section 3). */
function signed({ key, algorithm }: SigningKey, header: object, claims: object): string {
  const encoded = [header, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const text = encoded.join('.');
  const { hash, ...how } = SIGNING[algorithm];
  const signature = sign(hash, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363', ...how });
  return `${text}.${signature.toString('base64url')}`;
}

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
const SIGNING: Readonly<
  Record<
    Algorithm,
    { readonly hash: string | null; readonly padding?: number; readonly saltLength?: number }
  >
> = {
  RS256: { hash: 'sha256', padding: RSA_PKCS1_PADDING },
  PS256: {
    hash: 'sha256',
    padding: RSA_PKCS1_PSS_PADDING,
    saltLength: RSA_PSS_SALTLEN_DIGEST,
  },
  ES256: { hash: 'sha256' },
  ES384: { hash: 'sha384' },
  ES512: { hash: 'sha512' },
  EdDSA: { hash: null },
};

interface SigningKey {
  readonly key: KeyObject;
  readonly algorithm: Algorithm;
}

type Read =
  | (SigningKey & { readonly id: string })
  | { readonly why: string; readonly at: 'key' | 'algorithm' };

function readKey(text: string, wanted: Algorithm | undefined): Read {
  const parsed = parseKey(text);
  if (parsed === undefined) {
    return { why: 'is no private key: write a PEM (PKCS #8) or a JWK', at: 'key' };
  }
  const fitting = algorithmsOf(parsed.key);
  const [usual] = fitting;
  if (usual === undefined) {
    const why = `is of a kind that is not used: RSA (${MIN_RSA_BITS} bits or more), P-256, P-384, P-521 or Ed25519`;
    return { why, at: 'key' };
  }
  const algorithm = wanted ?? usual;
  if (fitting.includes(algorithm)) return { ...parsed, algorithm };
  return { why: `does not fit the key, which takes ${fitting.join(' or ')}`, at: 'algorithm' };
}

function parseKey(text: string): { readonly key: KeyObject; readonly id: string } | undefined {
  try {
    if (!text.trimStart().startsWith('{')) return { key: createPrivateKey(text), id: '' };
    const jwk: unknown = JSON.parse(text);
    if (typeof jwk !== 'object' || jwk === null) return undefined;
    const kid = 'kid' in jwk && typeof jwk.kid === 'string' ? jwk.kid : '';
    return { key: createPrivateKey({ key: { ...jwk }, format: 'jwk' }), id: kid };
  } catch {
    return undefined;
  }
}

const OF_CURVES: Readonly<Record<string, Algorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** What a key can sign with, the usual first. */
function algorithmsOf(key: KeyObject): readonly Algorithm[] {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return modulusLength >= MIN_RSA_BITS ? ['RS256', 'PS256'] : [];
    case 'ec': {
      const algorithm = OF_CURVES[namedCurve];
      return algorithm === undefined ? [] : [algorithm];
    }
    case 'ed25519':
      return ['EdDSA'];
    default:
      return [];
  }
}
