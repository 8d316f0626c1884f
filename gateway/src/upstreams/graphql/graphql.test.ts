import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld, type UpstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { Refusal } from '../../kernel/index.ts';
import { SHOP_SDL, startShop } from '../../../../test/kit/graphql-shop.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-graphql-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(graphql: object | string, more: object = {}): UpstreamWorld {
  return upstreamWorld({ up: { graphql, ...more } }, { stateDir: join(folder, 'state') });
}

async function listed(world: UpstreamWorld) {
  const listing = await world.room.fetchItems('up', new AbortController().signal);
  if (listing instanceof Refusal) throw new Error(listing.text);
  return listing;
}

async function called(world: UpstreamWorld, name: string, args: object | string = {}) {
  const text = typeof args === 'string' ? args : JSON.stringify(args);
  const { recorder } = world.call(modernCall(name, `,"arguments":${text}`));
  const message = await recorder.finished;
  return message instanceof Refusal ? message.text : JSON.stringify(message);
}

describe('a GraphQL API behind the gateway', () => {
  test('asks for the schema with its credentials, lists the fields of its roots and calls them', async () => {
    await using shop = await startShop('k3y');
    await using world = open(shop.url, { auth: { bearer: 'k3y' } });
    const { tools, mode } = await listed(world);
    expect(tools.map(({ name }) => name)).toEqual([
      'orders',
      'order',
      'search',
      'echo',
      'hello',
      'add_order',
      'delete_order',
      'attach',
      'read_result',
    ]);
    expect(mode).toBe('full');
    const answer = await called(world, 'order', { id: '7' });
    expect(answer).toContain('9007199254740993');
    expect(answer).toContain('ada@example.com');
    expect(shop.seen[0]?.authorization).toBe('Bearer k3y');
    expect(await called(world, 'hello')).toContain('hello');
  });

  test('is as it was after a restart, also while the API cannot be asked', async () => {
    const shop = await startShop();
    {
      await using world = open(shop.url);
      expect((await listed(world)).tools).toHaveLength(9);
    }
    await shop[Symbol.asyncDispose]();
    await using again = open(shop.url);
    expect((await listed(again)).tools.map(({ name }) => name)).toContain('add_order');
    expect(again.room.status()[0]).toMatchObject({ kind: 'graphql' });
  });

  test('takes its schema from a file', async () => {
    await using shop = await startShop();
    writeFileSync(join(folder, 'shop.graphql'), SHOP_SDL);
    await using world = open({ url: shop.url, schema: join(folder, 'shop.graphql') });
    expect((await listed(world)).tools).toHaveLength(9);
    expect(await called(world, 'order', { id: 7 })).toContain('ada@example.com');
  });

  test('whose address is not known says what to set', async () => {
    writeFileSync(join(folder, 'shop.graphql'), SHOP_SDL);
    await using world = open(join(folder, 'shop.graphql'));
    expect((await listed(world)).tools).toHaveLength(9);
    expect(await called(world, 'order', { id: '7' })).toContain('set graphql.url');
  });

  test('that does not tell its schema says what to do', async () => {
    await using shop = await startShop('k3y');
    await using world = open(shop.url);
    const refused = await world.room.fetchItems('up', new AbortController().signal);
    expect(refused instanceof Refusal && refused.text).toMatch(/answered 401.*graphql\.schema/);
  });
});
