/** The `login` section of the configuration: people who sign in with a browser. */
import { z } from 'zod';
import { clientKeySchema } from '../secrets/index.ts';

/** RFC 6749, section 3.3. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope without spaces');

const provider = z
  .strictObject({
    issuer: z.string().min(1).describe('The issuer, exactly as it stands in identity.oauth.'),
    clientId: z.string().min(1).describe('What the provider calls this gateway.'),
    clientSecret: z
      .string()
      .min(1, 'must not be empty; an environment variable may not be set')
      .optional()
      .describe('Without it the gateway is a public client, which PKCE alone protects.'),
    clientKey: clientKeySchema.optional(),
    scopes: z
      .array(scope)
      .max(50)
      .refine((all) => all.includes('openid'), 'must hold openid')
      .default(['openid', 'profile'])
      .describe('Scopes to ask for; those with which the provider says the groups of a person.'),
    title: z.string().min(1).max(80).optional().describe('What people read; the host without it.'),
    userInfo: z
      .boolean()
      .default(true)
      .describe('Ask the provider for what the ID token does not say, where it offers that.'),
    callback: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'must be lower-case letters, digits and "-"')
      .optional()
      .describe(
        'Makes the redirect URI /oauth/callback/<this>. Needed beside other providers where this one ' +
          'does not say who answers (RFC 9207).',
      ),
  })
  .refine(({ clientSecret, clientKey }) => clientSecret === undefined || clientKey === undefined, {
    error: 'has clientSecret and clientKey; keep one of them',
  });

export const loginSchema = z.strictObject({
  providers: z
    .array(provider)
    .max(32)
    .refine((all) => new Set(all.map(({ issuer }) => issuer)).size === all.length, {
      error: 'every issuer may stand there once',
    })
    .refine(hasOwnCallbacks, { error: 'every callback may stand there once' })
    .default([])
    .describe('Whose people may sign in.'),
  sessionMinutes: z
    .number()
    .int()
    .min(5)
    .max(7 * 24 * 60)
    .default(12 * 60)
    .describe('How long a sign-in lasts at most.'),
  idleMinutes: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 60)
    .default(60)
    .describe('How long it lasts while nothing is asked with it.'),
});

export type LoginConfig = z.infer<typeof loginSchema>;
export type ProviderConfig = LoginConfig['providers'][number];

function hasOwnCallbacks(all: readonly { readonly callback?: string | undefined }[]): boolean {
  const named = all.flatMap(({ callback }) => callback ?? []);
  return new Set(named).size === named.length;
}

/** What does not show before other sections are known: one sentence each, with the place in this one. */
export function loginProblems(
  { providers }: LoginConfig,
  issuers: readonly { readonly issuer: string }[],
  publicUrl: string | undefined,
): readonly { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const unknown = providers.flatMap(({ issuer }, at) =>
    issuers.some((each) => each.issuer === issuer)
      ? []
      : [
          {
            path: ['providers', at, 'issuer'],
            message: 'identity.oauth has no such issuer; it says how its people are identified',
          },
        ],
  );
  if (providers.length === 0 || isSafeForCookies(publicUrl)) return unknown;
  const message =
    publicUrl === undefined
      ? 'server.publicUrl has to be set, so that providers know where to send people back to'
      : 'server.publicUrl has to begin with https, or lead to this machine itself';
  return [...unknown, { path: ['providers'], message }];
}

function isSafeForCookies(publicUrl: string | undefined): boolean {
  const url = publicUrl === undefined ? null : URL.parse(publicUrl);
  if (url === null) return false;
  return url.protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}
