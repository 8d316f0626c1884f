import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminDocument } from '../../../gateway/src/admin/index.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { openKeys } from '../../kit/api-keys.ts';
import { askAdmin } from './admin-client.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly summary?: string;
  readonly responses: Record<string, { content?: Record<string, { schema?: unknown }> }>;
  readonly 'x-required-action'?: string;
  readonly 'x-roles'?: readonly string[];
}

const { paths } = (await adminDocument()) as {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
};
const operations: Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
);

const ROLES = ['admin', 'operator', 'auditor', 'viewer', 'none'] as const;
const FIRST = '/admin/v1/first-administrator';

let gateway: TestGateway;
const keyOf = new Map<string, string>();

beforeAll(async () => {
  const roles = Object.fromEntries(
    ROLES.filter((role) => role !== 'none').map((role) => [role, { users: [role] }]),
  );
  gateway = await startGateway({ identity: { keys: true }, admin: { roles } });
  await using keys = await openKeys(gateway.stateDir);
  for (const role of ROLES) keyOf.set(role, (await keys.add({ user: role })).text);
});

afterAll(() => gateway.close());

/** Asks a route for something that does not exist, without a body where it would want one. */
async function statusFor({ method, path }: Operation, key: string | undefined): Promise<number> {
  const address = path.replace('/admin/v1', '').replaceAll(/\{\w+\}/g, 'nothing');
  const isRead = method === 'get';
  const answer = await askAdmin(gateway, address, {
    method: method.toUpperCase(),
    ...(key === undefined ? {} : { key }),
    ...(isRead ? {} : { json: [] }),
  });
  if (answer.status >= 400) {
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: answer.status, reason: expect.any(String) });
  }
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  return answer.status;
}

describe.each(operations)('$method $path', (operation) => {
  test('says what it does, what it needs, and how it refuses', () => {
    expect(operation.summary).toMatch(/^[A-Z].{10,}/);
    const needs = operation['x-required-action'];
    if (operation.path !== FIRST && operation.path !== '/admin/v1/session') {
      expect(needs).toMatch(/^[a-z]+\.(read|write)$/);
      const changes = operation.method !== 'get' && operation.path !== '/admin/v1/explain';
      expect(needs?.endsWith('.write')).toBe(changes);
    }
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      const type = Number(status) < 400 ? 'application/json' : 'application/problem+json';
      expect(Object.keys(content)).toEqual([type]);
      expect(content[type]?.schema).toBeDefined();
    }
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '500']));
  });

  test.each(ROLES)('for %s', async (role) => {
    const status = await statusFor(operation, keyOf.get(role));
    const mayDo = operation['x-roles']?.includes(role) === true;
    if (mayDo) expect([200, 400, 404]).toContain(status);
    else expect(status).toBe(403);
  });

  test('for nobody', async () => {
    expect(await statusFor(operation, undefined)).toBe(401);
    expect(await statusFor(operation, `dbk_${'0'.repeat(12)}_${'0'.repeat(64)}`)).toBe(401);
  });
});

test('what does not exist looks the same to everybody who is identified', async () => {
  for (const role of ROLES) {
    const key = keyOf.get(role)!;
    for (const path of ['/nothing', '/keys/', '/../admin']) {
      expect((await askAdmin(gateway, path, { key })).status).toBe(404);
    }
  }
  expect((await askAdmin(gateway, '/nothing')).status).toBe(401);
});

test('a refusal is the same for what exists and what does not, and is recorded', async () => {
  await using keys = await openKeys(gateway.stateDir);
  const { id } = await keys.add();
  const key = keyOf.get('viewer')!;
  const [there, missing] = await Promise.all(
    [id, 'ffffffffffff'].map((each) => askAdmin(gateway, `/keys/${each}`, { key })),
  );
  const without = ({ decision: _, ...rest }: Record<string, unknown>) => rest;
  expect(without(there!.body)).toEqual(without(missing!.body));
  const records = await gateway.records();
  expect(records.find((each) => each['decision'] === there!.body['decision'])).toMatchObject({
    kind: 'change',
    user: 'viewer',
    action: 'keys.read',
    outcome: 'refused',
  });
});

test('a deny of the operator takes away what a role gives', async () => {
  await using other = await startGateway({
    identity: { keys: true },
    admin: { roles: { admin: { users: ['admin'] } } },
    policy: {
      rules: [{ name: 'no keys', deny: ['admin:drawbridge/keys.*'], because: 'Ask Ann.' }],
    },
  });
  await using keys = await openKeys(other.stateDir);
  const { text: key } = await keys.add({ user: 'admin' });
  expect((await askAdmin(other, '/roles', { key })).status).toBe(200);
  expect(await askAdmin(other, '/keys', { key })).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining('Ask Ann.') },
  });
});
