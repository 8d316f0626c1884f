/**
 * What the gateway presents to upstreams is in nothing else: no answer of the admin API, no output of
 * a command, no log, no record, no file, no list of processes, however careless the upstreams are.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../gateway/src/kernel/index.ts';
import { openVault } from '../../gateway/src/secrets/index.ts';
import { STORE_FILE, openStore } from '../../gateway/src/store/index.ts';
import { bearer, openKeys } from '../kit/api-keys.ts';
import { KINDS, type CanaryUpstream } from '../kit/canary-upstreams.ts';
import { runCommand, startCommand, type Running } from '../kit/command-line.ts';
import { DOORS, presentedIn } from '../kit/exchange-world.ts';
import {
  EXCHANGER,
  exchangedFor,
  startExchangingIssuer,
  type ExchangingIssuer,
} from '../kit/exchanging-issuer.ts';
import { throughSockets, type Transport } from '../matrix/transport.ts';
import { Visitor } from '../matrix/visitor.ts';
import { askAdmin } from '../journeys/admin/admin-client.ts';

const START_MS = 120_000;
/** Where the system shows its processes as files. */
const HAS_PROC = process.platform === 'linux';
const PUBLIC = 'http://localhost';
const AUDIENCE = `${PUBLIC}/mcp`;
const NOBODY = { user: '', agent: '', team: '', groups: [], scopes: [], sites: [] };
/** What the operator gave, by where it came from. */
const GIVEN = {
  kept: 'vault-canary-of-kept-5up3r',
  childs: 'vault-canary-of-child-5up3r',
  reader: 'vault-canary-of-reader-5up3r',
  client: EXCHANGER.secret,
  environment: 'environment-canary-5up3r',
};

let here: string;
let issuer: ExchangingIssuer;
let gateway: Running | undefined;
let origin = '';
let transport: Transport;
let admin = '';
const upstreams = new Map<string, CanaryUpstream>();
/** Everything that was said, by where. */
const said = new Map<string, string>();

beforeAll(async () => {
  here = mkdtempSync(join(tmpdir(), 'drawbridge-presented-'));
  mkdirSync(join(here, 'state'), { mode: 0o700 });
  issuer = await startExchangingIssuer();
  for (const [id, start] of Object.entries(KINDS)) upstreams.set(id, await start(here));
  const store = await openStore(join(here, 'state', STORE_FILE));
  const place = { stateDir: join(here, 'state'), directory: here, config: {}, env: {} };
  const vault = openVault(place, store.secrets, systemClock);
  for (const name of ['kept', 'childs', 'reader', 'client'] as const) {
    await vault.set(name, GIVEN[name], 'tests');
  }
  await store.close();
  await using keys = await openKeys(join(here, 'state'));
  admin = (await keys.add({ user: 'ann' })).text;
  writeFileSync(join(here, 'drawbridge.yaml'), JSON.stringify(configuration()));
  gateway = startCommand(['serve', '--verbose'], here, { GIVEN: GIVEN.environment });
  [, origin = ''] = await gateway.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  transport = throughSockets(origin);
}, START_MS);

afterAll(async () => {
  transport.close();
  gateway?.child.kill('SIGTERM');
  await gateway?.ended();
  for (const each of upstreams.values()) await each.close();
  await issuer[Symbol.asyncDispose]();
  rmSync(here, { recursive: true, force: true });
});

function configuration(): object {
  const client = {
    tokenUrl: issuer.tokenUrl,
    clientId: EXCHANGER.id,
    clientSecret: 'secret:client',
    sendIn: 'body',
  };
  const discovery = { bearer: 'secret:reader' };
  const auth: Record<string, object> = {
    'http-modern': { bearer: 'secret:kept' },
    'http-legacy': { clientCredentials: client },
    'http-sse': { query: { name: 'key', value: '${GIVEN}' } },
    openapi: { tokenExchange: { ...client, discovery } },
    graphql: { tokenExchange: { ...client, discovery } },
    grpc: { tokenExchange: { ...client, discovery } },
  };
  const entries = [...upstreams].map(([id, { entry }]) => {
    if (id !== 'stdio') return [id, { ...entry, auth: auth[id], timeoutMs: 3000 }] as const;
    const { mcp } = entry as { mcp: object };
    return [
      id,
      { mcp: { ...mcp, env: { OWN_SECRET: 'secret:childs' } }, timeoutMs: 3000 },
    ] as const;
  });
  return {
    server: { listen: '127.0.0.1:0', stateDir: './state', publicUrl: PUBLIC },
    identity: { keys: true, oauth: [{ issuer: issuer.url, audience: AUDIENCE }] },
    admin: { roles: { admin: { users: ['ann'] } } },
    policy: { rules: [{ name: 'all', allow: ['*'] }] },
    upstreams: Object.fromEntries(entries),
  };
}

/** Tokens that were fetched and arrived at an upstream. */
async function fetched(id: string): Promise<string[]> {
  const heard = (await upstreams.get(id)?.heard()) ?? '';
  const tokens = heard.split(/(?=(?:GET|POST|DELETE) \/)/).map(presentedIn);
  return [...new Set(tokens)].filter((token) => token !== '' && token !== GIVEN.reader);
}

/** It, as it is and as it may be written. */
function tracesOf(secret: string): string[] {
  const encoded = [0, 1, 2].map((at) =>
    Buffer.from(secret.slice(at)).toString('base64').slice(4, -8),
  );
  const long = secret.split('.').filter((part) => part.length > 40);
  return [secret, encodeURIComponent(secret), ...encoded, ...long];
}

function foundIn(text: string, secrets: readonly string[]): string[] {
  return secrets.flatMap(tracesOf).filter((trace) => text.includes(trace));
}

async function allSecrets(): Promise<string[]> {
  const tokens = await Promise.all(['http-legacy', 'openapi', 'graphql', 'grpc'].map(fetched));
  return [...Object.values(GIVEN), ...tokens.flat()];
}

test('every upstream is called, and fails in every way', { timeout: START_MS }, async () => {
  const token = await issuer.tokenOf('bob', AUDIENCE);
  const visitor = new Visitor(NOBODY, transport, bearer(token));
  const missing = async () => {
    const text = await visitor.modern('default', 'tools/list');
    return [...upstreams.keys()].filter((id) => !text.includes(`"${id}__say"`));
  };
  await expect.poll(missing, { timeout: START_MS / 2 }).toEqual([]);
  for (const [door, call] of Object.entries(DOORS)) {
    for (const tool of ['say', 'fail', 'hang', 'garble']) {
      const texts = await Promise.all(
        [...upstreams.keys()].map((id) => call(visitor, `${id}__${tool}`, {})),
      );
      expect(texts.filter((text) => text.includes('said') !== (tool === 'say'))).toEqual([]);
      said.set(`${door} ${tool}`, texts.join('\n'));
    }
  }
  expect((await fetched('openapi')).map(exchangedFor)).toEqual(['bob']);
  expect((await fetched('graphql')).map(exchangedFor)).toEqual(['bob']);
  expect((await fetched('grpc')).map(exchangedFor)).toEqual(['bob']);
  expect(await upstreams.get('graphql')?.heard()).toContain(GIVEN.reader);
  expect(await fetched('http-legacy')).toHaveLength(1);
  expect(await upstreams.get('http-modern')?.heard()).toContain(GIVEN.kept);
  expect(await upstreams.get('http-sse')?.heard()).toContain(`key=${GIVEN.environment}`);
  expect(await upstreams.get('stdio')?.heard()).toContain(GIVEN.childs);
});

describe('nothing of it is in', () => {
  test('what the admin API says', async () => {
    const { body } = await askAdmin({ origin }, '/openapi.json', { key: admin });
    const ids: Record<string, string> = {
      '{upstream}': 'openapi',
      '{item}': encodeURIComponent('tool:openapi/say'),
      '{key}': admin.split('_')[1] ?? '',
    };
    const audit = await askAdmin({ origin }, '/audit?limit=500', { key: admin });
    ids['{decision}'] = /"decision":"([^"]+)"/.exec(audit.text)?.[1] ?? 'none';
    const paths = Object.entries(body['paths'] as Record<string, object>)
      .filter(([, operations]) => 'get' in operations)
      .map(([path]) =>
        path.replace('/admin/v1', '').replace(/\{\w+\}/, (name) => ids[name] ?? name),
      );
    expect(paths.length).toBeGreaterThan(14);
    for (const path of [...paths, ...[...upstreams.keys()].map((id) => `/upstreams/${id}`)]) {
      const { status, text } = await askAdmin({ origin }, path, { key: admin });
      expect([path, status]).toEqual([path, 200]);
      expect([path, foundIn(text, await allSecrets())]).toEqual([path, []]);
    }
    expect(foundIn(audit.text, await allSecrets())).toEqual([]);
  });

  test.each([
    ['check'],
    ['check', '--json'],
    ['preview', 'canary.json', '--json'],
    ['preview', 'canary.json', '--diff', 'openapi', '--json'],
    ['tools', '--verbose'],
    ['call', 'http-modern__fail', '--verbose'],
    ['call', 'openapi__say', '--verbose'],
    ['secrets', 'list', '--json'],
    ['policy', 'explain', '--as', 'ann', '--tool', 'openapi/say', '--json'],
    ['usage', '--json'],
  ])('what the command says: %s %s', { timeout: START_MS }, async (...words) => {
    const { stdout, stderr } = await runCommand(words, here, { GIVEN: GIVEN.environment });
    expect(stdout + stderr).not.toBe('');
    expect(foundIn(stdout + stderr, await allSecrets())).toEqual([]);
  });

  test.skipIf(!HAS_PROC)('the list of processes', async () => {
    const own = gateway?.child.pid ?? 0;
    const children = childrenOf(own);
    expect(children.length).toBeGreaterThan(0);
    for (const pid of [own, ...children]) {
      expect(foundIn(readFileSync(`/proc/${pid}/cmdline`, 'latin1'), await allSecrets())).toEqual(
        [],
      );
    }
    const others = (await allSecrets()).filter((each) => each !== GIVEN.childs);
    for (const pid of children) {
      expect(foundIn(readFileSync(`/proc/${pid}/environ`, 'latin1'), others)).toEqual([]);
    }
  });

  test.skipIf(!HAS_PROC)(
    'answers, log, records and files, although a child says its secret aloud',
    async () => {
      // What it said last is logged when it ends unasked.
      const command = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      const careless = childrenOf(gateway?.child.pid ?? 0).filter((pid) =>
        command(pid).includes('note-taking'),
      );
      for (const pid of careless) process.kill(pid, 'SIGKILL');
      await gateway?.says(/heard tools\/call, with \[redacted\]/);
      const log = gateway?.said() ?? '';
      const state = readdirSync(join(here, 'state'), { recursive: true, withFileTypes: true })
        .filter((each) => each.isFile())
        .map((each) => join(each.parentPath, each.name));
      const places = {
        log,
        answers: [...said.values()].join('\n'),
        files: state.map((path) => readFileSync(path, 'latin1')).join('\n'),
      };
      expect(places.files).toContain('"outcome"');
      for (const [place, text] of Object.entries(places)) {
        expect([place, foundIn(text, await allSecrets())]).toEqual([place, []]);
      }
    },
  );
});

/** Processes that it started, and those started. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  const own = text === '' ? [] : text.split(' ').map(Number);
  return own.flatMap((child) => [child, ...childrenOf(child)]);
}
