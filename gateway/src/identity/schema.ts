/** The `identity` section of the configuration. */
import { z } from 'zod';
import { compilePattern } from '../kernel/index.ts';
import { mtlsConfig, mtlsSchema, type MtlsSetting } from './mtls-schema.ts';
import { issuerSchema } from './oauth/schema.ts';

const NOTHING_CHOSEN = 'choose how callers are identified: mode: local, keys: true, oauth, or mtls';

/** RFC 6749, section 3.3. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope without spaces');

const items = z
  .array(
    z.string().superRefine((text, context) => {
      const compiled = compilePattern(text);
      if (typeof compiled === 'string') context.addIssue(compiled);
    }),
  )
  .min(1)
  .max(1000);

const issuers = z
  .array(issuerSchema)
  .max(32)
  .refine((all) => new Set(all.map(({ issuer }) => issuer)).size === all.length, {
    error: 'every issuer may stand there once',
  })
  .refine((all) => all.length < 2 || all.every(({ prefix }) => prefix !== undefined), {
    error:
      'with several issuers, each needs a prefix for its names ("" for none), so that nobody is taken for somebody of the same name at another issuer',
  })
  .refine((all) => all.filter(({ introspection }) => introspection !== undefined).length <= 1, {
    error: 'an opaque token does not say whose it is, so only one issuer can have introspection',
  });

/** Whether callers have to show who they are. */
function identifies({
  keys,
  oauth,
  mtls,
}: {
  readonly keys: boolean;
  readonly oauth: readonly unknown[];
  readonly mtls?: MtlsSetting | undefined;
}): boolean {
  return keys || oauth.length > 0 || mtlsConfig(mtls) !== undefined;
}

export const identitySchema = z
  .strictObject({
    mode: z
      .literal('local')
      .optional()
      .describe('Only callers on this machine, all of them as one principal; the default.'),
    keys: z
      .boolean()
      .default(false)
      .describe('Callers present API keys, which `drawbridge keys` makes and revokes.'),
    oauth: issuers.default([]).describe('Callers present access tokens of these issuers.'),
    mtls: mtlsSchema.optional(),
    scopes: z
      .record(z.string(), z.array(scope).max(100))
      .default({})
      .describe('Endpoint to the scopes that keys and tokens need there, all of them.'),
    itemScopes: z
      .array(z.strictObject({ items, scopes: z.array(scope).min(1).max(100) }))
      .max(1000)
      .default([])
      .describe('Items to the scopes that calls of them need beyond those of the endpoint.'),
  })
  .refine((identity) => identity.mode === 'local' || identifies(identity), NOTHING_CHOSEN)
  .refine((identity) => identity.mode !== 'local' || !identifies(identity), {
    path: ['mode'],
    error: 'local mode identifies nobody, so it cannot stand beside keys, oauth or mtls',
  });

export type IdentityConfig = z.infer<typeof identitySchema>;

/** Whether callers need no credential, since only those on this machine are answered. */
export function isLocalMode(config: IdentityConfig): boolean {
  return config.mode === 'local';
}

/** What does not show before other sections are known: one sentence each, with the place in this one. */
export function identityProblems(
  config: IdentityConfig,
  endpoints: readonly string[],
  publicUrl: string | undefined,
): readonly { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const unknown = Object.keys(config.scopes)
    .filter((endpoint) => !endpoints.includes(endpoint))
    .map((endpoint) => ({ path: ['scopes', endpoint], message: 'there is no such endpoint' }));
  if (config.oauth.length === 0 || publicUrl !== undefined) return unknown;
  const message = 'server.publicUrl has to be set, so that clients learn where tokens are for';
  return [...unknown, { path: ['oauth'], message }];
}
