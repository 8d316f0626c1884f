/** `drawbridge secrets` beside gateways that run, each in a process of its own. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand, startCommand } from '../kit/command-line.ts';

const SERVER = 'server: { listen: 127.0.0.1:0, stateDir: state }\n';

function folder(config: string): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-secrets-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  writeFileSync(join(path, 'drawbridge.yaml'), config);
  return path;
}

/** Notes what every request carries; no server of any kind. */
async function listener(): Promise<{ url: string; heard: Set<string> }> {
  const heard = new Set<string>();
  const server = createServer((request, response) => {
    heard.add(request.headers.authorization ?? 'nothing');
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/mcp`, heard };
}

test('a secret that changes is used within a second by all gateways of a folder', async () => {
  const { url, heard } = await listener();
  const here = folder(
    `${SERVER}upstreams:\n  crm: { mcp: ${url}, auth: { bearer: secret:crm } }\n`,
  );
  const early = await runCommand(['serve'], here);
  expect(early.code).toBe(1);
  expect(early.stderr).toMatch(/3:\d+[^]*the secret "crm" cannot be had/);

  const set = await runCommand(['secrets', 'set', 'crm'], here, {}, 'first-canary-value\n');
  expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining('version 1') });
  const gateways = [startCommand(['serve'], here), startCommand(['serve'], here)];
  for (const { child } of gateways) onTestFinished(() => void child.kill('SIGKILL'));
  for (const gateway of gateways) await gateway.says(/listens on/);
  await expect.poll(() => heard.has('Bearer first-canary-value')).toBe(true);

  await runCommand(['secrets', 'set', 'crm'], here, {}, 'second-canary-value');
  for (const gateway of gateways)
    await gateway.says(/configuration reloaded.*upstream crm changed/);
  await expect.poll(() => heard.has('Bearer second-canary-value')).toBe(true);

  expect(await runCommand(['secrets', 'rotate-key'], here)).toMatchObject({
    code: 0,
    stdout: 'One secret is sealed with the new key.\n',
  });
  expect(await runCommand(['check'], here)).toMatchObject({ code: 0 });

  await runCommand(['secrets', 'remove', 'crm'], here);
  for (const gateway of gateways) await gateway.says(/not reloaded; the last good one stays/);
  await runCommand(['secrets', 'set', 'crm'], here, {}, 'third-canary-value');
  await expect.poll(() => heard.has('Bearer third-canary-value')).toBe(true);

  expect(heard.has('nothing')).toBe(false);
  for (const gateway of gateways) expect(gateway.said()).not.toMatch(/canary-value/);
  expect(readFileSync(join(here, 'state', 'drawbridge.sqlite')).includes('canary-value')).toBe(
    false,
  );
}, 120_000);

test('lists names and versions, never values', async () => {
  const here = folder(SERVER);
  await runCommand(['secrets', 'set', 'b.one'], here, {}, 'canary one');
  await runCommand(['secrets', 'set', 'a-two', '--json'], here, {}, 'canary two');
  const { stdout } = await runCommand(['secrets', 'list', '--json'], here);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    secrets: [
      { name: 'a-two', version: 1 },
      { name: 'b.one', version: 1 },
    ],
  });
  const shown = await runCommand(['secrets', 'list'], here);
  expect(shown.stdout).toMatch(/^NAME +VERSION +SET +BY\na-two +1 /);
  expect(stdout + shown.stdout).not.toContain('canary');
}, 120_000);

test.each<[words: readonly string[], input: string | undefined, code: number, says: RegExp]>([
  [['set', 'crm', 'value-in-argv'], '', 2, /a secret is no argument/],
  [['set', 'crm'], undefined, 2, /no value on standard input/],
  [['set', '../x'], 'x', 1, /begins with a letter or digit/],
  [['set', 'crm'], 'x'.repeat(70_000), 1, /at most 65536 bytes/],
  [['remove', 'crm'], undefined, 1, /no secret of this name/],
])('secrets %j ends with words', async (words, input, code, says) => {
  const ended = await runCommand(['secrets', ...words], folder(SERVER), {}, input);
  expect(ended).toMatchObject({ code, stderr: expect.stringMatching(says) });
  expect(ended.stderr).not.toContain('value-in-argv');
});

test('a vault that is locked says what to do', async () => {
  const here = folder(
    `${SERVER}upstreams:\n  crm: { mcp: http://127.0.0.1:9/, auth: { bearer: secret:crm } }\n`,
  );
  await runCommand(['secrets', 'set', 'crm'], here, {}, 'canary');
  chmodSync(join(here, 'state', 'vault.key'), 0o644);
  const check = await runCommand(['check', '--json'], here);
  expect(check.code).toBe(1);
  expect(JSON.parse(check.stdout)).toMatchObject({
    problems: [{ line: 3, message: expect.stringContaining('chmod 600') }],
  });
  expect((await runCommand(['secrets', 'set', 'x'], here, {}, 'y')).stderr).toContain('chmod 600');
}, 120_000);
