/** Values of every kind land at a GraphQL server as they were given, for callers of every dialect. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startShop, type ShopServer } from '../../kit/graphql-shop.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { callTool } from '../../kit/rest-request.ts';
import { callerOf, done, WAYS, type Caller } from '../apis/world.ts';

describe.each(WAYS)('%s', (way) => {
  let shop: ShopServer;
  let gateway: TestGateway;
  let caller: Caller;

  beforeAll(async () => {
    shop = await startShop('k3y');
    gateway = await startGateway({
      upstreams: { shop: { graphql: shop.url, auth: { bearer: 'k3y' } } },
      policy: { default: 'allow' },
    });
    caller = await callerOf(way, gateway);
  });
  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
    await shop[Symbol.asyncDispose]();
  });

  async function echoed(args: object): Promise<unknown> {
    const told = await done(caller, 'shop__echo', args);
    const text = told.text === '' ? String(told.value) : told.text;
    const once: unknown = JSON.parse(text);
    return typeof once === 'string' ? JSON.parse(once) : once;
  }

  test.each([
    [{}, { status: 'OPEN' }],
    [{ status: 'PAID' }, { status: 'PAID' }],
    [{ status: null }, { status: null }],
    [{ text: null }, { status: 'OPEN', text: null }],
    [{ text: '' }, { status: 'OPEN', text: '' }],
    [{ text: '"},{\\u0000$x' }, { status: 'OPEN', text: '"},{\\u0000$x' }],
    [{ big: '9007199254740993' }, { status: 'OPEN', big: '9007199254740993' }],
    [{ list: [[1, 2], []] }, { status: 'OPEN', list: [[1, 2], []] }],
    [{ place: { code: 'x' } }, { status: 'OPEN', place: { code: 'x' } }],
    [{ when: '2026-01-01T00:00:00Z' }, { status: 'OPEN', when: '2026-01-01T00:00:00Z' }],
    [
      { filter: { and: [{ status: ['PAID'] }, { customer: { id: 7, name: null } }] } },
      {
        status: 'OPEN',
        filter: { and: [{ status: ['PAID'] }, { customer: { id: '7', name: null } }] },
      },
    ],
  ])('%j', async (given, landed) => {
    expect(await echoed(given)).toEqual(landed);
  });

  test('a list that comes in pages has a usual length, and a smaller one where asked for', async () => {
    const before = shop.seen.length;
    const told = await done(caller, 'shop__orders');
    expect((told.value as { edges: unknown[] }).edges).toHaveLength(20);
    await done(caller, 'shop__orders', { first: 3 });
    const sent = shop.seen.slice(before).map(({ body }) => JSON.parse(body).variables);
    expect(sent).toEqual([{ first: 20 }, { first: 3 }]);
  });

  test("a default of an argument that must not be null is the API's to fill in", async () => {
    const before = shop.seen.length;
    await done(caller, 'shop__search', { text: 'a' });
    expect(JSON.parse(shop.seen[before]?.body ?? '').variables).toEqual({ text: 'a' });
  });

  test('a file arrives as a part of its own', async () => {
    const file = { text: 'two lines\n', filename: 'note.txt' };
    const told = await done(caller, 'shop__attach', { order: '1', file });
    expect(JSON.stringify(told.value ?? '') + told.text).toContain('note.txt two lines');
  });

  test.each([
    [{ place: { id: '1', code: 'x' } }, /place/],
    [{ filter: { stauts: ['PAID'] } }, /stauts.*status/],
    [{ filter: { customer: { id: true } } }, /filter\.customer\.id/],
    [{ big: 'many' }, /./],
  ])('%j is refused or taken by the API itself', async (given, said) => {
    const told = await caller.call('shop__echo', given);
    expect(JSON.stringify(told.value ?? '') + told.text).toMatch(said);
  });
});

test('an integer beyond 2^53 is sent with every digit', async () => {
  await using shop = await startShop();
  await using gateway = await startGateway({
    upstreams: { shop: { graphql: shop.url } },
    policy: { default: 'allow' },
  });
  await callTool(gateway, 'shop__echo', '{"big":9007199254740993}');
  expect(shop.seen[0]?.body).toContain('{"big":9007199254740993}');
});
