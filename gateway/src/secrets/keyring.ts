/**
 * The keys that seal, in `<stateDir>/keys.json`: `{"keys":[{"id":"…","key":"…"}]}`. The last one
 * seals, all of them open. Whoever reads this file can forge every token, so it is never shared.
 */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createPrivateFile, messageOf, readPrivateFile } from './private-file.ts';

/** Bytes of a key's id; it stands in every token. */
export const KEY_ID_BYTES = 6;
const KEY_BYTES = 32;
const MAX_FILE_BYTES = 64 * 1024;

/** The keys of one gateway, or of all replicas that share them. */
export interface Keyring {
  /** The key that seals. */
  readonly newest: Key;
  /**
   * Names what the replicas that share these keys have in common, and nobody else has: the id of the
   * oldest key. No secret.
   */
  readonly installation: string;
  /** The key with this id (base64url), or undefined where it is not (or no longer) in the file. */
  find(id: string): Key | undefined;
}

export interface Key {
  readonly id: string;
  readonly secret: KeyObject;
}

/** The keys cannot be used; the message says why and what to do, for the person who starts it. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

const fileSchema = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9_-]{8}$/, 'must be 8 characters of base64url'),
        key: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url'),
      }),
    )
    .min(1)
    .max(64),
});

/**
 * Reads the keys of a state directory; makes directory (0700) and file (0600) on first use. Two
 * processes that start at once end up with the same keys.
 * @throws {KeyringError} where others may read the file, or it is not one of ours
 */
export async function openKeyring(stateDir: string): Promise<Keyring> {
  const path = join(stateDir, 'keys.json');
  const found = (await readKeys(path)) ?? (await createKeys(stateDir, path));
  const keys = parseKeys(path, found);
  const byId = new Map(keys.map((key) => [key.id, key]));
  const newest = keys.at(-1);
  const [oldest] = keys;
  if (newest === undefined || oldest === undefined || byId.size !== keys.length) {
    throw new KeyringError(`${path}: every key must have an id of its own.`);
  }
  return { newest, installation: oldest.id, find: (id) => byId.get(id) };
}

function parseKeys(path: string, text: string): readonly Key[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new KeyringError(`${path} is not JSON. ${WAY_OUT}`);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
    throw new KeyringError(`${path}: ${where} is not valid: ${issue?.message ?? ''}. ${WAY_OUT}`);
  }
  return parsed.data.keys.map(({ id, key }) => ({
    id,
    secret: createSecretKey(Buffer.from(key, 'base64url')),
  }));
}

const WAY_OUT =
  'Restore it from a backup, or delete it: then new keys are made and open sessions end.';

function readKeys(path: string): Promise<string | undefined> {
  return readPrivateFile(path, {
    maxBytes: MAX_FILE_BYTES,
    mayBeLink: false,
    wayOut: WAY_OUT,
    error: (message) => new KeyringError(message),
  });
}

/** The whole file is written under another name first, so nobody ever reads half of it. */
async function createKeys(stateDir: string, path: string): Promise<string> {
  const id = randomBytes(KEY_ID_BYTES).toString('base64url');
  const key = randomBytes(KEY_BYTES).toString('base64url');
  const text = `${JSON.stringify({ keys: [{ id, key }] }, undefined, 2)}\n`;
  let isOurs: boolean;
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    isOurs = await createPrivateFile(path, text);
  } catch (error) {
    throw new KeyringError(`${path} cannot be written: ${messageOf(error)}.`);
  }
  if (isOurs) return text;
  const theirs = await readKeys(path);
  if (theirs === undefined) throw new KeyringError(`${path} vanished while it was read.`);
  return theirs;
}
