/** `drawbridge keys` beside a gateway that runs, each in a process of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bearer } from '../../kit/api-keys.ts';
import { runCommand, startCommand } from '../../kit/command-line.ts';
import { sendModern } from '../../kit/modern-request.ts';

const SERVER = 'server: { listen: 127.0.0.1:0, stateDir: state }\n';

function folder(config: string): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-keys-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  writeFileSync(join(path, 'drawbridge.yaml'), config);
  return path;
}

function json(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

test('a key is made, used, exchanged and revoked while the gateway runs', async () => {
  const here = folder(`${SERVER}identity: { keys: true }\npolicy: { default: allow }\n`);
  const gateway = startCommand(['serve'], here);
  onTestFinished(() => void gateway.child.kill('SIGKILL'));
  const url = (await gateway.says(/listens on (http:\S+)/))[1] ?? '';
  const status = async (key: string) =>
    (await sendModern(url, { method: 'tools/list', headers: bearer(key) })).status;

  const made = await runCommand(['keys', 'create', '--name', 'ci', '--team', 'ops'], here);
  expect(made.code).toBe(0);
  expect(made.stdout).toMatch(/^dbk_[0-9a-f]{12}_[0-9a-f]{64}\n$/);
  expect(made.stderr).toContain('the only time the key is shown');
  const key = made.stdout.trim();
  const id = key.split('_')[1] ?? '';
  expect(await status(key)).toBe(200);

  const rotated = json((await runCommand(['keys', 'rotate', id, '--json'], here)).stdout);
  expect(rotated).toMatchObject({ ok: true, replaces: id, name: 'ci', team: 'ops' });
  expect(await status(String(rotated['key']))).toBe(200);
  expect(await status(key)).toBe(200);
  expect((await runCommand(['keys', 'rotate', id], here)).stderr).toContain('is replaced by');

  expect((await runCommand(['keys', 'revoke', id], here)).stdout).toContain('is revoked');
  await expect.poll(() => status(key)).toBe(401);
  expect(await status(String(rotated['key']))).toBe(200);

  const { keys } = json((await runCommand(['keys', 'list', '--json'], here)).stdout);
  expect(keys).toMatchObject([
    { id, state: 'revoked' },
    { id: rotated['id'], state: 'good' },
  ]);
  expect(gateway.said()).not.toContain(key);
}, 120_000);

test('commands of this machine need no key, and ask with one where it is set', async () => {
  const here = folder(`${SERVER}identity: { keys: true }\npolicy: { default: allow }\n`);
  const tools = (env = {}) => runCommand(['tools', '--json'], here, env);
  expect(json((await tools()).stdout)).toMatchObject({ ok: true });
  const wrong = await tools({ DRAWBRIDGE_KEY: `dbk_${'0'.repeat(12)}_${'0'.repeat(64)}` });
  expect(json(wrong.stdout)).toMatchObject({ ok: false });
  expect(wrong.stdout).toContain('not one of this gateway');
});

test.each<[what: string, config: string, ends: object]>([
  ['nobody is identified', '', { code: 1, stderr: expect.stringContaining('identity') }],
  ['local mode is asked for', 'identity: { mode: local }\n', { code: 1 }],
  ['keys identify callers', 'identity: { keys: true }\n', { code: 0 }],
  ['nothing is chosen', 'identity: {}\n', { code: 1, stderr: expect.stringContaining('choose') }],
])('an address of other machines where %s', async (_what, identity, ends) => {
  const here = folder(`server: { listen: 0.0.0.0:0, stateDir: state }\n${identity}`);
  expect(await runCommand(['check'], here)).toMatchObject(ends);
});

test.each([
  [['keys', 'create'], 2, /--name/],
  [['keys', 'create', '--name', 'x', '--expires', 'soon'], 2, /such as 90d/],
  [['keys', 'create', '--name', 'a\nb'], 2, /one line/],
  [['keys', 'revoke', 'nonsense'], 1, /no key with this id/],
])('%j is wrong', async (words, code, says) => {
  const ended = await runCommand(words, folder(SERVER));
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toMatch(says);
});
