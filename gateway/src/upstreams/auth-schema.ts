/** `auth` of an upstream: how the gateway proves to it who it is. */
import { z } from 'zod';
import { address } from './header-schema.ts';

const secret = z.string().min(1, 'must not be empty; an environment variable may not be set');

const login = z.strictObject({
  // RFC 7617, section 2: the first colon ends the name.
  username: z.string().regex(/^[^:\p{Cc}]*$/u, 'must not hold ":" or control characters'),
  password: z.string().regex(/^\P{Cc}*$/u, 'must not hold control characters'),
});

const client = z.strictObject({
  clientId: z.string().min(1),
  clientSecret: secret,
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope without spaces'))
    .optional()
    .describe('Scopes to ask for; those that the operations name where left out.'),
  tokenUrl: address('')
    .optional()
    .describe("Where tokens are given out; the document's address where it is on an allowed host."),
  sendIn: z
    .enum(['header', 'body'])
    .default('header')
    .describe('Where the token endpoint looks for id and secret.'),
});

export const authSchema = z
  .strictObject({
    bearer: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'must be one token without spaces')
      .optional()
      .describe('Token sent as "Authorization: Bearer ...".'),
    basic: login.optional().describe('User name and password, sent as "Authorization: Basic ...".'),
    schemes: z
      .record(z.string(), z.union([secret, login, client]))
      .optional()
      .describe("Credentials by the names of the document's security schemes."),
  })
  .superRefine((auth, context) => {
    const kinds = Object.keys(auth);
    if (kinds.length === 1) return;
    const message =
      kinds.length === 0
        ? 'must have one of bearer, basic and schemes'
        : `has ${kinds.join(' and ')}; keep one of them`;
    context.addIssue({ code: 'custom', message });
  });

export type AuthConfig = z.infer<typeof authSchema>;
export type LoginConfig = z.infer<typeof login>;
export type ClientConfig = z.infer<typeof client>;
export type SchemeConfig = string | LoginConfig | ClientConfig;

/** The value of `Authorization` that is sent with every request; '' for none. */
export function authorizationOf(auth: AuthConfig | undefined): string {
  if (auth?.bearer !== undefined) return `Bearer ${auth.bearer}`;
  return auth?.basic === undefined ? '' : basicOf(auth.basic);
}

/** RFC 7617, in UTF-8. */
export function basicOf({ username, password }: LoginConfig): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Everything in it that nobody may ever see. */
export function secretsOf(auth: AuthConfig | undefined): string[] {
  if (auth === undefined) return [];
  const { bearer, basic, schemes = {} } = auth;
  const all = [bearer ?? [], basic ?? [], Object.values(schemes)].flat();
  return all.flatMap((one) => {
    if (typeof one === 'string') return [one];
    if ('clientId' in one) return [one.clientSecret];
    return [one.password, basicOf(one).slice('Basic '.length)];
  });
}
