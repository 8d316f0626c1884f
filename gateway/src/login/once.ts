/** Random values that only one browser knows, and what of them may be kept. */
import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/**
 * SHA-256, hexadecimal.
 * @param purpose what the value is, so that one kind of it never stands for another
 */
export function hashOf(purpose: string, value: string): string {
  return createHash('sha256').update(`${purpose}\n${value}`).digest('hex');
}
