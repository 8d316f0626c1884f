/** For tests: a shop that speaks GraphQL, on a port of its own. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { GraphQLError } from 'graphql';

export const SHOP_SDL = `
scalar BigInt
scalar DateTime
scalar Upload
enum Status { OPEN PAID SHIPPED }
"""What to look for."""
input OrderFilter { status: [Status!], minTotal: BigInt, and: [OrderFilter!], customer: CustomerFilter }
input CustomerFilter { name: String, id: ID }
input LineInput { sku: ID!, count: Int! = 1, note: String }
input AddOrderInput { customer: ID!, lines: [LineInput!]!, due: DateTime, express: Boolean = false }
input Place @oneOf { id: ID, code: String }
type Customer { id: ID!, name: String!, email: String, orders(first: Int, after: String): OrderPage! }
type Line { sku: ID!, count: Int! }
type Order { id: ID!, number: BigInt!, status: Status!, note: String, customer: Customer, lines: [Line!]!, secret(key: String!): String, old: String @deprecated }
type PageInfo { hasNextPage: Boolean!, endCursor: String }
type OrderEdge { cursor: String!, node: Order! }
type OrderPage { edges: [OrderEdge!]!, pageInfo: PageInfo!, totalCount: Int! }
union Found = Customer | Order
type Query {
  "The orders of the shop, newest first."
  orders(filter: OrderFilter, first: Int, after: String): OrderPage!
  "One order."
  order(id: ID!): Order
  search(text: String!, limit: Int! = 5): [Found!]!
  "Gives back what it was given."
  echo(big: BigInt, when: DateTime, status: Status = OPEN, filter: OrderFilter, place: Place, list: [[Int!]!], text: String): String!
  hello: String!
}
type Mutation {
  "Adds an order."
  addOrder(input: AddOrderInput!): Order!
  deleteOrder(id: ID!): Boolean!
  attach(order: ID!, file: Upload!): String!
}
type Subscription { orderAdded: Order! }
`;

const COUNT = 45;

function order(at: number): object {
  return {
    id: String(at),
    number: '9007199254740993',
    status: 'OPEN',
    note: null,
    customer: () => {
      if (at % 2 === 1) return { id: 'c1', name: 'Ada', email: 'ada@example.com' };
      throw new GraphQLError('not allowed', { extensions: { code: 'FORBIDDEN' } });
    },
    lines: [{ sku: 's', count: 2 }],
  };
}

const resolvers = {
  Found: { __resolveType: (one: object) => ('number' in one ? 'Order' : 'Customer') },
  Query: {
    orders: (_: unknown, { first, after }: { first?: number; after?: string }) => {
      const from = after === undefined || after === null ? 0 : Number(after);
      const to = Math.min(COUNT, from + (first ?? COUNT));
      const odd = (at: number): number => at * 2 + 1;
      const nodes = Array.from({ length: to - from }, (_one, at) => order(odd(from + at)));
      return {
        edges: nodes.map((node, at) => ({ cursor: String(from + at + 1), node })),
        pageInfo: { hasNextPage: to < COUNT, endCursor: String(to) },
        totalCount: COUNT,
      };
    },
    order: (_: unknown, { id }: { id: string }) => {
      if (id === '404') {
        throw new GraphQLError('no such order', { extensions: { code: 'NOT_FOUND' } });
      }
      return order(Number(id));
    },
    search: () => [order(1), { id: 'c1', name: 'Ada' }],
    echo: (_: unknown, args: object) => JSON.stringify(args),
    hello: () => 'hello',
  },
  Mutation: {
    addOrder: (_: unknown, { input }: { input: { lines: { count: number }[] } }) => {
      if (input.lines.some(({ count }) => count > 100)) {
        throw new GraphQLError('at most 100 of one thing', {
          extensions: { code: 'BAD_USER_INPUT', argumentName: 'input.lines' },
        });
      }
      return { ...order(1), note: JSON.stringify(input) };
    },
    deleteOrder: () => true,
    attach: async (_: unknown, { file }: { file: File }) => `${file.name} ${await file.text()}`,
  },
};

export interface ShopServer extends AsyncDisposable {
  readonly url: string;
  /** Bodies that came, of calls other than introspection. */
  readonly seen: { readonly authorization: string; readonly body: string }[];
}

/** @param key where given, requests without it as a bearer token are refused */
export async function startShop(key = ''): Promise<ShopServer> {
  const seen: ShopServer['seen'] = [];
  const yoga = createYoga({
    schema: createSchema({ typeDefs: SHOP_SDL, resolvers }),
    logging: false,
    maskedErrors: false,
  });
  const server = createServer((request, response) => {
    const authorization = request.headers.authorization ?? '';
    if (key !== '' && authorization !== `Bearer ${key}`) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"errors":[{"message":"who are you?"}]}');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (!body.includes('IntrospectionQuery')) seen.push({ authorization, body });
    });
    void yoga(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
