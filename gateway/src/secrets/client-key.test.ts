import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { clientAssertion, clientKeySchema } from './index.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const P521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey;
const ED = generateKeyPairSync('ed25519').privateKey;
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwkOf = (key: KeyObject, more: object = {}): string =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const WISH = { clientId: 'drawbridge', audience: 'https://id.example.com/token', nowMs: NOW_MS };

describe('an assertion', () => {
  test.each([
    ['RS256', RSA, undefined],
    ['PS256', RSA, 'PS256'],
    ['ES256', P256, undefined],
    ['ES384', P384, undefined],
    ['ES512', P521, 'ES512'],
    ['EdDSA', ED, undefined],
  ] as const)('is signed with %s, and says who it is for a minute', async (alg, key, algorithm) => {
    for (const text of [pemOf(key), jwkOf(key)]) {
      const settings = { key: text, ...(algorithm === undefined ? {} : { algorithm }) };
      expect(clientKeySchema.safeParse(settings).success).toBe(true);
      const form = new Map(clientAssertion(settings, WISH));
      expect(form.get('client_id')).toBe('drawbridge');
      expect(form.get('client_assertion_type')).toBe(
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      );
      const { payload, protectedHeader } = await jwtVerify(
        form.get('client_assertion') ?? '',
        createPublicKey(key),
        { currentDate: new Date(NOW_MS), audience: WISH.audience, algorithms: [alg] },
      );
      expect(protectedHeader).toEqual({ alg, typ: 'JWT' });
      expect(payload).toEqual({
        iss: 'drawbridge',
        sub: 'drawbridge',
        aud: WISH.audience,
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
        iat: NOW_MS / 1000,
        exp: NOW_MS / 1000 + 60,
      });
    }
  });

  test('is another one every time, and names the key and audience that are set', () => {
    const settings = { key: jwkOf(P256, { kid: 'in-the-key' }) };
    const assertion = (more: object = {}) =>
      new Map(clientAssertion({ ...settings, ...more }, WISH)).get('client_assertion') ?? '';
    expect(assertion()).not.toBe(assertion());
    expect(decodeProtectedHeader(assertion())).toMatchObject({ kid: 'in-the-key' });
    const set = assertion({ id: 'k2', audience: 'https://id.example.com' });
    expect(decodeProtectedHeader(set)).toMatchObject({ kid: 'k2' });
    const claims = JSON.parse(Buffer.from(set.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ aud: 'https://id.example.com' });
  });
});

describe('a key that cannot be used is refused, and not shown', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  test.each([
    ['words', { key: 'canary' }, /^is no private key/],
    [
      'a public key',
      { key: createPublicKey(P256).export({ type: 'spki', format: 'pem' }) },
      /^is no/,
    ],
    [
      'a public JWK',
      { key: JSON.stringify(createPublicKey(P256).export({ format: 'jwk' })) },
      /^is no/,
    ],
    ['no JSON', { key: '{canary' }, /^is no private key/],
    ['a short RSA key', { key: pemOf(short) }, /kind that is not used: RSA \(2048/],
    ['another curve', { key: pemOf(koblitz) }, /kind that is not used/],
    ['another algorithm', { key: pemOf(P256), algorithm: 'RS256' }, /which takes ES256$/],
    ['a symmetric algorithm', { key: pemOf(RSA), algorithm: 'HS256' }, /Invalid option/],
  ])('%s', (_what, settings, words) => {
    const read = clientKeySchema.safeParse(settings);
    expect(read.error?.issues.map(({ message }) => message)).toEqual([
      expect.stringMatching(words),
    ]);
    expect(JSON.stringify(read.error)).not.toContain('canary');
  });
});
