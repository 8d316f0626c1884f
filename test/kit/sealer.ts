/** A real sealer with a key of its own. */
import { createSecretKey, randomBytes } from 'node:crypto';
import type { Clock } from '../../gateway/src/kernel/index.ts';
import { createSealer, type Sealer } from '../../gateway/src/secrets/index.ts';

export function makeSealer(clock: Clock): Sealer {
  const key = {
    id: randomBytes(6).toString('base64url'),
    secret: createSecretKey(randomBytes(32)),
  };
  return createSealer({ newest: key, find: (id) => (id === key.id ? key : undefined) }, clock);
}
