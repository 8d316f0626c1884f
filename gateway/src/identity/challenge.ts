/** How a caller gets in: challenges (RFC 6750, section 3), and the metadata they point at (RFC 9728). */
import { DEFAULT_ENDPOINT, Refusal } from '../kernel/index.ts';
import type { IdentityConfig } from './schema.ts';

const METADATA = '/.well-known/oauth-protected-resource';
const REALM = 'Bearer realm="drawbridge"';

export interface Challenges {
  /** No credential came, or one that does not count; `why` is one sentence for the caller. */
  unauthenticated(endpoint: string, why: string, isPresented: boolean): Refusal;
  /**
   * Asks for all scopes of the endpoint and those in `more`, unless they are all among `scopes`;
   * undefined where they are.
   */
  missingScopes(
    endpoint: string,
    scopes: readonly string[],
    more?: readonly string[],
  ): Refusal | undefined;
}

/** @param publicUrl `server.publicUrl`; '' where none is set */
export function createChallenges(config: IdentityConfig, publicUrl: string): Challenges {
  const base = publicUrl.replace(/\/+$/, '');
  const scopesOf = (endpoint: string): readonly string[] =>
    Object.hasOwn(config.scopes, endpoint) ? (config.scopes[endpoint] ?? []) : [];
  const challenge = (endpoint: string, error: string, needed: readonly string[]): string => {
    const scopes = needed.join(' ');
    const parts = [REALM];
    if (error !== '') parts.push(`error="${error}"`);
    if (config.oauth.length > 0) {
      parts.push(`resource_metadata="${base}${METADATA}${pathOf(endpoint)}"`);
    }
    if (scopes !== '') parts.push(`scope="${scopes}"`);
    return parts.join(', ');
  };
  return {
    unauthenticated: (endpoint, text, isPresented) =>
      new Refusal('unauthenticated', {
        text,
        challenge: challenge(endpoint, isPresented ? 'invalid_token' : '', scopesOf(endpoint)),
      }),
    missingScopes: (endpoint, scopes, more = []) => {
      const ofEndpoint = scopesOf(endpoint);
      const needed = more.length === 0 ? ofEndpoint : [...new Set([...ofEndpoint, ...more])];
      if (needed.every((scope) => scopes.includes(scope))) return undefined;
      return new Refusal('scope_insufficient', {
        text: `It needs ${needed.join(' ')}.`,
        challenge: challenge(endpoint, 'insufficient_scope', needed),
      });
    },
  };
}

/**
 * The metadata of one endpoint, as JSON text; undefined where the path is none of those, or nobody
 * is identified by access tokens.
 */
export function resourceMetadata(
  path: string,
  endpoints: readonly string[],
  config: IdentityConfig,
  publicUrl: string,
): string | undefined {
  if (config.oauth.length === 0 || !path.startsWith(METADATA)) return undefined;
  const rest = path.slice(METADATA.length);
  const endpoint = endpoints.find(
    (each) => rest === pathOf(each) || (each === DEFAULT_ENDPOINT && rest === ''),
  );
  if (endpoint === undefined) return undefined;
  const scopes = Object.hasOwn(config.scopes, endpoint) ? config.scopes[endpoint] : undefined;
  return JSON.stringify({
    resource: `${publicUrl.replace(/\/+$/, '')}${pathOf(endpoint)}`,
    authorization_servers: config.oauth.map(({ issuer }) => issuer),
    ...(scopes === undefined ? {} : { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
    resource_name: 'Drawbridge',
  });
}

function pathOf(endpoint: string): string {
  return endpoint === DEFAULT_ENDPOINT ? '/mcp' : `/mcp/${endpoint}`;
}
