/** `identity.oauth`: the issuers whose access tokens are taken. */
import { z } from 'zod';
import { clientTlsSchema } from '../../egress/index.ts';

/** Signatures that need no shared secret; `none` and HMAC are not among them. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** Names of members, from the outside in: `realm_access.roles`. */
const claimPath = z
  .string()
  .regex(/^[^.]+(\.[^.]+)*$/, 'write member names with dots between them');

const address = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((url) => !/[?#@]/.test(url), 'must have no query, fragment or user information');

const introspectionSchema = z.strictObject({
  url: address.optional().describe('Where tokens are introspected; without it as discovery says.'),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
});

export const issuerSchema = z.strictObject({
  issuer: address.describe('The issuer, exactly as it stands in "iss".'),
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe('What "aud" has to hold; one of them suffices.'),
  jwksUri: address.optional().describe('Where its keys are; without it as discovery says.'),
  algorithms: z
    .array(z.enum(ALGORITHMS))
    .min(1)
    .default([...ALGORITHMS]),
  requireAtJwt: z
    .boolean()
    .default(false)
    .describe('Take only tokens whose header says at+jwt (RFC 9068).'),
  clockSkewSeconds: z.number().int().min(0).max(300).default(30),
  claims: z
    .strictObject({
      user: claimPath.default('sub'),
      agent: claimPath.optional().describe('Without it azp, else client_id.'),
      groups: claimPath.default('groups'),
      team: claimPath.optional(),
    })
    .prefault({})
    .describe('Where a token says who it is for.'),
  prefix: z
    .string()
    .max(64)
    .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')
    .optional()
    .describe(
      'What is put before the names of its people, agents, teams and groups; has to be chosen where there are several issuers.',
    ),
  tls: clientTlsSchema.optional(),
  introspection: introspectionSchema
    .optional()
    .describe('For tokens that say nothing by themselves (RFC 7662).'),
});

export type IssuerConfig = z.infer<typeof issuerSchema>;
