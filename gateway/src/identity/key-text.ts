/**
 * The text of an API key: `dbk_<id>_<secret>`, 12 and 64 hexadecimal digits. The beginning is there
 * for those who look for keys that have got lost; the secret is 256 random bits.
 */
import { hash, randomBytes } from 'node:crypto';

const KEY = /^dbk_([0-9a-f]{12})_[0-9a-f]{64}$/;

/** What every key begins with. */
const KEY_PREFIX = 'dbk_';

export interface MintedKey {
  readonly id: string;
  /** The key itself; shown once and kept nowhere. */
  readonly text: string;
  readonly hash: string;
}

export function mintKey(): MintedKey {
  const id = randomBytes(6).toString('hex');
  const text = `${KEY_PREFIX}${id}_${randomBytes(32).toString('hex')}`;
  return { id, text, hash: hashOf(text) };
}

/** The id within a key, or undefined where the text is no key. */
export function keyIdIn(text: string): string | undefined {
  return KEY.exec(text)?.[1];
}

/** Whether a text was meant as a key, well-formed or not. */
export function isKeyText(text: string): boolean {
  return text.startsWith(KEY_PREFIX);
}

/** SHA-256, hexadecimal; no slower hash is needed, since nobody can guess 256 random bits. */
export function hashOf(text: string): string {
  return hash('sha256', text, 'hex');
}
