/** The credentials that an entry itself holds, where there is no gateway to present others. */
import { fixedOf } from '../../api/sources/own-headers.ts';
import type { AuthConfig } from '../../auth-schema.ts';
import type { CredentialPort } from '../../credential-port.ts';

/** Fixed headers only: what has to be fetched or depends on a caller is not presented. */
export function ownCredentials(auth: AuthConfig | undefined): CredentialPort {
  const headers = [...fixedOf(auth)].flat();
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
