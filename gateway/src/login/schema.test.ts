import { describe, expect, test } from 'vitest';
import { loginProblems, loginSchema } from './schema.ts';

const PROVIDER = { issuer: 'https://login.example.com', clientId: 'drawbridge' };

describe('the section', () => {
  test('asks for what is usual', () => {
    expect(loginSchema.parse({ providers: [PROVIDER] })).toEqual({
      providers: [{ ...PROVIDER, scopes: ['openid', 'profile'], userInfo: true }],
      sessionMinutes: 720,
      idleMinutes: 60,
    });
    expect(loginSchema.parse({}).providers).toEqual([]);
  });

  test.each([
    ['scopes without openid', { providers: [{ ...PROVIDER, scopes: ['profile'] }] }],
    ['an empty secret', { providers: [{ ...PROVIDER, clientSecret: '' }] }],
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
