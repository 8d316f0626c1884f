/** Key-encryption keys as text: each 32 bytes in base64 of either alphabet, the first one wraps. */
import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { VaultError } from './errors.ts';
import type { WrappingKeys } from './key-service.ts';
import { decrypt, encrypt } from './wrap.ts';

const KEY_BYTES = 32;
const MAX_KEYS = 16;

/** The words of a text that holds keys; spaces, line ends or commas stand between them. */
export function keyWords(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

export function newKeyWord(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/**
 * @param where what holds the keys, for messages
 * @throws {VaultError} `locked`; the message says which of the keys is none, never what it is
 */
export function keysIn(text: string, where: string): WrappingKeys {
  const words = keyWords(text);
  if (words.length === 0 || words.length > MAX_KEYS) {
    throw new VaultError('locked', `${where} holds ${words.length} keys; it must hold 1 to 16.`);
  }
  const keys = words.map((word, index) => {
    const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(word) ? Buffer.from(word, 'base64') : undefined;
    if (bytes?.length === KEY_BYTES) return { id: idOf(bytes), key: createSecretKey(bytes) };
    throw new VaultError(
      'locked',
      `Key ${index + 1} in ${where} is not 32 bytes in base64. A new one is made with: openssl rand -base64 32`,
    );
  });
  return wrappingWith(keys, where);
}

interface Key {
  readonly id: string;
  readonly key: ReturnType<typeof createSecretKey>;
}

function wrappingWith(keys: readonly Key[], where: string): WrappingKeys {
  const [newest] = keys;
  if (newest === undefined) throw new VaultError('locked', `${where} holds no key.`);
  return {
    newest: newest.id,
    wrap: (dataKey, context) => Promise.resolve(encrypt(newest.key, dataKey, context)),
    unwrap: (keyId, wrapped, context) => {
      const found = keys.find(({ id }) => id === keyId);
      if (found === undefined) {
        const message = `${where} does not hold the key ${keyId}, with which this was sealed. Restore it from a backup, or set the secret again.`;
        return Promise.reject(new VaultError('locked', message));
      }
      const dataKey = decrypt(found.key, wrapped, context);
      return dataKey === undefined
        ? Promise.reject(new VaultError('corrupt', 'What is kept is not what was sealed.'))
        : Promise.resolve(dataKey);
    },
  };
}

/** Made of the key, so that the same key has the same id wherever it is kept; says nothing of it. */
function idOf(key: Buffer): string {
  const hash = createHash('sha256').update('drawbridge key-encryption key\0').update(key).digest();
  return hash.toString('base64url', 0, 6);
}
