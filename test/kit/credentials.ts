/** The credentials of upstreams, for tests that need no identity. */
import { createCredentials, type Credentials } from '../../gateway/src/credentials/index.ts';
import { systemClock, type Clock, type Principal } from '../../gateway/src/kernel/index.ts';

/** @param subjectTokenOf the access token that a principal came with; none where left out */
export function testCredentials(
  clock: Clock = systemClock,
  subjectTokenOf: (principal: Principal) => string | undefined = () => undefined,
): Credentials {
  return createCredentials({ clock, subjectTokenOf });
}
