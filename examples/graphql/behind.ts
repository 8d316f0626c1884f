/** A shop that speaks GraphQL: orders and customers, kept in memory. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { GraphQLError } from 'graphql';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';

const SCHEMA = new URL('schema.graphql', import.meta.url);
const CATALOG: Readonly<Record<string, { readonly name: string; readonly cents: number }>> = {
  rope: { name: 'Rope, 20 m', cents: 3900 },
  anchor: { name: 'Anchor', cents: 12_900 },
  lamp: { name: 'Lamp', cents: 2450 },
};
const FIRST_NUMBER = 9_007_199_254_740_993n;

interface Line {
  readonly sku: string;
  readonly count: number;
}

interface Order {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly note: string | null;
  readonly customerId: string;
  readonly lines: readonly Line[];
}

interface Filter {
  readonly status?: readonly string[] | null;
  readonly customerId?: string | null;
  readonly minTotalCents?: number | null;
}

class Shop {
  /** What happens to orders, for whoever subscribed. */
  readonly news = createPubSub<{ added: [order: Order]; changed: [id: string, order: Order] }>();
  readonly customers = ['Ada', 'Grace', 'Linus'].map((name, at) => ({ id: `c${at + 1}`, name }));
  private readonly orders = new Map<string, Order>();

  constructor() {
    const skus = Object.keys(CATALOG);
    for (let at = 0; at < 45; at++) {
      const line = { sku: skus[at % skus.length] ?? 'rope', count: (at % 4) + 1 };
      this.add({ customerId: `c${(at % 3) + 1}`, lines: [line], note: null });
      if (at % 3 === 0) this.change(String(at + 1), { status: 'SHIPPED' });
    }
  }

  add(wanted: Pick<Order, 'customerId' | 'lines'> & { readonly note?: string | null }): Order {
    if (!this.customers.some(({ id }) => id === wanted.customerId)) {
      throw refused('there is no such customer', 'BAD_USER_INPUT', 'input.customerId');
    }
    for (const [at, { sku, count }] of wanted.lines.entries()) {
      const place = `input.lines[${at}]`;
      if (!Object.hasOwn(CATALOG, sku)) {
        const known = Object.keys(CATALOG).join(', ');
        throw refused(`must be one of ${known}`, 'BAD_USER_INPUT', `${place}.sku`);
      }
      if (count < 1 || count > 99) {
        throw refused('must be from 1 to 99', 'BAD_USER_INPUT', `${place}.count`);
      }
    }
    const id = String(this.orders.size + 1);
    const number = String(FIRST_NUMBER + BigInt(this.orders.size) * 2n);
    const order = { id, number, status: 'OPEN', note: null, ...wanted };
    this.orders.set(id, order);
    this.news.publish('added', order);
    return order;
  }

  find(id: string): Order {
    const order = this.orders.get(id);
    if (order === undefined) throw refused('there is no such order', 'NOT_FOUND');
    return order;
  }

  change(id: string, change: Partial<Order>): Order {
    const changed = { ...this.find(id), ...change };
    this.orders.set(id, changed);
    this.news.publish('changed', id, changed);
    return changed;
  }

  list(filter: Filter | null | undefined): Order[] {
    const { status, customerId, minTotalCents } = filter ?? {};
    return [...this.orders.values()]
      .reverse()
      .filter((order) => status?.includes(order.status) ?? true)
      .filter((order) => customerId === order.customerId || (customerId ?? null) === null)
      .filter((order) => totalOf(order) >= (minTotalCents ?? 0));
  }
}

function totalOf({ lines }: Order): number {
  return lines.reduce((sum, { sku, count }) => sum + count * (CATALOG[sku]?.cents ?? 0), 0);
}

function refused(message: string, code: string, argumentName?: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, argumentName } });
}

interface Page {
  readonly filter?: Filter | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

function pageOf(shop: Shop, { filter, first, after }: Page): object {
  const all = shop.list(filter);
  const from = Number(after ?? 0) || 0;
  const to = Math.min(all.length, from + Math.min(first ?? 100, 100));
  return {
    nodes: all.slice(from, to),
    pageInfo: { hasNextPage: to < all.length, endCursor: String(to) },
    totalCount: all.length,
  };
}

const itself = (order: Order): Order => order;

function resolversOf(shop: Shop) {
  return {
    Query: {
      orders: (_: unknown, page: Page) => pageOf(shop, page),
      order: (_: unknown, { id }: { id: string }) => shop.find(id),
      customers: () => shop.customers,
    },
    Mutation: {
      addOrder: (_: unknown, { input }: { input: Parameters<Shop['add']>[0] }) => shop.add(input),
      setNote: (_: unknown, { id, note }: { id: string; note?: string | null }) =>
        shop.change(id, note === undefined ? {} : { note }),
      cancelOrder: (_: unknown, { id }: { id: string }) => {
        if (shop.find(id).status === 'SHIPPED') throw refused('it was shipped', 'CONFLICT');
        return shop.change(id, { status: 'CANCELLED' });
      },
    },
    Subscription: {
      orderAdded: { subscribe: () => shop.news.subscribe('added'), resolve: itself },
      orderChanged: {
        subscribe: (_: unknown, { id }: { id: string }) => shop.news.subscribe('changed', id),
        resolve: itself,
      },
    },
    Order: {
      totalCents: totalOf,
      customer: ({ customerId }: Order) => shop.customers.find(({ id }) => id === customerId),
      lines: ({ lines }: Order) =>
        lines.map((line) => ({ ...line, name: CATALOG[line.sku]?.name ?? '' })),
    },
    Customer: {
      // Grace keeps hers to herself, so that there is an answer with a part missing.
      email: ({ name }: { name: string }) => {
        if (name === 'Grace') throw refused('only her own people may read it', 'FORBIDDEN');
        return `${name.toLowerCase()}@example.com`;
      },
    },
  };
}

/** Starts the shop; the configuration finds it by SHOP_URL. */
export async function start(): Promise<{ stop(): Promise<void>; readonly note: string }> {
  const typeDefs = readFileSync(SCHEMA, 'utf8');
  const schema = createSchema({ typeDefs, resolvers: resolversOf(new Shop()) });
  const yoga = createYoga({ schema, logging: false, maskedErrors: false });
  const server = createServer((request, response) => void yoga(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}/graphql`;
  process.env['SHOP_URL'] = url;
  return {
    note: `The shop takes GraphQL at ${url}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
