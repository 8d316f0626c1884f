/** Lists of a GraphQL API that come in pages: by cursors in both directions, by offsets, by pages. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { startGraphQl, type GraphQlServer } from '../../kit/graphql-server.ts';
import { callerOf, done, type Caller } from '../apis/world.ts';

const COUNT = 45;
const SDL = `
type Item { id: Int! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type Edge { cursor: String! node: Item! }
type Page { edges: [Edge!]! pageInfo: PageInfo! }
type Query {
  both(first: Int, after: String, last: Int, before: String, odd: Boolean): Page!
  byOffset(offset: Int! = 0, limit: Int! = 10): [Item!]!
  byPage(page: Int, perPage: Int): [Item!]!
  all: [Item!]!
}`;

const ITEMS = Array.from({ length: COUNT }, (_, id) => ({ id }));

interface Cut {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

function page({ first, after, last, before }: Cut): object {
  let from = (after ?? null) === null ? 0 : Number(after) + 1;
  let to = (before ?? null) === null ? COUNT : Number(before);
  if ((first ?? null) !== null) to = Math.min(to, from + Number(first));
  if ((last ?? null) !== null) from = Math.max(from, to - Number(last));
  return {
    edges: ITEMS.slice(from, to).map((node) => ({ cursor: String(node.id), node })),
    pageInfo: {
      hasNextPage: to < COUNT,
      hasPreviousPage: from > 0,
      startCursor: String(from),
      endCursor: String(to - 1),
    },
  };
}

const resolvers = {
  Query: {
    both: (_: unknown, cut: Cut) => page(cut),
    byOffset: (_: unknown, { offset, limit }: { offset: number; limit: number }) =>
      ITEMS.slice(offset, offset + limit),
    byPage: (_: unknown, { page: at, perPage }: { page?: number; perPage?: number }) =>
      ITEMS.slice(((at ?? 1) - 1) * (perPage ?? 10), (at ?? 1) * (perPage ?? 10)),
    all: () => Array.from({ length: 20_000 }, (_, id) => ({ id })),
  },
};

let server: GraphQlServer;
let gateway: TestGateway;
let caller: Caller;

beforeAll(async () => {
  server = await startGraphQl(SDL, resolvers);
  const upstreams = { api: { graphql: server.url } };
  gateway = await startGateway({ upstreams, policy: { default: 'allow' } });
  caller = await callerOf('modern', gateway);
});
afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await gateway.close();
  await server[Symbol.asyncDispose]();
});

/** Ids of a page, and the token of the next one; '' for none. */
async function read(tool: string, args: object): Promise<{ ids: number[]; token: string }> {
  const told = await done(caller, `api__${tool}`, args);
  const text = JSON.stringify(told.value ?? '') + told.text;
  const ids = [...text.matchAll(/\\?"id\\?":(\d+)/g)].map(([, id]) => Number(id));
  const [, token = ''] = /_page=([\w-]+(?:\.[\w-]+)*)/.exec(text) ?? [];
  return { ids: [...new Set(ids)], token };
}

async function readAll(tool: string, args: object): Promise<number[][]> {
  const pages: number[][] = [];
  for (let token = ''; pages.length < 20;) {
    const one = await read(tool, token === '' ? args : { ...args, _page: token });
    pages.push(one.ids);
    ({ token } = one);
    if (token === '') break;
  }
  return pages;
}

const ids = (from: number, to: number): number[] => ITEMS.slice(from, to).map(({ id }) => id);

test.each<[string, object, number[][]]>([
  ['both', { first: 20 }, [ids(0, 20), ids(20, 40), ids(40, 45)]],
  ['both', {}, [ids(0, 20), ids(20, 40), ids(40, 45)]],
  ['both', { last: 20 }, [ids(25, 45), ids(5, 25), ids(0, 5)]],
  ['both', { last: 4, before: '6' }, [ids(2, 6), ids(0, 2)]],
  ['both', { first: 10, after: '30' }, [ids(31, 41), ids(41, 45)]],
  // Five may be what the API gives at most, so it is asked once more.
  ['by_offset', { limit: 20 }, [ids(0, 20), ids(20, 40), ids(40, 45), []]],
  ['by_offset', { offset: 40 }, [ids(40, 45)]],
  ['by_page', { perPage: 15, page: 2 }, [ids(15, 30), ids(30, 45), []]],
])('%s with %j is read to its end', async (tool, args, pages) => {
  expect(await readAll(tool, args)).toEqual(pages);
});

test('several pages are read at once where that is asked for', async () => {
  expect((await read('both', { last: 10, _max_items: 30 })).ids.toSorted((a, b) => a - b)).toEqual(
    ids(15, 45),
  );
  expect((await read('by_offset', { _max_items: 100 })).ids).toEqual(ids(0, 45));
});

test('a token of one way does not go the other', async () => {
  const { token } = await read('both', { last: 10 });
  const told = await caller.call('api__both', { first: 10, _page: token });
  expect(told.text).toContain('belongs to a call with other arguments');
});

test('a list without pages that is too long is cut by whole items, and kept', async () => {
  const told = await done(caller, 'api__all', {});
  const text = JSON.stringify(told.value ?? '') + told.text;
  expect(text.length).toBeLessThan(200_000);
  expect(text).toMatch(/drawbridge-result:|read_result/);
});
