import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import type { JsonObject } from '../../kernel/index.ts';
import { IssuerKeys, namedAddress } from './issuer-keys.ts';

const MINUTE_MS = 60_000;

async function world() {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' };
  const clock = new ManualClock();
  const issuer: { asked: number; document: unknown } = { asked: 0, document: { keys: [jwk] } };
  const keys = new IssuerKeys({
    clock,
    read: () => {
      issuer.asked++;
      return issuer.document === undefined
        ? Promise.reject(new Error('it is away'))
        : Promise.resolve(issuer.document as JsonObject);
    },
    fault: (why) => new Error(`the keys ${why}`),
  });
  return { clock, issuer, keys };
}

test('keys are read once for all who ask at the same time, and kept for ten minutes', async () => {
  const { clock, issuer, keys } = await world();
  const [first, second] = await Promise.all([keys.get(), keys.get()]);
  expect(first).toBe(second);
  await clock.advance(10 * MINUTE_MS - 1);
  expect(await keys.get()).toBe(first);
  expect(issuer.asked).toBe(1);
  await clock.advance(1);
  await keys.get();
  expect(issuer.asked).toBe(2);
});

test('a key that is not known asks again, but invented ones do not ask often', async () => {
  const { clock, issuer, keys } = await world();
  await keys.get();
  for (let times = 0; times < 5; times++) await keys.get(true);
  expect(issuer.asked).toBe(2);
  await clock.advance(10_000);
  await keys.get(true);
  expect(issuer.asked).toBe(3);
});

test('an issuer that is away is left alone for a second, and its keys are good for an hour', async () => {
  const { clock, issuer, keys } = await world();
  const known = await keys.get();
  issuer.document = undefined;
  await clock.advance(59 * MINUTE_MS);
  expect(await keys.get()).toBe(known);
  expect(await keys.get()).toBe(known);
  expect(issuer.asked).toBe(2);
  await clock.advance(MINUTE_MS);
  await expect(keys.get()).rejects.toThrow('it is away');
  await expect(keys.get()).rejects.toThrow('the keys could not be read a moment ago');
  expect(issuer.asked).toBe(3);
});

test.each([[{}], [{ keys: 'none' }], [{ keys: { k1: {} } }]])(
  'a document without keys is a fault: %j',
  async (document) => {
    const { issuer, keys } = await world();
    issuer.document = document;
    await expect(keys.get()).rejects.toThrow('the keys are not in the document');
  },
);

describe('an address in metadata', () => {
  test.each([
    ['https://id.example.com', 'https://id.example.com/jwks', 'https://id.example.com/jwks'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1/jwks', 'http://127.0.0.1:1/jwks'],
    ['https://id.example.com', 'http://id.example.com/jwks', 'names a jwks_uri without TLS'],
    ['https://id.example.com', 'jwks', 'names no jwks_uri'],
    ['https://id.example.com', undefined, 'names no jwks_uri'],
    ['https://id.example.com', 7, 'names no jwks_uri'],
  ])('of %s: %s', (issuer, found, expected) => {
    expect(String(namedAddress(issuer, 'jwks_uri', found))).toBe(expected);
  });
});
