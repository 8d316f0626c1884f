/** What people do with a gateway in a day: keys, questions about rules, records. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, openKeys } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { RawClient } from '../../kit/raw-http.ts';
import { callTool } from '../../kit/rest-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../../kit/scripted-upstream.ts';
import { askAdmin, type AdminRequest } from './admin-client.ts';

const SECRET = 'upstream-secret-4711';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let ann = '';
let op = '';

beforeAll(async () => {
  upstream = await startScripted({
    tools: [toolText('say'), toolText('drop')],
    answer: () => '{"resultType":"complete","content":[{"type":"text","text":"hello"}]}',
  });
  gateway = await startGateway({
    identity: { keys: true },
    admin: { roles: { admin: { users: ['ann'] }, operator: { users: ['op'] } } },
    policy: {
      rules: [
        { name: 'sales may say', allow: ['up/say'], who: { teams: ['sales'] } },
        { name: 'idle', allow: ['gone/*'] },
      ],
    },
    upstreams: {
      up: {
        mcp: { url: upstream.url, era: '2026-07-28' },
        title: 'Upstream',
        headers: { 'x-secret': SECRET },
        labels: ['pii'],
      },
      off: { mcp: 'http://127.0.0.1:9', enabled: false },
    },
  });
  await using keys = await openKeys(gateway.stateDir);
  ann = (await keys.add({ user: 'ann' })).text;
  op = (await keys.add({ user: 'op' })).text;
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = (path: string, request: AdminRequest = {}) =>
  askAdmin(gateway, path, { key: ann, ...request });

const say = async (key: string) => (await callTool(gateway, 'up__say', '{}', bearer(key))).status;

/** Makes a key. @returns its text and its id */
async function make(json: object, key = ann): Promise<{ text: string; id: string }> {
  const { status, body } = await ask('/keys', { json, key });
  expect(status).toBe(201);
  return { text: String(body['key']), id: (body['about'] as { id: string }).id };
}

describe('keys', () => {
  test('are made, exchanged, ended and revoked, and what they stand for follows at once', async () => {
    const first = await make({ name: 'crm bot', team: 'sales' });
    expect(await say(first.text)).toBe(200);
    const rotated = await ask(`/keys/${first.id}/rotate`, { json: { overlapSeconds: 0 } });
    expect(rotated.status).toBe(201);
    expect(await say(first.text)).toBe(401);
    const second = String(rotated.body['key']);
    const { id } = rotated.body['about'] as { id: string };
    expect(await say(second)).toBe(200);
    expect((await ask(`/keys/${first.id}/rotate`, { json: {} })).status).toBe(409);
    expect((await ask(`/keys/${id}/revoke`, { method: 'POST' })).status).toBe(200);
    expect(await say(second)).toBe(401);
    const later = { json: { expires: '2999-01-01T00:00:00Z' } };
    expect((await ask(`/keys/${id}/expire`, later)).status).toBe(409);
    expect(await ask(`/keys/${id}`)).toMatchObject({ body: { state: 'revoked', name: 'crm bot' } });
    const third = await make({ name: 'short' });
    expect(
      (await ask(`/keys/${third.id}/expire`, { json: { expires: '2000-01-01T00:00:00Z' } })).body,
    ).toMatchObject({ state: 'expired' });
    expect(await say(third.text)).toBe(401);
    const text = JSON.stringify([await gateway.records(), (await ask('/keys')).body]);
    for (const secret of [first.text, second, third.text]) expect(text).not.toContain(secret);
    expect(await gateway.records()).toContainEqual(
      expect.objectContaining({ kind: 'change', user: 'ann', thing: `key ${id}`, outcome: 'done' }),
    );
  });

  test('that may do more than their maker are neither made nor taken over', async () => {
    const json = { name: 'mine', user: 'ann' };
    expect(await ask('/keys', { key: op, json })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('may do what you may not') },
    });
    const strong = await make({ name: 'strong', user: 'ann' });
    for (const [change, sent] of [
      ['rotate', {}],
      ['expire', { expires: '2999-01-01T00:00:00Z' }],
      ['revoke', undefined],
    ] as const) {
      const request = sent === undefined ? { method: 'POST' } : { json: sent };
      expect((await ask(`/keys/${strong.id}/${change}`, { key: op, ...request })).status).toBe(403);
    }
    expect((await ask('/health', { key: strong.text })).status).toBe(200);
    expect((await make({ name: 'weak', team: 'x' }, op)).id).toMatch(/^[0-9a-f]{12}$/);
    expect(
      (await ask('/roles', { key: op, json: { subject: 'user:op', role: 'admin' } })).status,
    ).toBe(403);
  });
});

test('roles are granted and taken away', async () => {
  const { text: key } = await make({ name: 'reader', user: 'rita' });
  const grant = { json: { subject: 'user:rita', role: 'auditor' } };
  expect((await ask('/audit', { key })).status).toBe(403);
  expect((await ask('/roles', grant)).status).toBe(201);
  expect((await ask('/roles', grant)).status).toBe(409);
  expect((await ask('/audit', { key })).status).toBe(200);
  expect((await ask('/roles/revoke', grant)).status).toBe(200);
  expect((await ask('/roles/revoke', grant)).status).toBe(404);
  expect((await ask('/audit', { key })).status).toBe(403);
  for (const json of [
    { subject: 'rita', role: 'admin' },
    { subject: 'user:rita', role: 'root' },
    {},
  ]) {
    expect((await ask('/roles', { json })).status).toBe(400);
  }
});

test('upstreams and items are shown without anything secret', async () => {
  const { body, text } = await ask('/upstreams');
  expect(body['upstreams']).toMatchObject([
    {
      id: 'up',
      title: 'Upstream',
      state: 'up',
      labels: ['pii'],
      lists: { state: 'fresh', tools: 2 },
    },
    { id: 'off', isEnabled: false, state: 'disabled' },
  ]);
  expect(text).not.toContain(SECRET);
  expect((await ask('/upstreams/nothing')).status).toBe(404);
  expect((await ask('/upstreams/up/refresh', { method: 'POST' })).status).toBe(202);
  expect((await ask('/upstreams/off/refresh', { method: 'POST' })).status).toBe(409);
  expect(await ask('/upstreams/up', { method: 'PATCH', json: { isEnabled: false } })).toMatchObject(
    {
      status: 409,
      body: { reason: 'source_is_file', source: { key: 'upstreams.up.enabled' } },
    },
  );
  const items = await ask('/items?limit=1');
  expect(items.body['items']).toMatchObject([{ item: 'tool:up/say', endpoints: ['default'] }]);
  const next = encodeURIComponent(String(items.body['nextCursor']));
  expect((await ask(`/items?limit=1&cursor=${next}`)).body).toMatchObject({
    items: [{ item: 'tool:up/drop' }],
  });
  for (const bad of [`/items?search=x&cursor=${next}`, `/keys?cursor=${next}`, '/items?cursor=x']) {
    expect((await ask(bad)).body).toMatchObject({ status: 400, reason: 'cursor_invalid' });
  }
  expect((await ask(`/items?limit=1&cursor=${next}`, { key: op })).status).toBe(400);
  expect((await ask('/items?search=DROP')).body['items']).toHaveLength(1);
  expect((await ask(`/items/${encodeURIComponent('tool:up/say')}`)).body['definition']).toContain(
    'say',
  );
  expect((await ask('/items/tool%3Aup%2Fnothing')).status).toBe(404);
});

test('rules, refusals and records explain themselves', async () => {
  const { text: key, id } = await make({ name: 'curious', team: 'support' });
  const refused = await callTool(gateway, 'up__say', '{}', bearer(key));
  expect(refused.status).toBe(404);
  const policy = await ask('/policy');
  expect(policy.body['rules']).toMatchObject([
    { name: 'sales may say', source: { key: 'policy.rules.0' }, findings: [] },
    { name: 'idle', findings: [expect.stringContaining('names no upstream')] },
  ]);
  const asked = await ask('/explain', { json: { as: id, item: 'up/say', args: { a: 1 } } });
  expect(asked.body).toMatchObject({
    outcome: 'deny',
    isListed: false,
    caller: { team: 'support' },
  });
  expect(asked.body['words']).toEqual(expect.arrayContaining([expect.any(String)]));
  const found = await ask(`/audit?principal=key:${id}&limit=5`);
  const [record] = found.body['records'] as Record<string, string>[];
  expect(record).toMatchObject({ hidden: 'tool:up/say', decided: 'deny' });
  const decision = await ask(`/decisions/${record!['decision']}`);
  expect(decision).toMatchObject({ status: 200, body: { hasChanged: false } });
  expect((await ask('/decisions/nothing')).status).toBe(404);
  expect((await ask('/audit?text=no-such-text')).body['records']).toEqual([]);
  expect((await ask('/usage?by=agent')).status).toBe(200);
  for (const json of [{ as: 'x', item: 'say' }, { item: 'up/say' }, { as: '{', item: 'up/say' }]) {
    expect((await ask('/explain', { json })).status).toBe(400);
  }
});

describe('what is no proper request', () => {
  test.each<[string, AdminRequest, number]>([
    ['a body of another type', { body: '{}', headers: { 'content-type': 'text/plain' } }, 415],
    [
      'a form',
      { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
    ],
    ['no JSON', { body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['an unknown member', { json: { name: 'a', admin: true } }, 400],
    ['a large body', { json: { name: 'a'.repeat(70_000) } }, 413],
    ['another method', { method: 'PUT', json: {} }, 404],
    ['a page of another origin', { json: {}, headers: { origin: 'https://evil.example' } }, 403],
    ['a preflight', { method: 'OPTIONS', headers: { origin: 'http://localhost:3000' } }, 404],
  ])('%s', async (_what, request, status) => {
    const answer = await ask('/keys', request);
    expect({ status: answer.status, log: gateway.log.join() }).toMatchObject({ status });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('another Host', async () => {
    await using raw = new RawClient(Number(new URL(gateway.origin).port));
    raw.send(
      `GET /admin/v1/session HTTP/1.1\r\nhost: evil.example\r\nauthorization: Bearer ${ann}\r\n\r\n`,
    );
    expect((await raw.response()).status).toBe(403);
  });

  test('a chunked body is read like any other', async () => {
    await using raw = new RawClient(Number(new URL(gateway.origin).port));
    const body = '{"as":"rita","item":"up/say"}';
    raw.send(
      `POST /admin/v1/explain HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${ann}\r\n` +
        'content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n' +
        `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    expect((await raw.response()).status).toBe(200);
  });

  test('a chunked body that never ends is cut at the bound', async () => {
    await using raw = new RawClient(Number(new URL(gateway.origin).port));
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    raw.send(
      `POST /admin/v1/keys HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${ann}\r\n` +
        `content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunk}${chunk}`,
    );
    expect((await raw.response()).status).toBe(413);
  });
});
