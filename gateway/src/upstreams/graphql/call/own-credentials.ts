/** The credentials that an entry itself holds, where there is no gateway to present others. */
import type { AuthConfig } from '../../auth-schema.ts';
import { basicOf } from '../../auth-schema.ts';
import type { CredentialPort } from '../../credential-port.ts';

/** Fixed headers only: what has to be fetched or depends on a caller is not presented. */
export function ownCredentials(auth: AuthConfig | undefined): CredentialPort {
  const headers: string[] = [];
  for (const [name, value] of Object.entries(auth?.headers ?? {})) {
    headers.push(name.toLowerCase(), value);
  }
  if (auth?.bearer !== undefined) headers.push('authorization', `Bearer ${auth.bearer}`);
  if (auth?.basic !== undefined) headers.push('authorization', basicOf(auth.basic));
  return {
    open: () => ({
      fixed: { headers },
      isPerPrincipal: false,
      bind: (pool) => pool,
      clientTokens: {
        get: () => Promise.resolve({ ok: false, why: 'No token is asked for here.' }),
        refused: () => undefined,
      },
      close: () => Promise.resolve(),
    }),
  };
}
