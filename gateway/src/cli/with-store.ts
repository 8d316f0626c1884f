/** The state of a gateway, for commands that work beside one that may be running. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { STORE_FILE, openStore, type Store } from '../store/index.ts';
import { configFile, type CommonOptions } from './config-file.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { loadOrFail } from './session.ts';
import { lookAround } from './stdio/look-around.ts';

/** Opens the store that the configuration names; the variables it uses need not be set for that. */
export async function withStore(
  out: Output,
  options: CommonOptions,
  work: (store: Store) => Promise<ExitCode>,
): Promise<ExitCode> {
  let stateDir = lookAround(configFile(out, options), out.surroundings.env)?.stateDir;
  if (stateDir === undefined) {
    const loaded = await loadOrFail(out, options);
    if (typeof loaded === 'number') return loaded;
    stateDir = resolve(loaded.directory, loaded.value.server.stateDir);
  }
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const store = await openStore(join(stateDir, STORE_FILE));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
