/** Logout tokens: what a provider sends when somebody is signed out there. */
import { isJsonObject, ownMember, type JsonObject } from '../kernel/index.ts';

export interface LogoutSubject {
  /** '' where the token names only a session. */
  readonly subject: string;
  /** '' where all sessions of the subject are meant. */
  readonly sid: string;
  readonly jti: string;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_CHARACTERS = 1024;
/** The longest that the id of a token is remembered; the specification recommends two minutes. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/**
 * OpenID Connect Back-Channel Logout 1.0, section 2.6, from step 4 on: what is asked of the claims of
 * a token whose signature, issuer, audience and times were verified.
 * @param type "typ" of its header
 * @returns words for the provider where the token is none
 */
export function readLogoutToken(
  claims: JsonObject,
  type: string | undefined,
  nowMs: number,
): LogoutSubject | string {
  if (type !== undefined && !/^(application\/)?(logout\+)?jwt$/i.test(type)) {
    return 'typ is that of another token';
  }
  const events = ownMember(claims, 'events');
  if (events === undefined || !isJsonObject(events) || !isJsonObject(ownMember(events, EVENT))) {
    return 'events does not say that this is a logout';
  }
  if (ownMember(claims, 'nonce') !== undefined) return 'nonce must not be there';
  const [subject, sid, jti] = [claims['sub'] ?? '', claims['sid'] ?? '', claims['jti'] ?? ''];
  if (typeof subject !== 'string' || typeof sid !== 'string' || typeof jti !== 'string') {
    return 'sub, sid and jti must be texts';
  }
  if (subject === '' && sid === '') return 'sub or sid must be there';
  if (jti === '') return 'jti must be there';
  if (subject.length + sid.length + jti.length > MAX_CHARACTERS) return 'its claims are too long';
  const exp = ownMember(claims, 'exp');
  if (typeof exp !== 'number' || exp * 1000 > nowMs + MAX_AHEAD_MS) {
    return 'exp must be there, at most a day ahead';
  }
  return { subject, sid, jti, expiresMs: exp * 1000 };
}
