/** The one-time code that makes the first administrator. */
import { hash, randomBytes } from 'node:crypto';
import type { AdminCodes, RoleGrants } from '../store/index.ts';

const CODE_BYTES = 20;
/** How long a code is good. */
const CODE_MS = 24 * 3600 * 1000;
/** Longer texts are no codes. */
export const MAX_CODE_CHARACTERS = 200;

export interface NewCode {
  /** Shown once, kept nowhere. */
  readonly text: string;
  readonly expiresMs: number;
}

/** Makes a code, which takes the place of any code before it. */
export async function issueCode(codes: AdminCodes, nowMs: number): Promise<NewCode> {
  const text = `dbc_${randomBytes(CODE_BYTES).toString('hex')}`;
  const expiresMs = nowMs + CODE_MS;
  await codes.put(hashOfCode(text), expiresMs);
  return { text, expiresMs };
}

/** SHA-256, hexadecimal; 160 random bits need no slower hash. */
export function hashOfCode(text: string): string {
  return hash('sha256', text.trim(), 'hex');
}

/** Whether nobody is administrator by the store. */
export async function hasNoAdministrator(grants: RoleGrants): Promise<boolean> {
  const all = await grants.all();
  return !all.some(({ role }) => role === 'admin');
}
