/** The vault of one installation. */
import { join, resolve } from 'node:path';
import type { Clock } from '../../kernel/index.ts';
import type { KeyService } from './key-service.ts';
import { environmentKeys, fileKeys } from './local-keys.ts';
import type { SealedRows } from './rows.ts';
import type { SecretsConfig } from './schema.ts';
import { createVault, type Vault } from './vault.ts';

export interface VaultPlace {
  /** Absolute. */
  readonly stateDir: string;
  /** The folder that relative paths of the configuration begin at. */
  readonly directory: string;
  readonly config: SecretsConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const KEY_FILE = 'vault.key';

/** @param rows where sealed secrets are kept; nothing is read before something is asked for */
export function openVault(place: VaultPlace, rows: SealedRows, clock: Clock): Vault {
  return createVault(rows, keyServiceOf(place), clock);
}

/** A key management service would be one more kind of `secrets.key` here. */
function keyServiceOf({ stateDir, directory, config, env }: VaultPlace): KeyService {
  const { key } = config;
  if (key === undefined) return fileKeys(join(stateDir, KEY_FILE), true);
  if ('file' in key) return fileKeys(resolve(directory, key.file), false);
  return environmentKeys(key.env, Object.hasOwn(env, key.env) ? env[key.env] : undefined);
}
