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

/** What of an answer is the same for every route. */
interface Seen {
  readonly status: number;
  readonly type: string | null;
  readonly caching: string | null;
  readonly cors: string | null;
}

/** Asks a route for something that does not exist, with a body that no route takes. */
async function seenOf({ method, path }: Operation, key: string | undefined): Promise<Seen> {
  const address = path.replace('/admin/v1', '').replaceAll(/\{\w+\}/g, 'nothing');
  const { status, headers } = await askAdmin(gateway, address, {
    method: method.toUpperCase(),
    ...(key === undefined ? {} : { key }),
    ...(method === 'get' ? {} : { json: [] }),
  });
  return {
    status,
    type: headers.get('content-type'),
    caching: headers.get('cache-control'),
    cors: headers.get('access-control-allow-origin'),
  };
}

const proper = (status: number): Seen => ({
  status,
  type: status < 400 ? 'application/json' : 'application/problem+json',
  caching: 'no-store',
  cors: null,
});

/** Routes that need no action, and the one that asks without changing anything. */
const OPEN = [FIRST, '/admin/v1/session'];
const ASKS = ['/admin/v1/explain'];

describe.each(operations)('$method $path', (operation) => {
  const { path, method, responses, summary } = operation;

  test('says what it does, what it needs, and how it refuses', () => {
    expect(summary).toMatch(/^[A-Z].{10,}/);
    const isChange = method !== 'get' && !ASKS.includes(path);
    const needs = OPEN.includes(path) ? 'none' : (operation['x-required-action'] ?? '');
    expect(needs).toMatch(
      OPEN.includes(path) ? /^none$/ : isChange ? /^[a-z]+\.write$/ : /^[a-z]+\.read$/,
    );
    for (const [status, { content = {} }] of Object.entries(responses)) {
      const type = Number(status) < 400 ? 'application/json' : 'application/problem+json';
      expect(content).toEqual({ [type]: { schema: expect.anything() } });
    }
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '500']));
  });

  test.each(ROLES)('for %s', async (role) => {
    const seen = await seenOf(operation, keyOf.get(role));
    const mayDo = operation['x-roles']?.includes(role) === true;
    expect(mayDo ? [200, 400, 404] : [403]).toContain(seen.status);
    expect(seen).toEqual(proper(seen.status));
  });

  test('for nobody', async () => {
    expect(await seenOf(operation, undefined)).toEqual(proper(401));
    const unknown = `dbk_${'0'.repeat(12)}_${'0'.repeat(64)}`;
    expect(await seenOf(operation, unknown)).toEqual(proper(401));
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
  const { decision } = missing!.body;
  expect({ ...there!.body, decision }).toEqual(missing!.body);
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
