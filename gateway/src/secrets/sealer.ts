/**
 * Authenticated encryption of what is handed out and comes back: AES-256-GCM, base64url.
 * Token: version (1 byte), key id (6), nonce (12), ciphertext, tag (16). What is encrypted begins
 * with the expiry (8 bytes); purpose and context are authenticated but not part of the token.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/index.ts';
import { KEY_ID_BYTES, type Keyring } from './keyring.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const EXPIRY_BYTES = 8;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;
const MIN_BYTES = HEAD_BYTES + EXPIRY_BYTES + TAG_BYTES;

/** Seals and opens. A token is worth nothing to anybody who presents it elsewhere. */
export interface Sealer {
  /**
   * @param purpose what kind of token it is, so that one kind never passes for another
   * @param context whom and what it is bound to (principal, endpoint, …), unambiguously put
   *   together by the caller; the same text is needed to open
   * @param expiresAtMs milliseconds since 1970 from which on it no longer opens
   */
  seal(purpose: string, text: string, context: string, expiresAtMs: number): string;
  /**
   * @returns the text, or undefined for whatever was not sealed here for this purpose and context,
   *   was changed, or has expired; never throws for any token
   */
  open(purpose: string, token: string, context: string): string | undefined;
}

/** @param clock decides what has expired */
export function createSealer(keyring: Pick<Keyring, 'newest' | 'find'>, clock: Clock): Sealer {
  return {
    seal: (purpose, text, context, expiresAtMs) => {
      const { id, secret } = keyring.newest;
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt8(VERSION);
      head.write(id, 1, KEY_ID_BYTES, 'base64url');
      randomBytes(NONCE_BYTES).copy(head, 1 + KEY_ID_BYTES);
      const cipher = createCipheriv('aes-256-gcm', secret, head.subarray(1 + KEY_ID_BYTES));
      cipher.setAAD(boundTo(head, purpose, context));
      const expiry = Buffer.alloc(EXPIRY_BYTES);
      expiry.writeDoubleBE(expiresAtMs);
      const sealed = [head, cipher.update(expiry), cipher.update(text, 'utf8'), cipher.final()];
      return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open: (purpose, token, context) => {
      const bytes = Buffer.from(token, 'base64url');
      // The decoder skips what it does not know; only the one canonical spelling is a token.
      if (bytes.length < MIN_BYTES || bytes.toString('base64url') !== token) return undefined;
      if (bytes[0] !== VERSION) return undefined;
      const key = keyring.find(bytes.toString('base64url', 1, 1 + KEY_ID_BYTES));
      if (key === undefined) return undefined;
      const head = bytes.subarray(0, HEAD_BYTES);
      const nonce = head.subarray(1 + KEY_ID_BYTES);
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, options);
      decipher.setAAD(boundTo(head, purpose, context));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const plain = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
      try {
        decipher.final();
      } catch {
        return undefined;
      }
      const expiresAtMs = plain.readDoubleBE();
      return clock.nowMs() < expiresAtMs ? plain.toString('utf8', EXPIRY_BYTES) : undefined;
    },
  };
}

/** The purpose's length goes first, so that no other split of purpose and context is the same. */
function boundTo(head: Buffer, purpose: string, context: string): Buffer {
  const text = Buffer.from(purpose + context);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(purpose));
  return Buffer.concat([head, length, text]);
}
