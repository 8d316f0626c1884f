/** A token that says nothing by itself: its issuer is asked (RFC 7662). */
import { isJsonArray, ownMember, type Clock, type JsonObject } from '../../kernel/index.ts';
import { IssuerFault } from './ask-json.ts';
import type { Issuer } from './issuer.ts';
import type { Verified } from './signed-token.ts';
import { kindFault } from './token-kind.ts';

const INACTIVE: JsonObject = { active: false };

/** @throws {IssuerFault} where the issuer cannot be asked */
export async function verifyOpaque(
  token: string,
  issuers: ReadonlyMap<string, Issuer>,
  clock: Clock,
): Promise<Verified> {
  const issuer = [...issuers.values()].find(({ config }) => config.introspection !== undefined);
  if (issuer === undefined) return { why: 'The credential is none that is taken here.' };
  const claims = await issuer.introspect(token).catch((error: unknown) => {
    // What cannot be a token of this issuer is said to be a bad request, not an inactive token.
    if (error instanceof IssuerFault && error.status === 400) return INACTIVE;
    throw error;
  });
  const { config } = issuer;
  if (claims['active'] !== true) return { why: 'The access token is not valid any more.' };
  const named = ownMember(claims, 'iss');
  if (named !== undefined && named !== config.issuer) {
    return { why: 'The access token is of an issuer that is not taken here.' };
  }
  if (!isMeantFor(claims, config.audience)) {
    return { why: 'The access token is meant for another audience.' };
  }
  const nowSeconds = clock.nowMs() / 1000;
  const { exp, nbf } = claims;
  if ([exp, nbf].some((time) => time !== undefined && typeof time !== 'number')) {
    return { why: 'The access token does not say when it is valid.' };
  }
  if (typeof exp === 'number' && exp + config.clockSkewSeconds <= nowSeconds) {
    return { why: 'The access token has expired.' };
  }
  if (typeof nbf === 'number' && nbf - config.clockSkewSeconds > nowSeconds) {
    return { why: 'The access token is not valid yet.' };
  }
  const why = kindFault(claims);
  return why === undefined ? { claims: { ...claims, iss: config.issuer } } : { why };
}

function isMeantFor(claims: JsonObject, wanted: string | readonly string[]): boolean {
  const aud = ownMember(claims, 'aud');
  const audiences = isJsonArray(aud) ? aud : [aud];
  const all = typeof wanted === 'string' ? [wanted] : wanted;
  return audiences.some((each) => typeof each === 'string' && all.includes(each));
}
