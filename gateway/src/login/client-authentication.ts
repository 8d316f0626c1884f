/** How the gateway proves to a provider which client of it this is. */
import {
  ClientSecretBasic,
  ClientSecretPost,
  None,
  type ClientAuth,
  type ServerMetadata,
} from 'openid-client';
import type { Clock } from '../kernel/index.ts';
import { clientAssertion } from '../secrets/index.ts';
import type { ProviderConfig } from './schema.ts';

/**
 * By its key where there is one (for the issuer, as RFC 7523 is to be read since 2025), else by its
 * secret: in the header unless the provider takes only the other way (RFC 6749, section 2.3.1).
 */
export function authenticationOf(
  {
    clientId,
    clientSecret,
    clientKey,
  }: Pick<ProviderConfig, 'clientId' | 'clientSecret' | 'clientKey'>,
  server: ServerMetadata,
  clock: Clock,
): ClientAuth {
  if (clientKey !== undefined) {
    return (_server, _client, body) => {
      const wish = { clientId, audience: server.issuer, nowMs: clock.nowMs() };
      for (const [name, value] of clientAssertion(clientKey, wish)) body.set(name, value);
    };
  }
  if (clientSecret === undefined) return None();
  const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const isBasic = taken.includes('client_secret_basic') || !taken.includes('client_secret_post');
  return isBasic ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
}
