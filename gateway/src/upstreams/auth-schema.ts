/** `auth` of an upstream: how the gateway proves to it who it is. */
import { z } from 'zod';
import { clientKeySchema } from '../secrets/index.ts';
import { address, headers } from './header-schema.ts';

const secret = z.string().min(1, 'must not be empty; an environment variable may not be set');

const login = z
  .strictObject({
    // RFC 7617, section 2: the first colon ends the name.
    username: z.string().regex(/^[^:\p{Cc}]*$/u, 'must not hold ":" or control characters'),
    password: z.string().regex(/^\P{Cc}*$/u, 'must not hold control characters'),
  })
  // Some APIs take a key in the place of one of them, and nothing in that of the other.
  .refine(({ username, password }) => username + password !== '', {
    error: 'user name and password must not be empty both; a variable may hold nothing',
  });

const sendIn = z
  .enum(['header', 'body'])
  .default('header')
  .describe('Where the token endpoint looks for id and secret.');

/** What a client has to prove itself by. */
const proofs = { clientSecret: secret.optional(), clientKey: clientKeySchema.optional() };

interface Proofs {
  readonly clientSecret?: string | undefined;
  readonly clientKey?: object | undefined;
}
const ONE_PROOF = { error: 'must have one of clientSecret and clientKey' };
const hasOneProof = ({ clientSecret, clientKey }: Proofs): boolean =>
  (clientSecret === undefined) !== (clientKey === undefined);

const client = z
  .strictObject({
    clientId: z.string().min(1),
    ...proofs,
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope without spaces'))
      .optional()
      .describe('Scopes to ask for; those that the operations name where left out.'),
    tokenUrl: address('')
      .optional()
      .describe(
        "Where tokens are given out; the document's address where it is on an allowed host.",
      ),
    sendIn,
  })
  .refine(hasOneProof, ONE_PROOF);

const scopes = z
  .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope without spaces'))
  .optional()
  .describe('Scopes to ask for.');

const wishes = {
  tokenUrl: address('').describe('Where tokens are given out.'),
  scopes,
  audience: z.string().min(1).optional().describe('For whom the token is to be.'),
  resource: address('').optional().describe('For which resource the token is to be (RFC 8707).'),
};

/** Credentials of the gateway's own. */
const own = {
  headers: headers.optional().describe('Headers that hold credentials.'),
  bearer: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one token without spaces')
    .optional()
    .describe('Token sent as "Authorization: Bearer ...".'),
  basic: login.optional().describe('User name and password, sent as "Authorization: Basic ...".'),
  query: z
    .strictObject({ name: z.string().min(1).max(100), value: secret })
    .optional()
    .describe('A key that is put into the query of every address.'),
  clientCredentials: z
    .strictObject({ ...wishes, clientId: z.string().min(1), ...proofs, sendIn })
    .refine(hasOneProof, ONE_PROOF)
    .optional()
    .describe('An access token of the gateway by client credentials (RFC 6749, section 4.4).'),
};

const discovery = z.strictObject(own).superRefine((auth, context) => {
  if (Object.keys(auth).length === 1) return;
  const message = `must have one of ${Object.keys(own).join(', ')}, or be none`;
  context.addIssue({ code: 'custom', message });
});

const tokenExchange = z
  .strictObject({
    ...wishes,
    clientId: z.string().min(1).optional(),
    ...proofs,
    sendIn,
    discovery: z
      .union([z.literal('none'), discovery])
      .describe('What is presented where nobody calls, as for lists; none for nothing.'),
  })
  .refine((one) => (one.clientSecret ?? one.clientKey) === undefined || hasOneProof(one), ONE_PROOF)
  .refine(({ clientKey, clientId }) => clientKey === undefined || clientId !== undefined, {
    error: 'must be there where clientKey is',
    path: ['clientId'],
  })
  .describe("The caller's own access token is exchanged for another (RFC 8693).");

export const authSchema = z
  .strictObject({
    ...own,
    tokenExchange: tokenExchange.optional(),
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
        ? 'must have one of bearer, basic, headers, query, clientCredentials, tokenExchange and schemes'
        : `has ${kinds.join(' and ')}; keep one of them`;
    context.addIssue({ code: 'custom', message });
  });

export type AuthConfig = z.infer<typeof authSchema>;
export type LoginConfig = z.infer<typeof login>;
export type ClientConfig = z.infer<typeof client>;
export type SchemeConfig = string | LoginConfig | ClientConfig;

/** RFC 7617, in UTF-8. */
export function basicOf({ username, password }: LoginConfig): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/**
 * Names in lower case of the headers that requests get by it. Those of `schemes` are not among them:
 * which ones they are is said by the document.
 */
export function headersPresented(auth: AuthConfig): ReadonlySet<string> {
  const { tokenExchange } = auth;
  const discovered = tokenExchange?.discovery ?? 'none';
  const names = [auth, ...(discovered === 'none' ? [] : [discovered])].flatMap(
    ({ headers: named = {}, bearer, basic, clientCredentials }) => [
      ...Object.keys(named).map((name) => name.toLowerCase()),
      ...((bearer ?? basic ?? clientCredentials) === undefined ? [] : ['authorization']),
    ],
  );
  return new Set(tokenExchange === undefined ? names : [...names, 'authorization']);
}

/** Everything in it that nobody may ever see. */
export function secretsOf(auth: AuthConfig | undefined): string[] {
  if (auth === undefined) return [];
  const { schemes = {}, tokenExchange } = auth;
  const discovered = tokenExchange?.discovery ?? 'none';
  const found = Object.values(schemes).flatMap((one) => {
    if (typeof one === 'string') return [one];
    return 'clientId' in one ? proofSecrets(one) : loginSecrets(one);
  });
  return [
    ...ownSecrets(auth),
    ...(discovered === 'none' ? [] : ownSecrets(discovered)),
    ...proofSecrets(tokenExchange),
    ...found,
  ];
}

function ownSecrets({
  headers: named = {},
  bearer,
  basic,
  query,
  clientCredentials,
}: z.infer<typeof discovery>): string[] {
  return [
    ...Object.values(named).map((value) => value.replace(/^(?:Bearer|Basic) +/i, '')),
    ...[bearer ?? []].flat(),
    ...(basic === undefined ? [] : loginSecrets(basic)),
    ...[query?.value ?? []].flat(),
    ...proofSecrets(clientCredentials),
  ];
}

function proofSecrets(
  one: { clientSecret?: string | undefined; clientKey?: { key: string } | undefined } = {},
): string[] {
  return [one.clientSecret ?? [], one.clientKey?.key ?? []].flat();
}

function loginSecrets(one: LoginConfig): string[] {
  return [one.password, basicOf(one).slice('Basic '.length)];
}
