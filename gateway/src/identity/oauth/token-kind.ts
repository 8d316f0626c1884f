/** What else a verified token may be than an access token that counts for whoever bears it. */
import { isJsonObject, ownMember, type JsonObject } from '../../kernel/index.ts';

/** Types that access tokens have (RFC 9068, section 2.1), where they are not held to one. */
const HEADER_TYPES: ReadonlySet<string> = new Set(['', 'jwt', 'at+jwt', 'application/at+jwt']);
/** Claims of ID tokens (OpenID Connect Core 1.0, section 3) and of logout tokens. */
const FOREIGN_CLAIMS = ['at_hash', 'c_hash', 's_hash', 'events'] as const;
/** Claims in which issuers say what kind of token it is, and what they say of other kinds. */
const KIND_CLAIMS = ['typ', 'token_use', 'token_type'] as const;
const FOREIGN_KINDS: ReadonlySet<string> = new Set([
  'id',
  'id_token',
  'refresh',
  'refresh_token',
  'offline',
  'logout',
]);
/** Tokens that count only with a proof of a key (RFC 9449, RFC 8705). */
const BOUND_TYPES: ReadonlySet<string> = new Set(['dpop', 'pop', 'mac']);
const PROOFS = ['jkt', 'x5t#S256', 'jwk', 'kid', 'jku'] as const;

const NO_ACCESS_TOKEN = 'The token is no access token.';
const BOUND = 'The access token is bound to a key of its client, and no proof of it is taken here.';

/** @returns words for the caller where the type in a token's header is of another kind of token */
export function headerFault(header: JsonObject): string | undefined {
  const typ = Object.hasOwn(header, 'typ') ? header['typ'] : '';
  return typeof typ === 'string' && HEADER_TYPES.has(typ.toLowerCase())
    ? undefined
    : NO_ACCESS_TOKEN;
}

/** @returns words for the caller where the claims are of another kind of token, or need a proof */
export function kindFault(claims: JsonObject): string | undefined {
  if (FOREIGN_CLAIMS.some((name) => Object.hasOwn(claims, name))) return NO_ACCESS_TOKEN;
  const kinds = KIND_CLAIMS.map((name) => lowerCase(claims, name));
  if (kinds.some((kind) => FOREIGN_KINDS.has(kind))) return NO_ACCESS_TOKEN;
  const confirmation = ownMember(claims, 'cnf');
  const isBound =
    isJsonObject(confirmation) && PROOFS.some((proof) => Object.hasOwn(confirmation, proof));
  return isBound || kinds.some((kind) => BOUND_TYPES.has(kind)) ? BOUND : undefined;
}

function lowerCase(claims: JsonObject, name: string): string {
  const value = ownMember(claims, name);
  return typeof value === 'string' ? value.toLowerCase() : '';
}
