/** Key-encryption keys in a file or in an environment variable. */
import { dirname } from 'node:path';
import { mkdir } from 'node:fs/promises';
import {
  createPrivateFile,
  messageOf,
  readPrivateFile,
  replacePrivateFile,
} from '../private-file.ts';
import { VaultError } from './errors.ts';
import type { KeyService, WrappingKeys } from './key-service.ts';
import { keyWords, keysIn, newKeyWord } from './key-text.ts';

const MAX_FILE_BYTES = 16 * 1024;

/**
 * Keys in a file of mode 0600.
 * @param isOwn it stands in the state folder, where it is made on first use
 */
export function fileKeys(path: string, isOwn: boolean): KeyService {
  const read = (): Promise<string | undefined> =>
    readPrivateFile(path, {
      maxBytes: MAX_FILE_BYTES,
      mayBeLink: !isOwn,
      wayOut: '',
      error: (message) => new VaultError('locked', message),
    });
  const readOrFail = async (): Promise<string> => {
    const text = await read();
    if (text !== undefined) return text;
    const message = isOwn
      ? `${path} is gone, and without it nothing can be opened. Restore it from a backup, or remove the secrets and set them again.`
      : `${path} does not exist. Make it: (umask 077; openssl rand -base64 32 > ${path})`;
    throw new VaultError('locked', message);
  };
  return {
    open: async (mayCreate) => {
      const found = mayCreate && isOwn ? ((await read()) ?? (await make(path))) : undefined;
      return keysIn(found ?? (await readOrFail()), path);
    },
    beginRotation: async () => {
      const text = await readOrFail();
      const before = keysIn(text, path);
      const words = keyWords(text);
      // More than one key: a rotation that was not ended, or a new key that the operator put there.
      if (words.length > 1) return before;
      return await replace(path, [newKeyWord(), ...words]);
    },
    endRotation: async () => {
      const words = keyWords(await readOrFail());
      if (words.length > 1) await replace(path, words.slice(0, 1));
      return '';
    },
  };
}

/** Two processes that make it at once end up with the same key. */
async function make(path: string): Promise<string | undefined> {
  const text = `${newKeyWord()}\n`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return (await createPrivateFile(path, text)) ? text : undefined;
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function replace(path: string, words: readonly string[]): Promise<WrappingKeys> {
  const text = `${words.join('\n')}\n`;
  try {
    await replacePrivateFile(path, text);
  } catch (error) {
    throw unwritable(path, error);
  }
  return keysIn(text, path);
}

function unwritable(path: string, error: unknown): VaultError {
  return new VaultError('locked', `${path} cannot be written: ${messageOf(error)}.`);
}

/**
 * Keys in an environment variable, which only the operator can change.
 * @param value undefined where it is not set
 */
export function environmentKeys(name: string, value: string | undefined): KeyService {
  const where = `The environment variable ${name}`;
  const keys = (): WrappingKeys => {
    if (value !== undefined && value.trim() !== '') return keysIn(value, where);
    const message = `${where} is not set, and without it nothing can be opened or sealed. It holds the key: openssl rand -base64 32`;
    throw new VaultError('locked', message);
  };
  const open = (): Promise<WrappingKeys> => Promise.try(keys);
  return {
    open,
    beginRotation: async (sealedWith) => {
      const found = await open();
      const isNew = [...sealedWith].some((id) => id !== found.newest);
      if (isNew || keyWords(value ?? '').length > 1) return found;
      const message = `${where} holds only the key that everything is sealed with. Put a new one in front of it, with a comma between them, and run this again.`;
      throw new VaultError('locked', message);
    },
    endRotation: () =>
      Promise.resolve(
        keyWords(value ?? '').length > 1
          ? `Nothing is sealed with the further keys in ${name} any more; take them out.`
          : '',
      ),
  };
}
