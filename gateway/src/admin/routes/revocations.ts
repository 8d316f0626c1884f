/** People and sign-ins that are cut off, whatever their issuers still say of them. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded, recordChange } from '../access.ts';
import type { App } from '../env.ts';
import { PROBLEMS } from '../problem.ts';
import { timeText } from '../times.ts';

/** By when tokens that were handed out have expired, where nothing is said. */
const TOKENS_END_MS = 7 * 24 * 3_600_000;
const MAX_CHARACTERS = 512;

const text = z.string().min(1).max(MAX_CHARACTERS);
const revoked = z
  .strictObject({
    issuer: text.openapi({ description: 'As in identity.oauth.' }),
    subject: text.optional().openapi({ description: '"sub" of the tokens.' }),
    sid: text.optional().openapi({
      description: '"sid" of the tokens: this sign-in alone. One of subject and sid is needed.',
    }),
    outUntil: z.iso.datetime().optional().openapi({
      description:
        'New tokens and sign-ins do not count until then either; else only what there is.',
    }),
  })
  .refine(({ subject, sid }) => subject !== undefined || sid !== undefined, {
    error: 'name a subject or a sid',
  })
  .openapi('Revocation');

const route = createRoute({
  method: 'post',
  path: '/admin/v1/principals/revoke',
  ...guarded('principals.write', 'Cuts a person or a sign-in off within a second'),
  request: {
    body: { required: true, content: { 'application/json': { schema: revoked } } },
  },
  responses: {
    200: {
      description: 'Access tokens, browser sessions, calls and streams have ended.',
      content: { 'application/json': { schema: z.object({ revoked: z.string() }) } },
    },
    ...PROBLEMS,
  },
});

export function addRevocations(app: App): void {
  app.openapi(route, async (c) => {
    const { ports } = c.var;
    const { issuer, subject, sid, outUntil } = c.req.valid('json');
    const nowMs = ports.clock.nowMs();
    const outUntilMs = outUntil === undefined ? 0 : Date.parse(outUntil);
    await ports.revoke({
      issuer,
      ...(subject === undefined ? {} : { subject }),
      ...(sid === undefined ? {} : { sid }),
      ...(outUntilMs > nowMs ? { issuedUntilMs: outUntilMs } : {}),
      untilMs: Math.max(outUntilMs, nowMs + TOKENS_END_MS),
    });
    const thing = `${subject ?? `sign-in ${sid ?? ''}`} of ${issuer}`;
    const details = { sid: sid ?? '', outUntil: timeText(outUntilMs) };
    recordChange(c.var, { action: 'principals.write', thing, outcome: 'done', details });
    return c.json({ revoked: thing }, 200);
  });
}
