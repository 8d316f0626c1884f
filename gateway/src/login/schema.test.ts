import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loginProblems, loginSchema } from './schema.ts';

const PROVIDER = { issuer: 'https://login.example.com', clientId: 'drawbridge' };

const KEY = JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }));

describe('the section', () => {
  test('asks for what is usual', () => {
    expect(loginSchema.parse({ providers: [PROVIDER] })).toEqual({
      providers: [{ ...PROVIDER, scopes: ['openid', 'profile'], userInfo: true }],
      sessionMinutes: 720,
      idleMinutes: 60,
    });
    expect(loginSchema.parse({}).providers).toEqual([]);
  });

  test('takes a key in the place of a secret', () => {
    const provider = { ...PROVIDER, clientKey: { key: KEY, id: 'k1', algorithm: 'EdDSA' } };
    expect(loginSchema.parse({ providers: [provider] }).providers[0]).toMatchObject(provider);
  });

  test.each([
    ['scopes without openid', { providers: [{ ...PROVIDER, scopes: ['profile'] }] }],
    ['an empty secret', { providers: [{ ...PROVIDER, clientSecret: '' }] }],
    ['a key that is none', { providers: [{ ...PROVIDER, clientKey: { key: 'x' } }] }],
    [
      'a secret and a key',
      { providers: [{ ...PROVIDER, clientSecret: 's', clientKey: { key: KEY } }] },
    ],
    ['the same issuer twice', { providers: [PROVIDER, PROVIDER] }],
    ['a callback that is a path', { providers: [{ ...PROVIDER, callback: '../x' }] }],
    [
      'the same callback twice',
      {
        providers: [
          { ...PROVIDER, callback: 'a' },
          { ...PROVIDER, issuer: 'https://b', callback: 'a' },
        ],
      },
    ],
    ['sessions without end', { sessionMinutes: 1e6 }],
  ])('refuses %s', (_what, section) => {
    expect(loginSchema.safeParse(section).success).toBe(false);
  });
});

describe('beside other sections', () => {
  const issuers = [{ issuer: PROVIDER.issuer }];
  const config = loginSchema.parse({ providers: [PROVIDER] });

  test.each([
    ['https://tools.example.com', []],
    ['http://127.0.0.1:8080', []],
    ['http://localhost:8080', []],
    ['http://[::1]:8080', []],
    ['http://tools.example.com', [expect.objectContaining({ path: ['providers'] })]],
    ['http://127.0.0.1.example.com', [expect.objectContaining({ path: ['providers'] })]],
    [undefined, [expect.objectContaining({ path: ['providers'] })]],
  ])('publicUrl %j', (publicUrl, problems) => {
    expect(loginProblems(config, issuers, publicUrl)).toEqual(problems);
  });

  test('every provider is an issuer that is known', () => {
    const [problem] = loginProblems(config, [], 'https://tools.example.com');
    expect(problem).toMatchObject({ path: ['providers', 0, 'issuer'] });
    expect(loginProblems(loginSchema.parse({}), [], undefined)).toEqual([]);
  });
});
