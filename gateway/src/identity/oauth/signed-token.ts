/** A signed access token, verified by the keys of the issuer that it names (RFC 9068, RFC 8725). */
import {
  JsonView,
  isJsonObject,
  ownMember,
  parseExact,
  scanJson,
  type Clock,
  type JsonObject,
} from '../../kernel/index.ts';
import type { Issuer } from './issuer.ts';
import { headerFault, kindFault } from './token-kind.ts';

/** Claims that were verified, or words for the caller. */
export type Verified = { readonly claims: JsonObject } | { readonly why: string };

/**
 * Verifies signature, issuer, audience, times and type of a token.
 * @throws {IssuerFault} where the keys cannot be read
 */
export async function verifySigned(
  token: string,
  issuers: ReadonlyMap<string, Issuer>,
  clock: Clock,
): Promise<Verified> {
  const [header, claims] = token.split('.', 2).map(readPart);
  if (header === undefined || claims === undefined) {
    return { why: 'The access token cannot be read.' };
  }
  const named = ownMember(claims, 'iss');
  const issuer = typeof named === 'string' ? issuers.get(named) : undefined;
  if (issuer === undefined)
    return { why: 'The access token is of an issuer that is not taken here.' };
  const { config } = issuer;
  const jose = await import('jose');
  const verify = async (isUnknown: boolean) =>
    await jose.jwtVerify(token, await issuer.keySet(isUnknown), {
      algorithms: [...config.algorithms],
      issuer: config.issuer,
      audience: config.audience,
      clockTolerance: config.clockSkewSeconds,
      currentDate: new Date(clock.nowMs()),
      requiredClaims: ['exp'],
      ...(config.requireAtJwt ? { typ: 'at+jwt' } : {}),
    });
  try {
    await verify(false).catch((error: unknown) => {
      // The issuer may have begun to sign with a new key since its keys were read.
      if (error instanceof jose.errors.JWKSNoMatchingKey) return verify(true);
      throw error;
    });
  } catch (error) {
    if (error instanceof jose.errors.JOSEError) return { why: wordsOf(error) };
    throw error;
  }
  const why = headerFault(header) ?? kindFault(claims) ?? endFault(claims);
  return why === undefined ? { claims } : { why };
}

/** An end that is no ordinary number never comes. */
function endFault({ exp }: JsonObject): string | undefined {
  return typeof exp === 'number' ? undefined : 'The access token does not say when it expires.';
}

/**
 * One part of a token; undefined where it is no JSON object, or where two readers could read it
 * differently, since a name comes twice.
 */
function readPart(part: string): JsonObject | undefined {
  const bytes = Buffer.from(part, 'base64url');
  if (!(scanJson(bytes, PART_LIMITS) instanceof JsonView)) return undefined;
  const value = parseExact(bytes.toString('utf8'));
  return isJsonObject(value) ? value : undefined;
}

const PART_LIMITS = { maxDepth: 32, recordDepth: 0 };

const WORDS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'The access token has expired.',
  ERR_JWKS_NO_MATCHING_KEY: 'The access token is signed with a key that its issuer does not have.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the access token is wrong.',
  ERR_JOSE_ALG_NOT_ALLOWED: 'The access token is signed in a way that is not taken here.',
};

const CLAIM_WORDS: Readonly<Record<string, string>> = {
  aud: 'The access token is meant for another audience.',
  nbf: 'The access token is not valid yet.',
  exp: 'The access token does not say when it expires.',
  typ: 'The token is no access token.',
};

function wordsOf(error: Error & { readonly code: string }): string {
  const claim = 'claim' in error && typeof error.claim === 'string' ? error.claim : '';
  return WORDS[error.code] ?? CLAIM_WORDS[claim] ?? 'The access token is not valid.';
}
