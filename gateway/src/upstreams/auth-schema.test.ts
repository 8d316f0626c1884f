import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { authSchema, secretsOf } from './auth-schema.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const URL_OF_TOKENS = { tokenUrl: 'https://id.example.com/token' };
const ID = { clientId: 'gw' };
const SECRET = { clientSecret: 's3cret' };
const KEY = { clientKey: { key, id: 'k1' } };

describe.each<[string, (client: object) => object]>([
  ['client credentials', (client) => ({ clientCredentials: { ...URL_OF_TOKENS, ...client } })],
  ['a client of a document', (client) => ({ schemes: { oauth: client } })],
  [
    'an exchange',
    (client) => ({ tokenExchange: { ...URL_OF_TOKENS, discovery: 'none', ...client } }),
  ],
])('%s', (kind, authOf) => {
  const isProven = kind !== 'an exchange';

  test.each([
    ['a secret', { ...ID, ...SECRET }, true],
    ['a key', { ...ID, ...KEY }, true],
    ['both', { ...ID, ...SECRET, ...KEY }, false],
    ['neither', ID, !isProven],
    ['a key of nobody', KEY, false],
    ['a key that is none', { ...ID, clientKey: { key: 'x' } }, false],
  ])('takes one proof of who it is: %s', (_what, client, isTaken) => {
    expect(authSchema.safeParse(authOf(client)).success).toBe(isTaken);
  });

  test.each([
    [SECRET, 's3cret'],
    [KEY, key],
  ])('is kept from what anybody sees', (proof, secret) => {
    expect(secretsOf(authSchema.parse(authOf({ ...ID, ...proof })))).toContain(secret);
  });
});
