/** For tests: a real GraphQL server for any schema, on a port of its own. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';

export interface GraphQlServer extends AsyncDisposable {
  readonly url: string;
  /** Bodies that came, of calls other than introspection. */
  readonly seen: string[];
}

/** @param resolvers as graphql-yoga takes them; fields without one are read of their object */
export async function startGraphQl(typeDefs: string, resolvers: object): Promise<GraphQlServer> {
  const seen: string[] = [];
  const yoga = createYoga({
    schema: createSchema({ typeDefs, resolvers: { ...resolvers } }),
    logging: false,
    maskedErrors: false,
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (!body.includes('IntrospectionQuery')) seen.push(body);
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
