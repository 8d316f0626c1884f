/**
 * A failure never selects a weaker mode: whatever happens to a secret, to the vault or to a token
 * endpoint, an upstream gets what it was meant to get or nothing. Judged by the bytes that it got.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../gateway/src/kernel/index.ts';
import { openVault } from '../../gateway/src/secrets/index.ts';
import { STORE_FILE, openStore } from '../../gateway/src/store/index.ts';
import { KINDS, type CanaryUpstream } from '../kit/canary-upstreams.ts';
import { startCommand, type Running } from '../kit/command-line.ts';

const START_MS = 60_000;
const KEPT = 'kept-canary-1';
const OTHER = 'other-canary-2';
const GIVEN = 'given-canary-3';

/** What each request carried. */
const authorizations = (bytes: string): string[] => {
  const requests = bytes.split(/(?=(?:GET|POST|DELETE) \/\S* HTTP\/1\.1\r\n)/).filter(Boolean);
  return requests.map((each) => /\r\nauthorization: ([^\r]*)\r\n/i.exec(each)?.[1] ?? 'nothing');
};

let here: string;
let upstream: CanaryUpstream;
let secrets: string;

beforeEach(async () => {
  here = mkdtempSync(join(tmpdir(), 'drawbridge-credentials-'));
  upstream = await KINDS['http-modern']!(here);
  secrets = '';
});
afterEach(async () => {
  await upstream.close();
  rmSync(here, { recursive: true, force: true });
});

const keyFile = (): string => join(here, 'state', 'vault.key');

function configure(remark = ''): void {
  const { mcp } = upstream.entry as { mcp: { url: string; era: string } };
  const text = `# ${remark}
server: { listen: 127.0.0.1:0, stateDir: state }
${secrets}
upstreams:
  up:
    mcp: { url: ${mcp.url}, era: ${mcp.era} }
    auth: { bearer: secret:kept }
    headers: { X-Given: "\${GIVEN}" }
`;
  writeFileSync(join(here, 'drawbridge.yaml'), text);
}

/** What `drawbridge secrets set` does, twice. */
async function seal(): Promise<void> {
  rmSync(join(here, 'state'), { recursive: true, force: true });
  const stateDir = join(here, 'state');
  mkdirSync(stateDir, { mode: 0o700 });
  const store = await openStore(join(stateDir, STORE_FILE));
  const place = { stateDir, directory: here, config: {}, env: {} };
  const vault = openVault(place, store.secrets, systemClock);
  await vault.set('kept', KEPT, 'tests');
  await vault.set('other', OTHER, 'tests');
  await store.close();
}

function sql(text: string): void {
  const db = new DatabaseSync(join(here, 'state', STORE_FILE));
  db.exec(text);
  db.close();
}

/** Undoes whatever was done to the vault. */
function keepCopy(): () => void {
  const db = new DatabaseSync(join(here, 'state', STORE_FILE));
  const rows = db.prepare('select * from secret').all();
  db.close();
  copyFileSync(keyFile(), join(here, 'key-copy'));
  return () => {
    rmSync(keyFile(), { force: true });
    copyFileSync(join(here, 'key-copy'), keyFile());
    chmodSync(keyFile(), 0o600);
    const again = new DatabaseSync(join(here, 'state', STORE_FILE));
    again.exec('delete from secret');
    for (const row of rows) {
      const names = Object.keys(row);
      const places = names.map(() => '?').join(',');
      again
        .prepare(`insert into secret (${names.join(',')}) values (${places})`)
        .run(...Object.values(row));
    }
    again.close();
  };
}

const BREAKS: readonly (readonly [what: string, how: () => void, says: RegExp])[] = [
  ['the key of the vault may be read by others', () => chmodSync(keyFile(), 0o644), /chmod 600/],
  ['the key is gone', () => rmSync(keyFile()), /is gone/],
  [
    'the key is another one',
    () => writeFileSync(keyFile(), randomBytes(32).toString('base64')),
    /cannot be had/,
  ],
  ['the key is no key', () => writeFileSync(keyFile(), 'swordfish'), /cannot be had/],
  ['the key is empty', () => writeFileSync(keyFile(), ''), /cannot be had/],
  [
    'the key is a link to elsewhere',
    () => {
      renameSync(keyFile(), join(here, 'elsewhere'));
      symlinkSync(join(here, 'elsewhere'), keyFile());
    },
    /cannot be had/,
  ],
  ['the secret was removed', () => sql("delete from secret where name = 'kept'"), /no secret/],
  [
    'its row is damaged',
    () => sql("update secret set sealed = replace(sealed, substr(sealed, 40, 6), 'AAAAAA')"),
    /cannot be had/,
  ],
  ['its row is empty', () => sql("update secret set sealed = ''"), /cannot be had/],
  [
    'another row took its place',
    () =>
      sql(
        "update secret set sealed = (select sealed from secret where name = 'other') where name = 'kept'",
      ),
    /cannot be had/,
  ],
  [
    'its version was changed',
    () => sql("update secret set version = version + 1 where name = 'kept'"),
    /cannot be had/,
  ],
];

const NO_CANARY = /canary-\d/;

describe('a gateway that is started does not start, and sends nothing', () => {
  const start = async (env: Record<string, string | undefined> = { GIVEN }) => {
    configure();
    const set = Object.entries(env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    );
    const command = startCommand(['serve'], here, Object.fromEntries(set));
    const ended = await command.ended();
    expect(ended.stdout + ended.stderr).not.toMatch(NO_CANARY);
    expect(await upstream.heard()).toBe('');
    return ended;
  };

  test.each(BREAKS)('%s', async (_what, how, says) => {
    await seal();
    how();
    expect(await start()).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
  });

  test.each<[string, string, Record<string, string | undefined>, RegExp]>([
    ['a variable of an upstream is not set', '', { GIVEN: undefined }, /GIVEN/],
    ['the variable of the key is not set', 'VAULT_KEY', {}, /VAULT_KEY is not set/],
    ['the variable of the key is empty', 'VAULT_KEY', { VAULT_KEY: '' }, /VAULT_KEY is not set/],
    ['the variable of the key holds another', 'VAULT_KEY', { VAULT_KEY: 'x' }, /cannot be had/],
    ['a variable of an upstream is empty', '', { GIVEN: '' }, /must not be empty/],
  ])('%s', async (_what, name, env, says) => {
    await seal();
    if (name !== '') secrets = `secrets: { key: { env: ${name} } }`;
    const ended = await start({ GIVEN, ...env });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
  });
});

describe('a gateway that runs keeps what it has', () => {
  let gateway: Running | undefined;
  afterEach(async () => {
    gateway?.child.kill('SIGTERM');
    await gateway?.ended();
  });

  test('whatever happens to the vault', { timeout: START_MS }, async () => {
    await seal();
    configure();
    gateway = startCommand(['serve'], here, { GIVEN });
    const [, origin = ''] = await gateway.says(/(http:\/\/127\.0\.0\.1:\d+)/);
    const call = async (): Promise<string> => {
      const headers = { 'content-type': 'application/json' };
      const address = `${origin}/api/default/tools/up__say`;
      return await (await fetch(address, { method: 'POST', body: '{}', headers })).text();
    };
    await expect.poll(call).toContain('said');
    for (const [what, how] of BREAKS) {
      const repair = keepCopy();
      const from = gateway.said().length;
      how();
      configure(what);
      await gateway.says(/the last good one stays in force/, from);
      expect([what, await call()]).toEqual([what, expect.stringContaining('said')]);
      repair();
      configure(`${what}, repaired`);
    }
    const bytes = await upstream.heard();
    expect(new Set(authorizations(bytes))).toEqual(new Set([`Bearer ${KEPT}`]));
    expect(bytes).toContain(GIVEN);
    expect(gateway.said()).not.toMatch(NO_CANARY);
    expect(readFileSync(join(here, 'state', STORE_FILE), 'latin1')).not.toMatch(NO_CANARY);
  });
});
