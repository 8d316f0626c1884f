/** A shop that speaks GraphQL behind the gateway, for callers of every dialect. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../../../examples/graphql/behind.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { ERAS, feedReader } from '../feeds/world.ts';
import { callerOf, done, WAYS, type Caller } from '../apis/world.ts';

const folder = new URL('../../../examples/graphql/', import.meta.url);

async function startShop(): Promise<TestGateway> {
  const behind = await start();
  const text = readFileSync(new URL('drawbridge.yaml', folder), 'utf8');
  const { upstreams, policy } = parseYaml(text);
  const operations = [fileURLToPath(new URL('operations.graphql', folder))];
  Object.assign(upstreams.shop.graphql, { url: process.env['SHOP_URL'], operations });
  const gateway = await startGateway({ upstreams, policy });
  const close = async (): Promise<void> => {
    await gateway.close();
    await behind.stop();
  };
  return { ...gateway, close, [Symbol.asyncDispose]: close };
}

test.each(ERAS)('an agent that adds an order is heard by one that subscribed (%s)', async (era) => {
  await using gateway = await startShop();
  await using reader = await feedReader(era, gateway);
  const added = 'drawbridge-feed://shop/orderAdded';
  const changed = 'drawbridge-feed://shop/orderChanged?id=2';
  for (const uri of [added, changed]) {
    await reader.subscribe(uri);
    // The API says that it has begun with its first event or sign of life.
    await reader.until(uri, ({ state }) => state === 'open');
  }
  await using caller = await callerOf('rest', gateway);
  const input = { customerId: 'c1', lines: [{ sku: 'rope', count: 3 }] };
  await done(caller, 'shop__add_order', { input });
  await done(caller, 'shop__set_note', { id: '2', note: 'soon' });
  await expect.poll(() => reader.updated.toSorted()).toEqual([added, changed]);
  const orders = await reader.read(added);
  expect(orders.events).toMatchObject([{ data: { orderAdded: { totalCents: 11_700 } } }]);
  const notes = await reader.read(changed);
  expect(notes.events).toMatchObject([{ data: { orderChanged: { id: '2', note: 'soon' } } }]);
});

describe.each(WAYS)('%s', (way) => {
  let gateway: TestGateway;
  let caller: Caller;

  beforeAll(async () => {
    gateway = await startShop();
    caller = await callerOf(way, gateway);
  });
  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
  });

  test('what may be called is listed', async () => {
    expect([...(await caller.tools())].toSorted()).toEqual([
      'shop__add_order',
      'shop__customers',
      'shop__execute',
      'shop__open_orders',
      'shop__order',
      'shop__orders',
      'shop__read_result',
      'shop__search_types',
      'shop__set_note',
    ]);
  });

  test('values land, and come back as exact as they were', async () => {
    const lines = [{ sku: 'rope', count: 2 }, { sku: 'lamp' }];
    const input = { customerId: 'c1', lines, note: 'ünder "this" 👋' };
    const added = await done(caller, 'shop__add_order', { input });
    expect(added.value).toMatchObject({
      note: 'ünder "this" 👋',
      totalCents: 10_250,
      lines: [
        { sku: 'rope', count: 2 },
        { sku: 'lamp', count: 1 },
      ],
    });
    const { id, number } = added.value as { id: string; number: string };
    expect(number).toMatch(/^90071992547\d{5}$/);
    // Nothing given changes nothing; null takes it away.
    expect((await done(caller, 'shop__set_note', { id })).value).toMatchObject({
      note: input.note,
    });
    expect((await done(caller, 'shop__set_note', { id, note: null })).value).toMatchObject({
      note: null,
    });
  });

  test('pages are followed, and nested filters and enumerations arrive', async () => {
    const page = await done(caller, 'shop__orders', { first: 5, filter: { status: ['SHIPPED'] } });
    expect(page.value).toMatchObject({ totalCount: 15 });
    const next = /_page=(\S+)/.exec(JSON.stringify(page.value) + page.text)?.[1] ?? '';
    expect(next).not.toBe('');
    const all = await done(caller, 'shop__orders', {
      filter: { status: ['SHIPPED'] },
      first: 4,
      _max_items: 50,
      _fields: 'nodes { id } pageInfo { hasNextPage endCursor } totalCount',
    });
    const { nodes } = all.value as { nodes: { id: string }[] };
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(15);
  });

  test('a selection of the caller replaces the usual one, and a wrong one is explained', async () => {
    const told = await done(caller, 'shop__order', { id: '1', _fields: 'id lines { sku }' });
    expect(told.value).toEqual({ id: '1', lines: [{ sku: 'rope' }] });
    const paths = await done(caller, 'shop__order', { id: '1', _fields: 'id, customer.name' });
    expect(paths.value).toEqual({ id: '1', customer: { name: 'Ada' } });
    const wrong = await caller.call('shop__order', { id: '1', _fields: 'id price' });
    expect(wrong.text).toMatch(/^_fields cannot be sent: .*Cannot query field "price"/);
    expect(wrong.text).toContain('Nothing was sent');
  });

  test('an operation of a file is a tool with its variables', async () => {
    const told = await done(caller, 'shop__open_orders', { customerId: 'c2', first: 1 });
    expect(told.value).toMatchObject({ orders: { nodes: [{ customer: { name: 'Grace' } }] } });
    const all = await done(caller, 'shop__open_orders', { first: 4, _max_items: 50 });
    const { nodes } = (all.value as { orders: { nodes: { id: string }[] } }).orders;
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    expect(nodes.length).toBeGreaterThanOrEqual(29);
  });

  test('a part that is missing is said with the part that came', async () => {
    const told = await done(caller, 'shop__customers');
    const text = JSON.stringify(told.value ?? '') + told.text;
    expect(text).toContain('ada@example.com');
    expect(text).toMatch(/Part of the answer is missing.*1\.email/);
    expect(text).toContain('only her own people may read it');
  });

  test('what only the API knows to be wrong is told in the name of the argument', async () => {
    const lines = [
      { sku: 'rope', count: 1 },
      { sku: 'kite', count: 1 },
    ];
    const told = await caller.call('shop__add_order', { input: { customerId: 'c1', lines } });
    expect(told.isError).toBe(true);
    expect(told.text).toMatch(
      /^Change input\.lines\[1\]\.sku: the API says of it "must be one of rope, anchor, lamp"/,
    );
    const missing = await caller.call('shop__order', { id: '999' });
    expect(missing.text).toMatch(/^Change id: the API knows nothing by this value\./);
    const local = await caller.call('shop__orders', { filter: { status: ['GONE'] } });
    expect(local.text).toContain('"OPEN", "SHIPPED" or "CANCELLED"');
    expect(local.text).toContain('Nothing was sent');
  });

  test('a caller may look for types and write a query, within limits', async () => {
    const found = await done(caller, 'shop__search_types', { words: 'order lines' });
    expect(JSON.stringify(found.value)).toContain('query.orders');
    const query = 'query($n: Int){ orders(first: $n) { nodes { id customer { name } } } }';
    const told = await done(caller, 'shop__execute', { query, variables: { n: 2 } });
    expect((told.value as { orders: { nodes: unknown[] } }).orders.nodes).toHaveLength(2);
    const write = await caller.call('shop__execute', {
      query: 'mutation { cancelOrder(id: "1") { id } }',
    });
    expect(write.text).toContain('must be a query');
    const all = await caller.call('shop__execute', {
      query: '{ orders(first: 100000) { nodes { id lines { sku } } } }',
    });
    expect(all.text).toMatch(/query cannot be sent: .*5000 are allowed/);
    const denied = await caller.call('shop__cancel_order', { id: '1' });
    expect(denied.isError).toBe(true);
  });
});
