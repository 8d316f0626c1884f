/** Somebody who has called, as far as that is kept, to ask the rules about. */
import { principalOf, type Principal } from '../kernel/index.ts';
import type { SeenPrincipal } from '../store/index.ts';

/** Nobody calls as this object. */
export function seenPrincipal(seen: SeenPrincipal): Principal {
  const { id, verifiedBy, user, agent, team, groups, scopes } = seen;
  const kind = user === '' ? 'agent' : 'user';
  return principalOf({ id, kind, verifiedBy, user, agent, team, groups, scopes });
}
