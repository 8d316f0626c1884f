/**
 * The envelope of one secret: encrypted with a data key of its own, which is wrapped with a
 * key-encryption key. Name and version are bound to both, so that no row can take the place of
 * another.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { VaultError } from './errors.ts';
import type { WrappingKeys } from './key-service.ts';
import { decrypt, encrypt } from './wrap.ts';

const DATA_KEY_BYTES = 32;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);

const envelopeSchema = z.strictObject({
  v: z.literal(1),
  key: z.string().min(1).max(512),
  dataKey: base64url,
  text: base64url,
});

type Envelope = z.infer<typeof envelopeSchema>;

/** What an envelope is for. */
export interface Bound {
  readonly name: string;
  readonly version: number;
}

export async function sealText(keys: WrappingKeys, bound: Bound, text: string): Promise<string> {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const wrapped = await keys.wrap(dataKey, contextOf('data key', bound));
  const encrypted = encrypt(dataKey, Buffer.from(text), contextOf('text', bound));
  dataKey.fill(0);
  return written({
    v: 1,
    key: keys.newest,
    dataKey: wrapped.toString('base64url'),
    text: encrypted.toString('base64url'),
  });
}

/** @throws {VaultError} `locked` or `corrupt` */
export async function openText(keys: WrappingKeys, bound: Bound, sealed: string): Promise<string> {
  const envelope = read(sealed);
  const dataKey = await unwrapped(keys, bound, envelope);
  const text = decrypt(dataKey, Buffer.from(envelope.text, 'base64url'), contextOf('text', bound));
  dataKey.fill(0);
  if (text === undefined) throw corrupt();
  return text.toString('utf8');
}

/**
 * The same with its data key under the newest key; undefined where it is so already.
 * @throws {VaultError} `locked` or `corrupt`
 */
export async function rewrap(
  keys: WrappingKeys,
  bound: Bound,
  sealed: string,
): Promise<string | undefined> {
  const envelope = read(sealed);
  if (envelope.key === keys.newest) return undefined;
  const dataKey = await unwrapped(keys, bound, envelope);
  const wrapped = await keys.wrap(dataKey, contextOf('data key', bound));
  dataKey.fill(0);
  return written({ ...envelope, key: keys.newest, dataKey: wrapped.toString('base64url') });
}

/** Id of the key that an envelope is sealed with. */
export function keyIdIn(sealed: string): string {
  return read(sealed).key;
}

function unwrapped(keys: WrappingKeys, bound: Bound, envelope: Envelope): Promise<Buffer> {
  const wrapped = Buffer.from(envelope.dataKey, 'base64url');
  return keys.unwrap(envelope.key, wrapped, contextOf('data key', bound));
}

function contextOf(what: string, { name, version }: Bound): Buffer {
  return Buffer.from(JSON.stringify(['drawbridge secret', what, name, version]));
}

function written(envelope: Envelope): string {
  return JSON.stringify(envelope);
}

function read(sealed: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(sealed);
  } catch {
    throw corrupt();
  }
  const parsed = envelopeSchema.safeParse(value);
  if (!parsed.success) throw corrupt();
  return parsed.data;
}

function corrupt(): VaultError {
  return new VaultError('corrupt', 'What is kept is not what was sealed. Set the secret again.');
}
