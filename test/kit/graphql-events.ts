/** For tests: a GraphQL API with subscriptions, over WebSocket and server-sent events. */
import { createServer, type IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga, Repeater } from 'graphql-yoga';
import { WebSocketServer } from 'ws';

export const EVENTS_SDL = `
scalar BigInt
enum Status { OPEN PAID }
input Filter { minTotal: Int, statuses: [Status!] }
type Order { id: ID!, number: BigInt!, status: Status!, note: String }
type Query { hello: String! }
type Subscription {
  "Orders as they come in."
  orderAdded: Order!
  "What becomes of one order."
  orderChanged(id: ID!, status: Status): Order!
  filtered(filter: Filter, ids: [ID!], limit: Int = 3): String!
  "Who the API takes the caller for."
  caller: String!
  counted(to: Int!): Int!
  forbidden: String!
}
`;

type Topics = {
  orderAdded: [order: object];
  orderChanged: [id: string, order: object];
  caller: [who: string, text: string];
};

export interface EventsServer extends AsyncDisposable {
  readonly url: string;
  /** Handshakes and event streams: `websocket Bearer x {...connection_init}`, `sse Bearer x`. */
  readonly opened: string[];
  /** Subscriptions that run. */
  readonly running: () => number;
  add(order: object): void;
  change(id: string, order: object): void;
  /** Tells those whom the API takes for somebody. */
  tell(who: string, text: string): void;
  /** Cuts all WebSockets and event streams. */
  cut(): void;
}

export interface EventsWishes {
  /** Without it there is no WebSocket there. */
  readonly hasWebSocket?: boolean;
  /** Requests without one of these as a bearer token are refused. */
  readonly tokens?: readonly string[];
  /** Only the first message of a WebSocket says who calls. */
  readonly readsInitOnly?: boolean;
}

export async function startEvents(wishes: EventsWishes = {}): Promise<EventsServer> {
  const { hasWebSocket = true, tokens = [], readsInitOnly = false } = wishes;
  const topics = createPubSub<Topics>();
  const opened: string[] = [];
  let running = 0;
  const whoOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string =>
    (headers.authorization ?? '').replace('Bearer ', '');
  const isKnown = (who: string): boolean => tokens.length === 0 || tokens.includes(who);
  /** Counts as running until it is given up; a generator would notice that with its next value. */
  const counted = <Value>(values: AsyncIterable<Value>): AsyncIterableIterator<Value> => {
    const inner = values[Symbol.asyncIterator]();
    let isOver = false;
    running++;
    return {
      next: () => inner.next(),
      return: async () => {
        if (!isOver) running--;
        isOver = true;
        return (await inner.return?.()) ?? { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  const subscription = (subscribe: unknown) => ({ subscribe, resolve: (value: unknown) => value });
  const schema = createSchema<{ who: string }>({
    typeDefs: EVENTS_SDL,
    resolvers: {
      Query: { hello: () => 'hello' },
      Subscription: {
        orderAdded: subscription(() => counted(topics.subscribe('orderAdded'))),
        orderChanged: subscription((_: unknown, { id }: { id: string }) =>
          counted(topics.subscribe('orderChanged', id)),
        ),
        filtered: subscription((_: unknown, args: object) =>
          counted(Repeater.merge([[JSON.stringify(args)], topics.subscribe('caller', 'nobody')])),
        ),
        caller: subscription((_: unknown, __: object, { who }: { who: string }) =>
          counted(Repeater.merge([[`you are ${who}`], topics.subscribe('caller', who)])),
        ),
        counted: subscription(async function* count(_: unknown, { to }: { to: number }) {
          for (let at = 1; at <= to; at++) yield at;
        }),
        forbidden: subscription(() => {
          throw new GraphQLError('only its own people may hear it');
        }),
      },
    } as never,
  });
  const yoga = createYoga({
    schema,
    logging: false,
    maskedErrors: false,
    context: ({ request }) => ({
      who: (request.headers.get('authorization') ?? '').replace('Bearer ', ''),
    }),
  });
  const server = createServer((request, response) => {
    if (!isKnown(whoOf(request))) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"errors":[{"message":"who are you?"}]}');
      return;
    }
    if (request.headers.accept === 'text/event-stream') opened.push(`sse ${whoOf(request)}`);
    void yoga(request, response);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (!hasWebSocket) {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
    } else if (!readsInitOnly && !isKnown(whoOf(request))) {
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
    } else {
      sockets.handleUpgrade(request, socket, head, (made) => {
        sockets.emit('connection', made, request);
      });
    }
  });
  const initWho = (init: Record<string, unknown> | undefined): string =>
    String(init?.['authorization'] ?? '').replace('Bearer ', '');
  useServer(
    {
      schema,
      onConnect: ({ extra, connectionParams }) => {
        const { headers } = extra.request;
        opened.push(
          `websocket ${headers.authorization ?? ''} ${JSON.stringify(connectionParams ?? {})}`,
        );
        return !readsInitOnly || isKnown(initWho(connectionParams));
      },
      context: ({ extra, connectionParams }) => ({
        who: readsInitOnly ? initWho(connectionParams) : whoOf(extra.request),
      }),
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = (): void => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  };
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    opened,
    running: () => running,
    add: (order) => topics.publish('orderAdded', order),
    change: (id, order) => topics.publish('orderChanged', id, order),
    tell: (who, text) => topics.publish('caller', who, text),
    cut,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.close(CloseCode.InternalServerError);
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
