/** Clients of both eras find, describe and call tools that are not listed, over a scripted upstream. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { startScripted, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

const MIRRORED = JSON.stringify({
  name: 'get_contact',
  description: 'Reads one contact.\nWith all its notes.',
  inputSchema: {
    type: 'object',
    properties: { id: { type: 'integer', 'x-mcp-header': 'Contact' }, fields: { type: 'string' } },
    required: ['id'],
  },
  annotations: { readOnlyHint: true },
});
const HIDDEN = '{"name":"drop_contacts","inputSchema":{"type":"object"}}';

/** What both generations of clients can do. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string; description?: string | undefined }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

interface Answer {
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
}

const CLIENTS: Readonly<Record<string, (url: string) => Promise<AnyClient>>> = {
  'SDK 1, sessions': async (url) => {
    const client = new ClientV1({ name: 'v1', version: '1' });
    await client.connect(new TransportV1(new URL(url)));
    return client as unknown as AnyClient;
  },
  'SDK 2, 2026-07-28': async (url) => {
    const client = new Client(
      { name: 'v2', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    return client as unknown as AnyClient;
  },
};

describe.each(Object.keys(CLIENTS))('%s', (kind) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScripted({
      tools: [MIRRORED, HIDDEN],
      answer: ({ message }) =>
        JSON.stringify({
          resultType: 'complete',
          content: [
            { type: 'text', text: `called with ${JSON.stringify(message.params?.['arguments'])}` },
          ],
        }),
    });
    gateway = await startGateway({
      upstreams: { crm: { mcp: { url: upstream.url, era: '2026-07-28' } } },
      endpoints: {
        default: { mode: 'search' },
        short: { mode: 'compact' },
        whole: { mode: 'full' },
      },
      policy: { rules: [{ deny: ['crm/drop*'] }, { allow: ['*'] }] },
    });
  });

  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const call = async (client: AnyClient, name: string, args: Record<string, unknown>) =>
    (await client.callTool({ name, arguments: args })) as Answer;
  const connect = async (endpoint = '') => {
    const client = await CLIENTS[kind]?.(`${gateway.url}${endpoint}`);
    if (client === undefined) throw new Error('no such client');
    return client;
  };

  test('searches, describes and calls', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['search_tools', 'describe_tool', 'call_tool']);

    const found = await call(client, 'search_tools', { query: 'read a contact' });
    expect(found.structuredContent).toMatchObject({
      tools: [
        {
          name: 'crm__get_contact',
          line: 'Reads one contact.',
          required: { id: 'integer' },
          optional: ['fields'],
          effect: 'read',
        },
      ],
      matches: 1,
    });

    const described = await call(client, 'describe_tool', { name: 'crm__get_contact' });
    expect(described.structuredContent).toMatchObject({
      tools: [{ name: 'crm__get_contact', description: expect.stringContaining('all its notes') }],
    });

    const args = { name: 'crm__get_contact', arguments: { id: 7, fields: 'ü' } };
    const answer = await call(client, 'call_tool', args);
    expect(answer.content[0]?.text).toBe('called with {"id":7,"fields":"ü"}');
    expect(upstream.calls.at(-1)?.headers).toMatchObject({
      'mcp-name': 'get_contact',
      'mcp-param-contact': '7',
    });
    await client.close();
  });

  test('calls a tool that is not listed by its public name', async () => {
    const client = await connect();
    const answer = await call(client, 'crm__get_contact', { id: 8 });
    expect(answer.content[0]?.text).toBe('called with {"id":8}');
    await client.close();
  });

  test('learns in words what was wrong, and nothing of what is hidden', async () => {
    const client = await connect();
    const texts: string[] = [];
    for (const name of ['crm__drop_contacts', 'crm__no_such_tool']) {
      const answer = await call(client, 'call_tool', { name, arguments: {} });
      expect(answer.isError).toBe(true);
      texts.push((answer.content[0]?.text ?? '').replace(/decision \S+/, 'decision'));
    }
    expect(texts[0]).toBe(texts[1]);
    const wrong = await call(client, 'call_tool', { name: 'crm__get_contact', id: 7 });
    expect(wrong.isError).toBe(true);
    expect(wrong.content[0]?.text).toContain('goes into "arguments"');
    await client.close();
  });

  test('lists in one line where the endpoint is compact, in full where it is full', async () => {
    const short = await connect('/short');
    const listed = (await short.listTools()).tools;
    expect(listed.map(({ name }) => name)).toEqual(['describe_tool', 'crm__get_contact']);
    expect(listed[1]?.description).toBe('Reads one contact.');
    expect((await call(short, 'crm__get_contact', { id: 9 })).content[0]?.text).toContain(
      '{"id":9}',
    );
    await short.close();
    const whole = await connect('/whole');
    expect((await whole.listTools()).tools.map(({ name }) => name)).toEqual(['crm__get_contact']);
    await whole.close();
  });

  test('leaves records that name the tool and how it was called', async () => {
    const records = await gateway.records();
    const viaCall = records.filter((record) => record['via'] === 'call_tool');
    expect(viaCall[0]).toMatchObject({
      method: 'tools/call',
      item: 'tool:crm/get_contact',
      publicName: 'crm__get_contact',
      decided: 'allow',
      outcome: 'answered',
      isError: false,
    });
    expect(viaCall.find((record) => record['asked'] === 'crm__drop_contacts')).toMatchObject({
      outcome: 'refused',
      reason: 'item_unknown',
    });
    const searched = records.find((record) => record['asked'] === 'search_tools');
    expect(searched).toMatchObject({ rule: 'view', outcome: 'answered', isError: false });
    const wrong = records.find((record) => record['asked'] === 'call_tool');
    expect(wrong).toMatchObject({ outcome: 'answered', isError: true });
  });
});
