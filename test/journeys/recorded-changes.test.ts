/** What the command line changes in the state of a gateway stands in its record, or is not done. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runCommand, startCommand } from '../kit/command-line.ts';

const SERVER = 'server: { listen: 127.0.0.1:0, stateDir: state }\n';
const KEYS = 'identity: { keys: true }\n';
const CANARY = 'canary-of-a-secret';

function folder(config: string): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-recorded-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  writeFileSync(join(path, 'drawbridge.yaml'), config);
  return path;
}

type Line = Record<string, unknown> & { readonly details?: Record<string, unknown> };

function linesOf(file: string): Line[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

const changesIn = (file: string): Line[] =>
  linesOf(file).filter(({ kind, verifiedBy }) => kind === 'change' && verifiedBy === 'cli');

async function newKey(here: string, name = 'bot'): Promise<{ id: string; key: string }> {
  const { code, stdout, stderr } = await runCommand(
    ['keys', 'create', '--name', name, '--json'],
    here,
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}

const ISSUER = 'https://login.example.com';

/** Every command that changes the state, after one key and one secret are there. */
const CHANGES: readonly {
  readonly name: string;
  readonly words: (id: string) => readonly string[];
  readonly input?: string;
  readonly recorded: (id: string) => Line;
}[] = [
  {
    name: 'a new key',
    words: () => ['keys', 'create', '--name', 'second', '--team', 'sales'],
    recorded: () => ({
      action: 'keys.write',
      thing: expect.stringMatching(/^key [0-9a-f]+$/),
      details: { before: null, after: expect.objectContaining({ name: 'second', team: 'sales' }) },
    }),
  },
  {
    name: 'the successor of a key',
    words: (id) => ['keys', 'rotate', id],
    recorded: (id) => ({
      action: 'keys.write',
      thing: `key ${id}`,
      details: {
        before: expect.objectContaining({ id }),
        after: expect.objectContaining({ replacedBy: expect.objectContaining({ name: 'bot' }) }),
      },
    }),
  },
  {
    name: 'the end of a key',
    words: (id) => ['keys', 'expire', id, '--in', '1h'],
    recorded: (id) => ({
      action: 'keys.write',
      thing: `key ${id}`,
      details: {
        before: expect.objectContaining({ expires: null }),
        after: expect.objectContaining({ expires: expect.any(String) }),
      },
    }),
  },
  {
    name: 'a revoked key',
    words: (id) => ['keys', 'revoke', id],
    recorded: (id) => ({
      action: 'keys.write',
      thing: `key ${id}`,
      details: {
        before: expect.objectContaining({ state: 'good' }),
        after: expect.objectContaining({ state: 'revoked' }),
      },
    }),
  },
  {
    name: 'a one-time code',
    words: () => ['admin', 'code'],
    recorded: () => ({
      action: 'roles.write',
      thing: 'one-time code',
      details: { role: 'admin', expires: expect.any(String) },
    }),
  },
  {
    name: 'a person who is cut off',
    words: () => ['admin', 'revoke', '--issuer', ISSUER, '--subject', 'ann'],
    recorded: () => ({
      action: 'principals.write',
      thing: `ann of ${ISSUER}`,
      details: { sid: '', outUntil: null },
    }),
  },
  {
    name: 'a secret',
    words: () => ['secrets', 'set', 'crm'],
    input: `${CANARY} two`,
    recorded: () => ({
      action: 'secrets.write',
      thing: 'secret crm',
      details: { version: 2 },
    }),
  },
  {
    name: 'a secret that is removed',
    words: () => ['secrets', 'remove', 'crm'],
    recorded: () => ({
      action: 'secrets.write',
      thing: 'secret crm',
      details: { removed: true },
    }),
  },
  {
    name: 'the key of the vault',
    words: () => ['secrets', 'rotate-key'],
    recorded: () => ({
      action: 'secrets.write',
      thing: 'key of the vault',
      details: { resealed: 1 },
    }),
  },
];

const TABLES = ['api_key', 'secret', 'admin_code', 'revoked_subject'] as const;

/** All of the state that commands change. */
function stateIn(here: string): unknown {
  const store = new DatabaseSync(join(here, 'state', 'drawbridge.sqlite'), { readOnly: true });
  try {
    return TABLES.map((table) => store.prepare(`select * from ${table}`).all());
  } finally {
    store.close();
  }
}

describe('a change', () => {
  const template = mkdtempSync(join(tmpdir(), 'drawbridge-recorded-'));
  let id = '';
  let key = '';
  beforeAll(async () => {
    writeFileSync(join(template, 'drawbridge.yaml'), SERVER + KEYS);
    ({ id, key } = await newKey(template));
    await runCommand(['secrets', 'set', 'crm'], template, {}, CANARY);
    rmSync(join(template, 'state', 'audit.jsonl'));
  });
  afterAll(() => rmSync(template, { recursive: true, force: true }));

  test.each(CHANGES)('is recorded, or refused: $name', async ({ words, input, recorded }) => {
    const here = folder(`${SERVER}${KEYS}audit: { file: /dev/full }\n`);
    cpSync(join(template, 'state'), join(here, 'state'), { recursive: true });
    const before = stateIn(here);
    const refused = await runCommand([...words(id), '--json'], here, {}, input);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      ok: false,
      error: {
        code: 'audit_unavailable',
        message: expect.stringMatching(
          /cannot be recorded in \/dev\/full, so it was not made: ENOSPC/,
        ),
        hint: expect.stringContaining('audit.file'),
      },
    });
    expect(stateIn(here)).toEqual(before);

    writeFileSync(join(here, 'drawbridge.yaml'), SERVER + KEYS);
    const made = await runCommand(words(id), here, {}, input);
    expect(made).toMatchObject({ code: 0 });
    expect(stateIn(here)).not.toEqual(before);
    const file = join(here, 'state', 'audit.jsonl');
    const lines = changesIn(file);
    const who = { principal: `os:${userInfo().username}`, verifiedBy: 'cli' };
    const { action, thing } = recorded(id);
    expect(lines).toMatchObject([
      { ...who, action, thing, outcome: 'begun', time: expect.any(String) },
      { ...who, ...recorded(id), outcome: 'done', id: lines[0]?.['id'] },
    ]);
    const text = readFileSync(file, 'utf8');
    for (const secret of [CANARY, key, ...(made.stdout.match(/\bdb[kc]_\S+/g) ?? [])]) {
      expect(text).not.toContain(secret);
    }
  });
});

test('a code that cannot be recorded leaves the one before it good', async () => {
  const here = folder(SERVER + KEYS);
  const { stdout: code } = await runCommand(['admin', 'code'], here);
  const config = join(here, 'drawbridge.yaml');
  writeFileSync(config, `${SERVER}${KEYS}audit: { file: missing/folder/audit.jsonl }\n`);
  const refused = await runCommand(['admin', 'code'], here);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/error: the change cannot be recorded in .*missing.*ENOENT/);

  const admin = 'admin: { roles: { admin: { users: [nobody-yet] } } }\n';
  writeFileSync(config, SERVER + KEYS + admin);
  const gateway = startCommand(['serve'], here);
  onTestFinished(() => void gateway.child.kill('SIGKILL'));
  const [, url = ''] = await gateway.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  const { key } = await newKey(here);
  const used = await fetch(`${url}/admin/v1/first-administrator`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code: code.trim() }),
  });
  expect(used.status).toBe(201);
});

test('what is changed beside a gateway that runs stands among its own records', async () => {
  const here = folder(SERVER + KEYS);
  const gateway = startCommand(['serve'], here);
  onTestFinished(() => void gateway.child.kill('SIGKILL'));
  const [, url = ''] = await gateway.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  const file = join(here, 'state', 'audit.jsonl');
  const { key, id } = await newKey(here);
  const listTools = () =>
    fetch(`${url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-method': 'tools/list',
        'mcp-protocol-version': '2026-07-28',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/list',
        params: {
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
    });
  const called = await listTools();
  expect(called.status).toBe(200);
  await Promise.all([
    runCommand(['keys', 'create', '--name', 'other'], here),
    ...Array.from({ length: 40 }, async () => await (await listTools()).text()),
  ]);
  await expect
    .poll(() => linesOf(file).filter(({ method }) => method === 'tools/list').length)
    .toBe(41);
  await runCommand(['keys', 'revoke', id], here);
  await expect.poll(async () => (await listTools()).status).toBe(401);
  expect(changesIn(file).map(({ outcome, thing }) => [outcome, thing])).toEqual([
    ['begun', `key ${id}`],
    ['done', `key ${id}`],
    ['begun', expect.stringMatching(/^key /)],
    ['done', expect.stringMatching(/^key /)],
    ['begun', `key ${id}`],
    ['done', `key ${id}`],
  ]);
});

test('the code of a first start is recorded, or none is made', async () => {
  const here = folder(`${SERVER}${KEYS}audit: { file: /dev/full }\n`);
  const failing = startCommand(['serve'], here);
  onTestFinished(() => void failing.child.kill('SIGKILL'));
  await failing.says(/listens on/);
  await failing.says(/audit records cannot be written/);
  failing.child.kill('SIGTERM');
  expect((await failing.ended()).stdout).not.toContain('dbc_');

  writeFileSync(join(here, 'drawbridge.yaml'), SERVER + KEYS);
  const gateway = startCommand(['serve'], here);
  onTestFinished(() => void gateway.child.kill('SIGKILL'));
  const [code] = await gateway.says(/dbc_[0-9a-f]+/);
  const file = join(here, 'state', 'audit.jsonl');
  await expect.poll(() => linesOf(file).length).toBe(2);
  const made = { kind: 'change', principal: 'gateway', thing: 'one-time code' };
  expect(linesOf(file)).toMatchObject([
    { ...made, outcome: 'begun' },
    { ...made, outcome: 'done', details: { role: 'admin', expires: expect.any(String) } },
  ]);
  expect(readFileSync(file, 'utf8')).not.toContain(code);
});

test('what a gateway records on its standard output, commands record in the state folder', async () => {
  const here = folder(`${SERVER}${KEYS}audit: { file: stdout }\n`);
  const made = await runCommand(['keys', 'create', '--name', 'bot'], here);
  expect(made.stdout).toMatch(/^dbk_\S+\n$/);
  expect(changesIn(join(here, 'state', 'audit.jsonl'))).toHaveLength(2);
});

test('records that are thrown away hinder nothing', async () => {
  const here = folder(`${SERVER}${KEYS}audit: { file: /dev/null }\n`);
  await newKey(here);
  expect(existsSync(join(here, 'state', 'audit.jsonl'))).toBe(false);
});

test('what fails or changes nothing is recorded as that', async () => {
  const here = folder(`${SERVER}secrets: { key: { env: VAULT_KEY } }\n`);
  const file = join(here, 'state', 'audit.jsonl');
  const locked = await runCommand(['secrets', 'set', 'crm'], here, {}, CANARY);
  expect(locked.code).toBe(1);
  const unknown = await runCommand(['secrets', 'remove', 'erp'], here);
  expect(unknown.code).toBe(1);
  const misplaced = await runCommand(['secrets', 'set', `crm=${CANARY}`], here, {}, 'x');
  expect(misplaced.code).toBe(1);
  expect(changesIn(file).map(({ thing, outcome }) => [thing, outcome])).toEqual([
    ['secret crm', 'begun'],
    ['secret crm', 'failed'],
    ['secret erp', 'begun'],
    ['secret erp', 'refused'],
    ['secret with a name that is none', 'begun'],
    ['secret with a name that is none', 'failed'],
  ]);
  expect(readFileSync(file, 'utf8')).not.toContain(CANARY);
});

describe('a place that only the surroundings of the gateway know', () => {
  const cases = [
    ['the record', `${SERVER}audit: { file: "\${RECORDS}/audit.jsonl" }\n`],
    ['the state folder', 'server: { stateDir: "${RECORDS}/state" }\n'],
    ['the key of the vault', `${SERVER}secrets: { key: { file: "\${RECORDS}/vault.key" } }\n`],
  ] as const;

  test.each(cases)('is asked for: %s', async (_, config) => {
    const here = folder(config);
    for (const words of [
      ['keys', 'create', '--name', 'bot'],
      ['secrets', 'set', 'crm'],
    ]) {
      const ended = await runCommand(words, here, {}, CANARY);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toContain('the environment variable RECORDS is not set');
    }
    expect(existsSync(join(here, 'state'))).toBe(false);
  });

  test('is used where it is known, whatever else is not', async () => {
    const here = folder(
      `${SERVER}audit: { file: "\${RECORDS}/audit.jsonl" }\n` +
        'upstreams: { crm: { mcp: "https://crm.example.com/mcp", auth: { bearer: "${TOKEN}" } } }\n',
    );
    const words = ['keys', 'create', '--name', 'bot'];
    expect(await runCommand(words, here, { RECORDS: here })).toMatchObject({ code: 0 });
    expect(changesIn(join(here, 'audit.jsonl'))).toHaveLength(2);
  });
});
