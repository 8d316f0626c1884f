/** What the processes of one installation have in common. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCoordination, type CoordinationOptions } from '../coordination/index.ts';
import { createSealer, openKeyring } from '../secrets/index.ts';
import { STORE_FILE, openStore } from '../store/index.ts';

export type StateOptions = Omit<CoordinationOptions, 'installation'>;

/** Opens the keys, the store, and the way to the other processes; makes the folder on first use. */
export async function openState(stateDir: string, options: StateOptions) {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const keyring = await openKeyring(stateDir);
  const { installation } = keyring;
  return {
    sealer: createSealer(keyring, options.clock),
    coordination: await createCoordination({ ...options, installation }),
    store: await openStore(join(stateDir, STORE_FILE)),
  };
}
