/** One endpoint over a legacy server, a modern one and an API, for clients of both eras at once. */
import { fileURLToPath } from 'node:url';
import type { Client } from '@modelcontextprotocol/client';
import type { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import {
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { start as startWeather } from '../../examples/weather/behind.ts';
import { startFixture, type Fixture } from '../kit/fixture/index.ts';
import { startGateway, type TestConfig, type TestGateway } from '../kit/gateway.ts';
import {
  CLIENTS,
  connect,
  type ClientKind,
  type InteractiveClient,
} from '../kit/interactive/clients.ts';
import { callModern, retryOf } from '../kit/interactive/modern-caller.ts';
import { sendModern } from '../kit/modern-request.ts';

const DOCUMENT = fileURLToPath(
  new URL('../../examples/weather/weather.openapi.yaml', import.meta.url),
);
const SERVERS = ['old', 'new'] as const;
const MODES = ['full', 'search'] as const;

let fixtures: Record<(typeof SERVERS)[number], Fixture>;
let weather: Awaited<ReturnType<typeof startWeather>>;
let gateway: TestGateway;
let config: TestConfig;

beforeAll(async () => {
  const [old, modern] = await Promise.all([
    startFixture({ era: 'legacy' }),
    startFixture({ era: 'modern' }),
  ]);
  fixtures = { old, new: modern };
  weather = await startWeather();
  config = {
    upstreams: {
      old: { mcp: { url: old.url, era: '2025-11-25' } },
      new: { mcp: { url: modern.url, era: '2026-07-28' } },
      weather: { openapi: { document: DOCUMENT, url: process.env['WEATHER_URL'] } },
    },
    endpoints: { full: { mode: 'full' }, search: { mode: 'search' } },
  };
  gateway = await startGateway(config);
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([fixtures.old.close(), fixtures.new.close(), weather.stop()]);
});

/** Resolves when no call is under way and nothing waits. */
async function quiet(): Promise<void> {
  const status = () => gateway.gateway.status();
  await expect
    .poll(() => {
      const { parked, open, retrying } = status().interactions;
      return [parked, open, retrying, ...status().upstreams.map((one) => one.callsUnderWay)];
    })
    .toEqual([0, 0, 0, 0, 0, 0]);
}

afterEach(quiet);

const urlOf = (mode: string): string => `${gateway.url}/${mode}`;
const answer = () => ({ action: 'accept', content: { response: 'ann' } });

/** Calls a tool as a client of this mode does: by its name, or through `call_tool`. */
function callIn(
  mode: string,
  client: InteractiveClient,
  name: string,
  args: Record<string, unknown> = {},
  options: Parameters<InteractiveClient['call']>[2] = {},
) {
  return mode === 'full'
    ? client.call(name, args, options)
    : client.call('call_tool', { name, arguments: args }, options);
}

/** The URI of a server's resource, as it is listed here. */
async function uriOf(client: InteractiveClient, server: string): Promise<string> {
  const { resources } = await (client.inner as Client).listResources();
  const found = resources.filter(({ uri }) => uri.includes('watched-resource'));
  expect(found).toHaveLength(2);
  for (const { uri } of found) {
    const before = (await client.read(uri)).contents?.[0]?.text;
    fixtures[server as 'old'].touch();
    if ((await client.read(uri)).contents?.[0]?.text !== before) return uri;
  }
  throw new Error(`no resource of ${server}`);
}

describe.each(MODES)('mode %s', (mode) => {
  describe.each(CLIENTS)('%s', (kind: ClientKind) => {
    test('lists what there is', async () => {
      await using client = await connect(kind, urlOf(mode));
      const { tools } = await (client.inner as Client).listTools();
      const names = tools.map(({ name }) => name);
      const whole = ['old__test_simple_text', 'new__test_simple_text', 'weather__get_forecast'];
      const some = mode === 'full' ? whole : ['search_tools', 'describe_tool', 'call_tool'];
      expect(names).toEqual(expect.arrayContaining(some));
      expect(names.length === 3).toBe(mode === 'search');
      const { prompts } = await (client.inner as Client).listPrompts();
      expect(prompts.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['old__test_simple_prompt', 'new__test_simple_prompt']),
      );
    });

    test('calls the API', async () => {
      await using client = await connect(kind, urlOf(mode));
      const said = await callIn(mode, client, 'weather__get_warnings', { region: 'coast' });
      expect(said.isError ?? false).toBe(false);
      expect(said.content?.[0]?.text).toContain('coast');
    });

    test.each(SERVERS)('is asked what a tool of %s asks', async (server) => {
      await using client = await connect(kind, urlOf(mode), answer);
      const args = { message: 'who?' };
      const said = await callIn(mode, client, `${server}__test_elicitation`, args);
      expect(JSON.stringify(said.content)).toContain('ann');
      expect(client.asked).toMatchObject([{ params: { message: 'who?' } }]);
    });

    test.each(SERVERS)('hears the progress of a tool of %s', async (server) => {
      await using client = await connect(kind, urlOf(mode));
      const seen: number[] = [];
      const onprogress = ({ progress }: { progress: number }): void => void seen.push(progress);
      await callIn(mode, client, `${server}__test_tool_with_progress`, {}, { onprogress });
      expect(seen).toEqual([0, 50, 100]);
    });

    test.each(SERVERS)('hears what a tool of %s logs, from the level it wants', async (server) => {
      await using client = await connect(kind, urlOf(mode));
      const logs: unknown[] = [];
      const name = `${server}__test_logging_tool`;
      const isModern = kind === 'SDK 2.4 modern';
      await wantLogs(kind, client, logs);
      await (isModern
        ? withLogLevel(mode, client.inner as Client, name)
        : callIn(mode, client, name));
      await expect.poll(() => logs).toEqual(['test_logging_tool ran']);
    });

    test.each(SERVERS)('cancels a call of %s', async (server) => {
      await using client = await connect(kind, urlOf(mode));
      const stop = new AbortController();
      const began = Promise.withResolvers<void>();
      const calling = callIn(
        mode,
        client,
        `${server}__test_tool_with_progress`,
        {},
        { signal: stop.signal, onprogress: () => began.resolve() },
      ).catch((error: unknown) => error);
      await began.promise;
      stop.abort();
      expect(await calling).toBeInstanceOf(Error);
      const item = `tool:${server}/test_tool_with_progress`;
      const outcomes = async () =>
        (await gateway.records())
          .filter((record) => record['item'] === item)
          .map((record) => record['outcome']);
      await expect.poll(async () => (await outcomes()).at(-1)).toBe('cancelled');
    });

    test.each(SERVERS)('completes an argument of a prompt of %s', async (server) => {
      await using client = await connect(kind, urlOf(mode));
      const { completion } = await (client.inner as Client).complete({
        ref: { type: 'ref/prompt', name: `${server}__test_prompt_with_arguments` },
        argument: { name: 'arg1', value: 'pa' },
      });
      expect(completion.values).toEqual(['Paris', 'Parma']);
    });

    test.each(SERVERS)('is told of changes of %s', async (server) => {
      await using client = await connect(kind, urlOf(mode));
      const uri = await uriOf(client, server);
      const told = await subscribe(kind, client, uri);
      await expect
        .poll(() => {
          fixtures[server].touch();
          return told.updated;
        })
        .toContain(uri);
      expect(new Set(told.updated)).toEqual(new Set([uri]));
      await gateway.reload(config);
      await expect.poll(() => told.listsChanged).toBeGreaterThan(0);
      await told.close();
    });
  });

  test.each(SERVERS)('the question of a tool of %s comes back to who called', async (server) => {
    const name = `${server}__test_elicitation`;
    const args = { message: 'who?' };
    const [tool, given] = mode === 'full' ? [name, args] : ['call_tool', { name, arguments: args }];
    const before = fixtures[server].counts()['test_elicitation'] ?? 0;
    const asked = await callModern(urlOf(mode), tool, given);
    expect(asked.result.resultType).toBe('input_required');
    const end = await callModern(urlOf(mode), tool, given, { retry: retryOf(asked, answer) });
    expect(JSON.stringify(end.result.content)).toContain('ann');
    expect(fixtures[server].counts()['test_elicitation']).toBe(before + 1);
  });
});

test('a state of call_tool is not one of the tool itself at another endpoint', async () => {
  const name = 'old__test_elicitation';
  const args = { message: 'who?' };
  const inner = { name, arguments: args };
  const asked = await callModern(urlOf('search'), 'call_tool', inner);
  const retry = retryOf(asked, answer);
  const foreign = await callModern(urlOf('full'), name, args, { retry });
  expect(foreign.reason).toBe('state_invalid');
  const end = await callModern(urlOf('search'), 'call_tool', inner, { retry });
  expect(JSON.stringify(end.result.content)).toContain('ann');
});

test.each(SERVERS)('what is read of %s says how long it may be kept', async (server) => {
  await using client = await connect('SDK 2.4 modern', urlOf('full'));
  const uri = await uriOf(client, server);
  const params = `"uri":${JSON.stringify(uri)}`;
  const read = await sendModern(urlOf('full'), { method: 'resources/read', params, name: uri });
  const { result } = JSON.parse(read.messages.at(-1) ?? '') as { result: object };
  expect(result).toMatchObject({ ttlMs: expect.any(Number), cacheScope: 'private' });
  await using session = await connect('SDK 1.32', urlOf('full'));
  const plain = await session.read(uri);
  expect(plain).not.toHaveProperty('ttlMs');
  expect(plain).not.toHaveProperty('resultType');
});

async function wantLogs(
  kind: ClientKind,
  { inner }: InteractiveClient,
  logs: unknown[],
): Promise<void> {
  if (kind === 'SDK 1.32') {
    (inner as ClientV1).setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      logs.push(params.data);
    });
  } else {
    (inner as Client).setNotificationHandler('notifications/message', ({ params }) => {
      logs.push(params.data);
    });
  }
  if (kind !== 'SDK 2.4 modern') await (inner as Client).setLoggingLevel('info');
}

/** A modern client says with each request what it wants to hear. */
function withLogLevel(mode: string, client: Client, name: string): Promise<unknown> {
  const _meta = { 'io.modelcontextprotocol/logLevel': 'info' };
  return mode === 'full'
    ? client.callTool({ name, arguments: {}, _meta } as never)
    : client.callTool({ name: 'call_tool', arguments: { name, arguments: {} }, _meta } as never);
}

/** What a client is told of, by `subscriptions/listen` or by `resources/subscribe`. */
async function subscribe(kind: ClientKind, { inner }: InteractiveClient, uri: string) {
  const told = { updated: [] as string[], listsChanged: 0, close: async () => {} };
  if (kind === 'SDK 1.32') {
    const client = inner as ClientV1;
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      told.updated.push(params.uri);
    });
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      told.listsChanged++;
    });
  } else {
    const client = inner as Client;
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      told.updated.push(params.uri);
    });
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      told.listsChanged++;
    });
  }
  if (kind === 'SDK 2.4 modern') {
    const filter = { toolsListChanged: true, resourceSubscriptions: [uri] };
    const subscription = await (inner as Client).listen(filter);
    told.close = () => subscription.close();
  } else {
    await (inner as Client).subscribeResource({ uri });
    told.close = async () => {
      await (inner as Client).unsubscribeResource({ uri });
    };
  }
  return told;
}
