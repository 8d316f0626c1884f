/** A signed access token, verified by the keys of the issuer that it names (RFC 9068, RFC 8725). */
import type { JWTPayload } from 'jose';
import { isJsonObject, parseExact, type Clock, type JsonObject } from '../../kernel/index.ts';
import type { Issuer } from './issuer.ts';

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
  const jose = await import('jose');
  let named: unknown;
  try {
    named = jose.decodeJwt(token).iss;
  } catch {
    return { why: 'The access token cannot be read.' };
  }
  const issuer = typeof named === 'string' ? issuers.get(named) : undefined;
  if (issuer === undefined)
    return { why: 'The access token is of an issuer that is not taken here.' };
  const { config } = issuer;
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
    const { payload } = await verify(false).catch((error: unknown) => {
      // The issuer may have begun to sign with a new key since its keys were read.
      if (error instanceof jose.errors.JWKSNoMatchingKey) return verify(true);
      throw error;
    });
    return { claims: claimsOf(payload) };
  } catch (error) {
    if (error instanceof jose.errors.JOSEError) return { why: wordsOf(error) };
    throw error;
  }
}

function claimsOf(payload: JWTPayload): JsonObject {
  const claims = parseExact(JSON.stringify(payload));
  return isJsonObject(claims) ? claims : {};
}

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
