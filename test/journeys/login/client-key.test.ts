/** A gateway that proves to its provider who it is by a key pair. */
import { generateKeyPairSync } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PATIENT, browserMissing, startBrowser } from '../../kit/browser.ts';
import { sessionOf, signIn, startLoginWorld } from '../../kit/login-world.ts';

let browser: Browser;
beforeAll(async () => {
  if (browserMissing === '') browser = await startBrowser();
}, PATIENT.timeout);
afterAll(async () => await browser?.close());

async function newPage(): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return await context.newPage();
}

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const head = { kid: 'gateway-1', alg: 'RS256' };
  return {
    own: { ...privateKey.export({ format: 'jwk' }), ...head },
    known: { ...publicKey.export({ format: 'jwk' }), ...head, use: 'sig' },
  };
}

describe.skipIf(browserMissing !== '')('with a key pair', PATIENT, () => {
  test('people sign in, and the key is nowhere to be seen', async () => {
    const clientKey = keyPair();
    await using world = await startLoginWorld([{ clientKey }]);
    const { origin, log } = world.gateway;
    const page = await newPage();
    await signIn(page, origin, 'alice');
    expect(await sessionOf(page.context(), origin)).toMatchObject({ user: 'alice' });
    expect(log.join('\n')).not.toContain(String(clientKey.own.d));
  });

  test('that the provider does not know nobody signs in', async () => {
    await using world = await startLoginWorld([
      { clientKey: { own: keyPair().own, known: keyPair().known } },
    ]);
    const { origin } = world.gateway;
    const page = await newPage();
    await signIn(page, origin, 'alice');
    expect(await page.getByRole('heading').textContent()).toMatch(/not set up/);
    expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
  });
});
