/** Clients of both eras that read and subscribe to feeds. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect } from 'vitest';
import type { TestGateway } from '../../kit/gateway.ts';

export const ERAS = ['modern', 'legacy'] as const;
export type CallerEra = (typeof ERAS)[number];

export interface FeedContent {
  readonly feed: string;
  readonly state: string;
  readonly dropped: number;
  readonly notes?: readonly string[];
  readonly events: readonly {
    readonly id: string;
    readonly data?: unknown;
    readonly errors?: unknown;
    readonly headers?: Record<string, string>;
    readonly body?: unknown;
  }[];
}

export interface FeedReader extends AsyncDisposable {
  readonly client: Client;
  /** URIs that were told to have changed. */
  readonly updated: string[];
  read(uri: string): Promise<FeedContent>;
  /** Asks for the updates of resources. @returns what ends it */
  subscribe(uri: string): Promise<() => Promise<void>>;
  /** Waits until the content of a feed fits. */
  until(uri: string, fits: (content: FeedContent) => boolean): Promise<FeedContent>;
}

export async function feedReader(
  era: CallerEra,
  gateway: TestGateway,
  headers: Record<string, string> = {},
): Promise<FeedReader> {
  const mode = era === 'modern' ? { pin: '2026-07-28' } : ('legacy' as const);
  const client = new Client({ name: era, version: '1' }, { versionNegotiation: { mode } });
  const requestInit = { headers };
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url), { requestInit }));
  const updated: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    updated.push(params.uri);
  });
  const read = async (uri: string): Promise<FeedContent> => {
    const { contents } = await client.readResource({ uri });
    const [content] = contents;
    if (content === undefined || !('text' in content)) throw new Error(`no text at ${uri}`);
    return JSON.parse(content.text) as FeedContent;
  };
  return {
    client,
    updated,
    read,
    subscribe: async (uri) => {
      if (era === 'modern') {
        const subscription = await client.listen({ resourceSubscriptions: [uri] });
        return () => subscription.close();
      }
      await client.subscribeResource({ uri });
      return async () => {
        await client.unsubscribeResource({ uri });
      };
    },
    until: async (uri, fits) => {
      let content = await read(uri);
      await expect
        .poll(async () => {
          content = await read(uri);
          return fits(content) ? 'fits' : content;
        })
        .toBe('fits');
      return content;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
