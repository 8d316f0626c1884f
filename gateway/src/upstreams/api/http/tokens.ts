/** Access tokens for the security schemes of a document that want some. */
import type { FindAddresses } from '../../../egress/index.ts';
import type { AuthScheme } from '../model.ts';
import type { ClientConfig, SchemeConfig } from '../../auth-schema.ts';
import type { ClientTokens, TokenFound } from '../../credential-port.ts';

export interface Tokens {
  /**
   * The token for a scheme of `auth.schemes`. Callers that need the same one at the same time share
   * one request; one that is cancelled leaves it to the others. Never rejects.
   */
  get(scheme: AuthScheme, scopes: readonly string[], signal: AbortSignal): Promise<TokenFound>;
  /** An API refused the token: the next `get` fetches another, unless that happened already. */
  refused(scheme: string, scopes: readonly string[], value: string): void;
}

export interface TokenSettings {
  readonly schemes: Readonly<Record<string, SchemeConfig>>;
  readonly tokens: ClientTokens;
  /** @returns words where the endpoint may not be asked */
  readonly endpoint: (client: ClientConfig, scheme: AuthScheme) => URL | string;
  /** Hosts that may have other than public addresses. */
  readonly allow: readonly string[];
  readonly find?: FindAddresses | undefined;
}

export function createTokens({ schemes, tokens, endpoint, allow, find }: TokenSettings): Tokens {
  const clientOf = (name: string): ClientConfig | undefined => {
    const client = schemes[name];
    return typeof client === 'object' && 'clientId' in client ? client : undefined;
  };
  return {
    get: (scheme, scopes, signal) => {
      const client = clientOf(scheme.name);
      if (client === undefined) {
        return Promise.resolve({
          ok: false,
          why: 'No client of the token endpoint is configured.',
        });
      }
      const wanted = client.scopes ?? scopes;
      const grant = () => {
        const url = endpoint(client, scheme);
        return typeof url === 'string' ? url : { url, client, scopes: wanted, allow, find };
      };
      return tokens.get(keyOf(scheme.name, wanted), grant, signal);
    },
    refused: (scheme, scopes, value) => {
      tokens.refused(keyOf(scheme, clientOf(scheme)?.scopes ?? scopes), value);
    },
  };
}

function keyOf(scheme: string, scopes: readonly string[]): string {
  return JSON.stringify([scheme, [...scopes].toSorted()]);
}
