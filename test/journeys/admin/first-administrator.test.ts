import { expect, test } from 'vitest';
import { startGateway } from '../../kit/gateway.ts';
import { openKeys } from '../../kit/api-keys.ts';
import { askAdmin } from './admin-client.ts';

const KEYS = { identity: { keys: true } };

test('a one-time code makes the caller administrator, once', async () => {
  await using gateway = await startGateway(KEYS);
  await using keys = await openKeys(gateway.stateDir);
  const { id, text: key } = await keys.add({ user: 'ann' });
  const { text: other } = await keys.add();
  expect(await askAdmin(gateway, '/health', { key })).toMatchObject({ status: 403 });
  const first = await gateway.gateway.administratorCode();
  const second = await gateway.gateway.administratorCode();
  const codeOf = async (code: string | undefined, as: string | undefined = key) =>
    await askAdmin(gateway, '/first-administrator', {
      json: { code },
      ...(as === '' ? {} : { key: as }),
    });
  expect(await codeOf('dbc_wrong')).toMatchObject({
    status: 403,
    body: { reason: 'code_invalid' },
  });
  expect(await codeOf(first?.text)).toMatchObject({ status: 403 });
  expect(await codeOf(second?.text, '')).toMatchObject({ status: 401 });
  const uses = await Promise.all([codeOf(second?.text), codeOf(second?.text, other)]);
  expect(uses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403]);
  const won = uses[0].status === 201 ? key : other;
  expect((await askAdmin(gateway, '/health', { key: won })).status).toBe(200);
  expect(await gateway.gateway.administratorCode()).toBeUndefined();
  const text = JSON.stringify(await gateway.records());
  expect(text).toContain(won === key ? `principal:key:${id}` : 'principal:key:');
  expect(text).toContain('"outcome":"refused"');
  for (const secret of [key, other, first?.text, second?.text]) expect(text).not.toContain(secret);
});

test('with ?key=true it gives a new key, which is shown once', async () => {
  await using gateway = await startGateway(KEYS);
  await using keys = await openKeys(gateway.stateDir);
  const { text: key } = await keys.add({ user: 'ann' });
  const code = await gateway.gateway.administratorCode();
  const made = await askAdmin(gateway, '/first-administrator?key=true', {
    key,
    json: { code: code?.text },
  });
  expect(made.status).toBe(201);
  expect((await askAdmin(gateway, '/roles', { key })).status).toBe(403);
  const roles = await askAdmin(gateway, '/roles', { key: String(made.body['key']) });
  expect(roles.body['grants']).toMatchObject([{ subject: made.body['subject'], role: 'admin' }]);
  expect(JSON.stringify(await gateway.records())).not.toContain(String(made.body['key']));
});

test('in local mode nobody is administrator for being on this machine', async () => {
  await using gateway = await startGateway({});
  expect(await gateway.gateway.administratorCode()).toBeUndefined();
  for (const path of ['/session', '/health', '/openapi.json', '/nothing']) {
    expect((await askAdmin(gateway, path)).status).toBe(401);
  }
  const wrong = await askAdmin(gateway, '/first-administrator', { json: { code: 'dbc_1' } });
  expect(wrong.status).toBe(403);
  const { issueCode } = await import('../../../gateway/src/admin/index.ts');
  const { openStore } = await import('../../../gateway/src/store/index.ts');
  const store = await openStore(`${gateway.stateDir}/drawbridge.sqlite`);
  const code = await issueCode(store.adminCodes, Date.now());
  const made = await askAdmin(gateway, '/first-administrator', { json: { code: code.text } });
  expect(made.status).toBe(201);
  expect((await askAdmin(gateway, '/health', { key: String(made.body['key']) })).status).toBe(200);
  // A key that somebody revokes beside the gateway is cut off, in this mode too.
  const [key] = await store.apiKeys.list();
  await store.apiKeys.revoke(key!.id, Date.now());
  await store.close();
  await expect
    .poll(
      async () => (await askAdmin(gateway, '/health', { key: String(made.body['key']) })).status,
    )
    .toBe(401);
});

test('where the configuration names administrators, nobody needs a code', async () => {
  await using gateway = await startGateway({
    ...KEYS,
    admin: { roles: { admin: { users: ['ann'] } } },
  });
  await using keys = await openKeys(gateway.stateDir);
  expect(await gateway.gateway.administratorCode()).toBeUndefined();
  const { text: key } = await keys.add({ user: 'ann' });
  expect(await askAdmin(gateway, '/session', { key })).toMatchObject({
    status: 200,
    body: { user: 'ann', grantedRoles: [], actions: expect.arrayContaining(['roles.write']) },
  });
});
