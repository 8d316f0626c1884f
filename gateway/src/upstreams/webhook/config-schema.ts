/** `webhook` of an upstream: who may send events to `/hooks/<id>`, and how many are kept. */
import { z } from 'zod';
import { isHeaderName } from '../../egress/index.ts';
import { MAX_REMEMBERED } from './replays.ts';

const header = z
  .string()
  .refine((name) => isHeaderName(name), 'cannot be the name of a header')
  .transform((name) => name.toLowerCase());

/** What holds credentials or proofs is never shown to callers. */
const PRIVATE_HEADER = /auth|cookie|token|secret|signature|api-?key/i;

const hmac = z
  .strictObject({
    header: header.describe('The header that holds the signature.'),
    algorithm: z.enum(['sha256', 'sha384', 'sha512']).default('sha256'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    prefix: z.string().max(64).default('').describe('What stands before it: "sha256=".'),
    timestampHeader: header.optional().describe('The header with the time of sending, in seconds.'),
    signed: z
      .string()
      .max(200)
      .default('{body}')
      .describe('What is signed: "{timestamp}.{body}"; {body} stands last.'),
  })
  .superRefine(({ signed, timestampHeader }, context) => {
    const hasTime = signed.includes('{timestamp}');
    const message = !/^[^{}]*(?:\{timestamp\}[^{}]*)?\{body\}$/.test(signed)
      ? 'must end with {body}, and may hold {timestamp} once before it'
      : hasTime === (timestampHeader !== undefined)
        ? ''
        : hasTime
          ? 'holds {timestamp}, so timestampHeader has to say where it is'
          : 'must hold {timestamp}, or what timestampHeader says could be changed by anybody';
    if (message !== '') context.addIssue({ code: 'custom', message, path: ['signed'] });
  });

const secret = z.string().min(16, 'must have at least 16 characters; a variable may hold nothing');

const bound = (least: number, most: number, otherwise: number) =>
  z.number().int().min(least).max(most).default(otherwise);

export const webhookSchema = z
  .strictObject({
    signature: z
      .union([z.enum(['standard', 'github', 'stripe']), hmac])
      .describe('How requests are signed; standard is that of standardwebhooks.com.'),
    secret: z
      .union([secret, z.array(secret).min(1).max(5)])
      .describe('What they are signed with; several while one takes the place of another.'),
    toleranceSeconds: bound(1, 3600, 300).describe('How far its time may be from ours.'),
    maxBodyBytes: bound(1, 8 * 1024 * 1024, 256 * 1024).describe('Longest body taken, bytes.'),
    maxPerSecond: bound(1, 1000, 20).describe('Events taken within a second.'),
    headers: z
      .array(header.refine((name) => !PRIVATE_HEADER.test(name), 'may hold a credential or proof'))
      .max(20)
      .default([])
      .describe('Headers that are kept with the event, beside those that the scheme names.'),
    maxEvents: bound(1, 10_000, 100).describe('Events that are kept; the oldest goes first.'),
    maxBytes: bound(1024, 64 * 1024 * 1024, 1024 * 1024).describe('Bytes that are kept.'),
  })
  .superRefine(({ signature, maxPerSecond, toleranceSeconds }, context) => {
    const isTimed =
      typeof signature === 'object'
        ? signature.timestampHeader !== undefined
        : signature !== 'github';
    // All that may come while a timestamp is good have to be remembered.
    if (!isTimed || maxPerSecond * toleranceSeconds * 2 <= MAX_REMEMBERED) return;
    const most = Math.floor(MAX_REMEMBERED / 2 / maxPerSecond);
    const message = `must be at most ${most} with this maxPerSecond, or messages could be sent again`;
    context.addIssue({ code: 'custom', message, path: ['toleranceSeconds'] });
  })
  .superRefine(({ signature, secret: secrets }, context) => {
    if (signature !== 'standard') return;
    for (const [at, one] of [secrets].flat().entries()) {
      if (isStandardSecret(one)) continue;
      const message = 'must be whsec_ and 24 to 64 bytes in base64';
      const path = typeof secrets === 'string' ? ['secret'] : ['secret', at];
      context.addIssue({ code: 'custom', message, path });
    }
  })
  .describe(
    'Events that somebody sends to /hooks/<id>, signed; callers read and subscribe to them.',
  );

export type WebhookConfig = z.infer<typeof webhookSchema>;
export type HmacConfig = z.infer<typeof hmac>;

function isStandardSecret(text: string): boolean {
  const base64 = text.replace(/^whsec_/, '');
  const bytes = Buffer.from(base64, 'base64');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && bytes.length >= 24 && bytes.length <= 64;
}

/** The key that a secret of the configuration stands for. */
export function keyOf(secretText: string, signature: WebhookConfig['signature']): Buffer {
  return signature === 'standard'
    ? Buffer.from(secretText.replace(/^whsec_/, ''), 'base64')
    : Buffer.from(secretText);
}
