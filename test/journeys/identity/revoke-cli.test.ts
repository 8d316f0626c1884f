/** A person is cut off on the command line, beside a gateway that runs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bearer } from '../../kit/api-keys.ts';
import { runCommand } from '../../kit/command-line.ts';
import { AUDIENCE } from '../../kit/exchange-world.ts';
import { startGateway } from '../../kit/gateway.ts';
import { sendModern } from '../../kit/modern-request.ts';
import { startIssuer } from '../../kit/oidc.ts';

test('tokens that there are count no more, and with --out-for no new ones either', async () => {
  await using issuer = await startIssuer();
  await using gateway = await startGateway({
    server: { publicUrl: 'https://tools.example.com' },
    identity: { oauth: [{ issuer: issuer.url, audience: AUDIENCE }] },
  });
  const here = await mkdtemp(join(tmpdir(), 'drawbridge-revoke-'));
  onTestFinished(() => rm(here, { recursive: true, force: true }));
  const config = JSON.stringify({ server: { stateDir: gateway.stateDir } });
  await writeFile(join(here, 'drawbridge.yaml'), config);
  const tokenOf = (sub: string, ageSeconds = 5) => {
    const now = Math.floor(Date.now() / 1000);
    return issuer.sign({ sub, aud: AUDIENCE, iat: now - ageSeconds, exp: now + 600 });
  };
  const statusOf = async (token: string) =>
    (await sendModern(gateway.url, { method: 'tools/list', headers: bearer(token) })).status;
  const revoke = (...words: string[]) =>
    runCommand(['admin', 'revoke', '--issuer', issuer.url, ...words], here);
  const [ann, bob] = [await tokenOf('ann'), await tokenOf('bob')];
  expect([await statusOf(ann), await statusOf(bob)]).toEqual([200, 200]);

  expect(await revoke('--subject', 'ann')).toMatchObject({
    code: 0,
    stdout: `ann of ${issuer.url} is cut off.\n`,
  });
  await expect.poll(() => statusOf(ann)).toBe(401);
  expect(await statusOf(bob)).toBe(200);
  expect(await statusOf(await tokenOf('ann', -2))).toBe(200);

  const { stdout } = await revoke('--subject', 'ann', '--out-for', '90d', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, subject: 'ann', sid: '' });
  await expect.poll(async () => statusOf(await tokenOf('ann', -3))).toBe(401);
  expect(await statusOf(bob)).toBe(200);

  expect(await revoke()).toMatchObject({ code: 2, stderr: expect.stringContaining('--subject') });
});
