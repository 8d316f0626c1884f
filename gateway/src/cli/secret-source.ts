/** The vault that a configuration names, and what it names of it. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { MAX_CONFIG_BYTES, loadConfig, readBounded } from '../config/index.ts';
import { systemClock } from '../kernel/index.ts';
import { openVault, secretsSchema, type SecretText, type Vault } from '../secrets/index.ts';
import { STORE_FILE, openStore, type Secrets } from '../store/index.ts';
import { permissive } from './stdio/look-around.ts';

type Env = Readonly<Record<string, string | undefined>>;
type ReadFile = (path: string, maxBytes: number) => Uint8Array;

/** Where the secrets of a configuration are, and which of them it names. */
export interface SecretPlace {
  /** Absolute. */
  readonly stateDir: string;
  readonly directory: string;
  readonly config: z.infer<typeof secretsSchema>;
  readonly env: Env;
  readonly names: readonly string[];
}

/** The text of a secret that a configuration names, or why it cannot be had. */
export type SecretSource = (name: string) => SecretText;

const placeSchema = z.looseObject({
  server: z.looseObject({ stateDir: z.string().default('.drawbridge') }).prefault({}),
  secrets: secretsSchema.prefault({}).catch({}),
});

/**
 * Looks where the vault of a configuration is; what is wrong beside that, loading it will say.
 * @returns undefined where the file names none, or cannot be read that far
 */
export function findSecrets(
  file: string,
  env: Env,
  readFile: ReadFile = readBounded,
  evenIfNoneIsNamed = false,
): SecretPlace | undefined {
  if (!evenIfNoneIsNamed && !mentionsSecrets(file, readFile)) return undefined;
  const names = new Set<string>();
  const loaded = loadConfig({
    file,
    schema: placeSchema,
    env: permissive(env),
    readFile: (path, maxBytes) => (path === file ? readFile(path, maxBytes) : Buffer.from('')),
    secret: (name) => {
      names.add(name);
      return { text: '' };
    },
  });
  if (!loaded.ok) return undefined;
  const { server, secrets } = loaded.value;
  const stateDir = resolve(loaded.directory, server.stateDir);
  return { stateDir, directory: loaded.directory, config: secrets, env, names: [...names] };
}

/** Most files name none and need not be read twice. */
function mentionsSecrets(file: string, readFile: ReadFile): boolean {
  try {
    return Buffer.from(readFile(file, MAX_CONFIG_BYTES)).includes('secret:');
  } catch {
    return false;
  }
}

/** Where the vault is of a file that does not exist yet. */
export function defaultPlace(file: string, env: Env): SecretPlace {
  const directory = dirname(resolve(file));
  return { stateDir: join(directory, '.drawbridge'), directory, config: {}, env, names: [] };
}

/** Runs `work` with the vault, beside a gateway that may be running; makes its store where need be. */
export async function withVault<T>(
  place: Omit<SecretPlace, 'names'>,
  work: (vault: Vault, rows: Secrets) => Promise<T>,
): Promise<T> {
  mkdirSync(place.stateDir, { recursive: true, mode: 0o700 });
  const store = await openStore(join(place.stateDir, STORE_FILE));
  try {
    return await work(openVault(place, store.secrets, systemClock), store.secrets);
  } finally {
    await store.close();
  }
}

/** Opens the secrets that a configuration names; nothing is made where there is nothing yet. */
export async function readSecrets(place: SecretPlace | undefined): Promise<SecretSource> {
  if (place === undefined || place.names.length === 0) return () => ({ why: MISSING });
  if (!existsSync(join(place.stateDir, STORE_FILE))) return () => ({ why: MISSING });
  const texts = await withVault(place, (vault) => vault.read(place.names)).catch(reasonOf);
  if (typeof texts === 'string') return () => ({ why: texts });
  return (name) => texts.get(name) ?? { why: MISSING };
}

const MISSING = 'there is no secret of this name';

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
