/**
 * What callers present stays with the gateway: it is in no byte that an upstream gets, in no log, no
 * record, no file and no answer, whichever door it came in by and however the call ended.
 */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeys } from '../kit/api-keys.ts';
import { TOOLS } from '../kit/canary-brain.ts';
import { KINDS, OWN_SECRET, type CanaryUpstream } from '../kit/canary-upstreams.ts';
import { startCommand, type Running } from '../kit/command-line.ts';
import { startIssuer, type TestIssuer } from '../kit/oidc.ts';
import { throughSockets, type Transport } from '../matrix/transport.ts';
import { Visitor } from '../matrix/visitor.ts';

const PUBLIC = 'http://localhost';
const AUDIENCE = `${PUBLIC}/mcp`;
/** A busy machine needs long to start so much. */
const START_MS = 120_000;
const TIMEOUT_MS = 1500;
const NOBODY = { user: '', agent: '', team: '', groups: [], scopes: [], sites: [] };

type Door = (visitor: Visitor, upstream: string, tool: string) => Promise<string>;

const params = (upstream: string, tool: string) => ({
  name: `${upstream}__${tool}`,
  arguments: {},
});

/** A further door is one more line. */
// prettier-ignore
const DOORS: Readonly<Record<string, Door>> = {
  modern: (visitor, upstream, tool) => visitor.modern('default', 'tools/call', params(upstream, tool)),
  legacy: (visitor, upstream, tool) => visitor.legacy('default', 'tools/call', params(upstream, tool)),
  'HTTP+SSE': (visitor, upstream, tool) => visitor.sse('default', 'tools/call', params(upstream, tool)),
  REST: (visitor, upstream, tool) => visitor.rest('default', `${upstream}__${tool}`, {}),
  call_tool: (visitor, upstream, tool) => visitor.modern('search', 'tools/call', { name: 'call_tool', arguments: params(upstream, tool) }),
};

/** What is asked for beside tools, where the upstream has it; what it has not is refused. */
// prettier-ignore
const OTHERS: Readonly<Record<string, (visitor: Visitor, upstream: string) => Promise<string>>> = {
  lists: async (visitor) => (await Promise.all(['tools', 'prompts', 'resources'].map((each) => visitor.modern('default', `${each}/list`)))).join(''),
  description: (visitor) => visitor.restDescription('default'),
  prompt: (visitor, upstream) => visitor.modern('default', 'prompts/get', { name: `${upstream}__p` }),
  'prompt, legacy': (visitor, upstream) => visitor.legacy('default', 'prompts/get', { name: `${upstream}__p` }),
  completion: (visitor, upstream) => visitor.modern('default', 'completion/complete', { ref: { type: 'ref/prompt', name: `${upstream}__p` }, argument: { name: 'a', value: '' } }),
  resource: (visitor, upstream) => visitor.modern('default', 'resources/read', { uri: `drawbridge://${upstream}/canary%3A%2F%2Fr` }),
  subscription: (visitor, upstream) => visitor.legacy('default', 'resources/subscribe', { uri: `drawbridge://${upstream}/canary%3A%2F%2Fr` }),
  listening: async (visitor, upstream) => {
    const notifications = { toolsListChanged: true, resourceSubscriptions: [`drawbridge://${upstream}/canary%3A%2F%2Fr`] };
    const reply = visitor.modernStream('default', 'subscriptions/listen', { notifications });
    await reply.until(({ text }) => text.includes('acknowledged'));
    reply.leave();
    return reply.text;
  },
  'denied by a rule': (visitor, upstream) => visitor.modern('default', 'tools/call', params(upstream, 'refused')),
  'of an unknown method': (visitor, upstream) => visitor.modern('default', `vendor/${upstream}`),
};

let folder: string;
let stateDir: string;
let issuer: TestIssuer;
let gateway: Running | undefined;
let transport: Transport | undefined;
const upstreams = new Map<string, CanaryUpstream>();
const credentials = new Map<string, string>();
/** Everything that callers were told. */
const answers: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-canary-'));
  stateDir = join(folder, 'state');
  issuer = await startIssuer();
  for (const [id, start] of Object.entries(KINDS)) upstreams.set(id, await start(folder));
  await mkdir(stateDir, { mode: 0o700 });
  await using keys = await openKeys(stateDir);
  credentials.set('API key', (await keys.add({ user: 'ann' })).text);
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const claims = { sub: 'bob', client_id: 'canary-in-the-claims', aud: AUDIENCE, exp };
  credentials.set('JWT', await issuer.sign(claims));
  await writeFile(join(folder, 'drawbridge.yaml'), JSON.stringify(configuration()));
  gateway = startCommand(['serve', '--verbose'], folder);
  const [, origin = ''] = await gateway.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  transport = throughSockets(origin);
}, START_MS);

afterAll(async () => {
  transport?.close();
  gateway?.child.kill('SIGTERM');
  await gateway?.ended();
  for (const each of upstreams.values()) await each.close();
  await issuer.close();
  await rm(folder, { recursive: true, force: true });
});

function configuration(): object {
  return {
    server: { listen: '127.0.0.1:0', stateDir: './state', publicUrl: PUBLIC },
    identity: { keys: true, oauth: [{ issuer: issuer.url, audience: AUDIENCE }] },
    policy: { rules: [{ allow: ['*'] }, { deny: ['*/refused', '*/fail'], when: '"no" in args' }] },
    endpoints: { default: {}, search: { mode: 'search' } },
    upstreams: Object.fromEntries(
      [...upstreams].map(([id, { entry }]) => [id, { ...entry, timeoutMs: TIMEOUT_MS }]),
    ),
  };
}

/** Parts of a credential that nobody could have by chance, as they are and as they may be written. */
function tracesOf(credential: string): string[] {
  const parts = credential.startsWith('dbk_')
    ? credential.split('_').slice(2)
    : credential.split('.');
  const long = parts.filter((part) => part.length > 40).map((part) => part.slice(4, 36));
  const encoded = [0, 1, 2].map((at) =>
    Buffer.from(credential.slice(at)).toString('base64').slice(4, -8),
  );
  return [credential, ...long, ...encoded];
}

async function filesIn(path: string): Promise<string> {
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile());
  const texts = await Promise.all(
    files.map((each) => readFile(join(each.parentPath, each.name), 'latin1')),
  );
  return texts.join('\n');
}

const visitorWith = (headers: Record<string, string>) => new Visitor(NOBODY, transport!, headers);

test('all upstreams have answered', { timeout: START_MS }, async () => {
  const visitor = visitorWith({ authorization: `Bearer ${credentials.get('API key')}` });
  const missing = async () => {
    const text = await visitor.modern('default', 'tools/list');
    return [...upstreams.keys()].filter((id) => !text.includes(`"${id}__say"`));
  };
  await expect.poll(missing, { timeout: START_MS }).toEqual([]);
});

describe.each(['API key', 'JWT'])('with an %s', (kind) => {
  const headers = () => ({ authorization: `Bearer ${credentials.get(kind)}` });

  test.each(Object.entries(DOORS))(
    'every tool of every upstream is called: %s',
    async (_name, door) => {
      const visitor = visitorWith(headers());
      for (const tool of [...TOOLS, 'refused']) {
        const texts = await Promise.all(
          [...upstreams.keys()].map((upstream) => door(visitor, upstream, tool)),
        );
        answers.push(...texts);
        const isFine = (text: string) => text.includes('said') === (tool === 'say');
        expect(texts.filter((text) => !isFine(text))).toEqual([]);
      }
    },
  );

  test.each(Object.entries(OTHERS))('other things are asked for: %s', async (_name, ask) => {
    const visitor = visitorWith(headers());
    for (const upstream of upstreams.keys()) answers.push(await ask(visitor, upstream));
    expect(answers.at(-1)).not.toBe('');
  });

  test('what does not count is refused', async () => {
    const credential = credentials.get(kind) ?? '';
    const wrong: readonly Record<string, string>[] = [
      { authorization: `Bearer ${credential.slice(0, -4)}AAAA` },
      { authorization: `Basic ${credential}` },
      { authorization: credential },
      { 'x-api-key': credential },
      { cookie: `token=${credential}` },
    ];
    for (const each of wrong) {
      const reply = visitorWith(each).modernStream('default', 'tools/list');
      answers.push((await reply.whole()).text, JSON.stringify(reply.headers));
      expect(reply.status).toBe(401);
    }
    const path = `/mcp?access_token=${credential}`;
    const asked = {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
    } as const;
    const reply = await transport!.send({ ...asked, body: '{}' }).whole();
    answers.push(reply.text, JSON.stringify(reply.headers));
    expect(reply.status).toBeGreaterThanOrEqual(400);
  });
});

describe('afterwards', () => {
  test.each(Object.keys(KINDS))('nothing of them has reached %s', async (id) => {
    const heard = (await upstreams.get(id)?.heard()) ?? '';
    expect(heard.includes(OWN_SECRET)).toBe(true);
    for (const credential of credentials.values()) {
      expect(tracesOf(credential).filter((trace) => heard.includes(trace))).toEqual([]);
    }
  });

  test('nothing of them is in what the gateway said, wrote and keeps', async () => {
    const isRecorded = async () => (await filesIn(stateDir)).includes('upstream_timeout');
    await expect.poll(isRecorded).toBe(true);
    const places = {
      log: gateway?.said() ?? '',
      files: await filesIn(stateDir),
      answers: answers.join('\n'),
    };
    expect(places.files.includes('key:')).toBe(true);
    expect(answers.length).toBeGreaterThan(200);
    for (const [kind, credential] of credentials) {
      for (const [place, text] of Object.entries(places)) {
        const found = tracesOf(credential).filter((trace) => text.includes(trace));
        expect([kind, place, found]).toEqual([kind, place, []]);
      }
    }
  });
});
