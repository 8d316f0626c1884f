/** Arguments that the configuration decides, over real sockets: both eras, sessions, plain HTTP. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bearer, openKeys } from '../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { sendModern } from '../kit/modern-request.ts';
import { ask, callTool } from '../kit/rest-request.ts';
import { startScripted, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

const SECRET = 'hidden-value-7f3a';

const FIND = JSON.stringify({
  name: 'find',
  description: 'Finds contacts.',
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string' },
      owner: { type: 'string', description: 'Whose contacts.' },
      tenant: { type: 'string', 'x-mcp-header': 'Tenant' },
      limit: { type: 'integer', maximum: 100 },
      filter: { $ref: '#/$defs/Filter' },
    },
    required: ['query', 'owner', 'tenant'],
    additionalProperties: false,
    $defs: {
      Filter: {
        type: 'object',
        properties: { region: { type: 'string' }, active: { type: 'boolean' } },
        required: ['region'],
      },
    },
  },
});
const GREET = JSON.stringify({
  name: 'greet',
  arguments: [
    { name: 'who', required: true },
    { name: 'tone', required: true },
    { name: 'tenant' },
  ],
});

const ENDPOINT = {
  mode: 'full',
  items: {
    'crm/find': { name: 'contacts', title: 'Contacts', description: 'Finds our contacts.' },
  },
  arguments: [
    { items: ['crm/*'], argument: 'tenant', fix: SECRET, hide: true },
    { items: ['crm/find'], argument: 'owner', fix: { from: 'principal.user' } },
    { items: ['crm/*'], argument: 'limit', default: 10 },
    { items: ['crm/*'], argument: '/filter/region', fix: 'eu', hide: true },
    { items: ['crm/fnid'], argument: 'owner', fix: 'x' },
    { items: ['prompt:crm/greet'], argument: 'tone', fix: 'kind', who: { teams: ['sales'] } },
  ],
};

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let alice: Record<string, string>;
let bob: Record<string, string>;

beforeAll(async () => {
  upstream = await startScripted({
    tools: [FIND, '{"name":"other","inputSchema":{"type":"object","properties":{"x":{}}}}'],
    prompts: [GREET],
    answer: ({ message }) => {
      if (message.method === 'prompts/get') return '{"resultType":"complete","messages":[]}';
      if (message.params?.['inputResponses'] === undefined && asks(message.params)) {
        return '{"resultType":"input_required","requestState":"s1","inputRequests":{"q":{"method":"elicitation/create","params":{"message":"Sure?","requestedSchema":{"type":"object","properties":{}}}}}}';
      }
      return message.method === 'tools/call'
        ? '{"resultType":"complete","content":[{"type":"text","text":"done"}]}'
        : undefined;
    },
  });
  gateway = await startGateway({
    identity: { keys: true },
    policy: {
      rules: [
        { allow: ['crm/*'] },
        { name: 'only own', deny: ['crm/find'], when: 'args.owner != principal.user' },
      ],
    },
    upstreams: { crm: { mcp: { url: upstream.url, era: '2026-07-28' } } },
    endpoints: { default: ENDPOINT, search: { ...ENDPOINT, mode: 'search' } },
  });
  const keys = await openKeys(gateway.stateDir);
  const add = async (user: string, team: string) => bearer((await keys.add({ user, team })).text);
  alice = { ...(await add('alice', 'sales')) };
  bob = { ...(await add('bob', 'support')) };
  await keys[Symbol.asyncDispose]();
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

let before = 0;
beforeEach(() => {
  before = upstream.calls.length;
});

/** What the upstream was asked in this test. */
const calls = () => upstream.calls.slice(before);

function asks(params: Record<string, unknown> | undefined): boolean {
  return JSON.stringify(params?.['arguments'] ?? {}).includes('ask me');
}

function lastCall() {
  const call = calls().at(-1);
  if (call === undefined) throw new Error('nothing was called');
  return { args: call.message.params?.['arguments'], headers: call.headers, text: call.text };
}

async function clientOf(era: 'modern' | 'legacy', headers: Record<string, string>, path = '/mcp') {
  const client = new Client(
    { name: 'c', version: '1' },
    {
      versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } },
      capabilities: { elicitation: {} },
    },
  );
  client.setRequestHandler('elicitation/create', () =>
    Promise.resolve({ action: 'accept' as const, content: {} }),
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${gateway.origin}${path}`), {
      requestInit: { headers },
    }),
  );
  return client;
}

const SHOWN = (owner: string) => ({
  type: 'object',
  properties: {
    query: { type: 'string' },
    owner: { type: 'string', description: 'Whose contacts.', const: owner, default: owner },
    limit: { type: 'integer', maximum: 100, default: 10 },
    filter: { type: 'object', properties: { active: { type: 'boolean' } } },
  },
  required: ['query'],
  additionalProperties: false,
});

describe.each(['modern', 'legacy'] as const)('%s', (era) => {
  test('lists show what is decided, and nothing of what is hidden', async () => {
    for (const [caller, user] of [
      [alice, 'alice'],
      [bob, 'bob'],
      [alice, 'alice'],
    ] as const) {
      const client = await clientOf(era, caller);
      const { tools } = await client.listTools();
      const tool = tools.find(({ name }) => name === 'contacts');
      expect(tool).toMatchObject({ title: 'Contacts', description: 'Finds our contacts.' });
      expect(tool?.inputSchema).toEqual(SHOWN(user));
      const { prompts } = await client.listPrompts();
      const tone =
        user === 'alice'
          ? { name: 'tone', required: false, description: 'Always "kind" here.' }
          : { name: 'tone', required: true };
      expect(prompts[0]?.arguments).toEqual([{ name: 'who', required: true }, tone]);
      expect(JSON.stringify([tools, prompts])).not.toMatch(/tenant|region|hidden-value/);
      await client.close();
    }
  });

  test('what leaves holds what is decided, and headers say the same', async () => {
    const client = await clientOf(era, alice);
    const args = { query: 'x', filter: { active: true } };
    await client.callTool({ name: 'contacts', arguments: args });
    const { args: sent, headers } = lastCall();
    expect(sent).toEqual({
      query: 'x',
      owner: 'alice',
      tenant: SECRET,
      limit: 10,
      filter: { active: true, region: 'eu' },
    });
    expect(headers['mcp-param-tenant']).toBe(SECRET);
    await client.getPrompt({ name: 'crm__greet', arguments: { who: 'you' } });
    expect(lastCall().args).toEqual({ who: 'you', tone: 'kind', tenant: SECRET });
    await client.callTool({ name: 'crm__other', arguments: { x: 1 } });
    expect(lastCall().args).toEqual({ x: 1 });
    await client.close();
  });

  test.each([
    [{ owner: 'bob' }, 'The argument "owner" is always "alice" here'],
    [{ tenant: 'mine' }, 'The argument "tenant" is not taken here'],
    [{ tenant: SECRET }, 'The argument "tenant" is not taken here'],
    [{ filter: { region: 'us' } }, 'The argument "/filter/region" is not taken here'],
    [{ filter: '{"region":"us"}' }, 'The argument "filter" must be an object here'],
    [{ filter: [{ region: 'us' }] }, 'The argument "filter" must be an object here'],
  ])('%j is refused, and teaches', async (more, text) => {
    const client = await clientOf(era, alice);
    const result = await client.callTool({ name: 'contacts', arguments: { query: 'x', ...more } });
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result.content)).toContain(JSON.stringify(text).slice(1, -1));
    expect(JSON.stringify(result).replaceAll('tenant', '')).not.toContain(SECRET);
    expect(calls()).toEqual([]);
    await client.close();
  });

  test('answers to questions go with the same arguments', async () => {
    const client = await clientOf(era, alice);
    await client.callTool({ name: 'contacts', arguments: { query: 'ask me' } });
    expect(calls()).toHaveLength(2);
    for (const { message } of calls()) {
      expect(message.params?.['arguments']).toMatchObject({ owner: 'alice', tenant: SECRET });
    }
    await client.close();
  });

  test('tools that are found are described and called alike', async () => {
    const client = await clientOf(era, alice, '/mcp/search');
    const call = (name: string, args: Record<string, unknown>) =>
      client.callTool({ name, arguments: args });
    const found = await call('search_tools', { query: 'contacts' });
    expect(found.structuredContent).toMatchObject({
      tools: [{ name: 'contacts', required: { query: 'string' } }],
    });
    const described = await call('describe_tool', { name: 'contacts' });
    expect(described.structuredContent).toMatchObject({ tools: [{ inputSchema: SHOWN('alice') }] });
    const bySecret = await call('search_tools', { query: 'tenant' });
    expect(JSON.stringify([found, described, bySecret])).not.toMatch(/region|hidden-value/);
    expect(bySecret.structuredContent).toMatchObject({ tools: [] });
    await call('call_tool', { name: 'contacts', arguments: { query: 'x' } });
    expect(lastCall().args).toMatchObject({ query: 'x', owner: 'alice', tenant: SECRET });
    await call('call_tool', { name: 'contacts' });
    expect(lastCall().args).toMatchObject({ owner: 'alice', tenant: SECRET });
    const refused = await call('call_tool', { name: 'contacts', arguments: { owner: 'bob' } });
    expect(refused).toMatchObject({ isError: true });
    await client.close();
  });
});

describe('plain HTTP', () => {
  test('is described, called and refused alike', async () => {
    const { text } = await ask(gateway, '/api/default/openapi.json', { headers: alice });
    const document = JSON.parse(text);
    const { schema } =
      document.paths['/tools/contacts'].post.requestBody.content['application/json'];
    expect(schema).toEqual(SHOWN('alice'));
    expect(text).not.toMatch(/tenant|region|hidden-value/);
    await callTool(gateway, 'contacts', '{"query":"x","filter":{}}', alice);
    expect(lastCall().args).toMatchObject({
      owner: 'alice',
      tenant: SECRET,
      filter: { region: 'eu' },
    });
    const refused = await callTool(gateway, 'contacts', '{"query":"x","owner":"bob"}', alice);
    expect(refused.status).toBe(400);
    expect(refused.json()).toMatchObject({ reason: 'argument_fixed' });
  });
});

describe('raw bytes', () => {
  const call = (args: string) =>
    sendModern(gateway.url, {
      method: 'tools/call',
      name: 'contacts',
      params: `"name":"contacts","arguments":${args}`,
      headers: alice,
    });

  test('every byte beside what is decided stays', async () => {
    await call('{ "query" : "\\u0078" , "n":1.0,"m":2.50e1 }');
    expect(lastCall().text).toContain(' "query" : "\\u0078" , "n":1.0,"m":2.50e1 }');
  });

  test.each([
    ['{"query":"x","owner":"bob","owner":"alice"}', 'duplicate_key'],
    ['{"query":"x","\\u006fwner":"bob"}', 'argument_fixed'],
    ['{"query":"x","owner":"alice","\\u006fwner":"bob"}', 'duplicate_key'],
    ['{"query":"x","ten\\u0061nt":"mine"}', 'argument_fixed'],
    ['["owner"]', 'params_invalid'],
    ['{"query":"x","filter":{"r\\u0065gion":"us"}}', 'argument_fixed'],
  ])('%s is %s', async (args, reason) => {
    const { text } = await call(args);
    expect(text).toContain(reason);
    expect(text).not.toContain(SECRET);
    expect(calls()).toEqual([]);
  });

  test('a member of another name is another member', async () => {
    await call('{"query":"x","__proto__":{"owner":"bob","tenant":"mine"},"Owner":"bob"}');
    const { text } = lastCall();
    expect(text).toContain('"__proto__":{"owner":"bob","tenant":"mine"}');
    expect(text).toContain('"owner":"alice"');
    expect(text).toContain(`"tenant":"${SECRET}"`);
  });
});

test('the record says which arguments were decided, and no value', async () => {
  await callTool(gateway, 'contacts', '{"query":"x"}', alice);
  const records = await gateway.records();
  expect(records.findLast((each) => each['outcome'] === 'answered')).toMatchObject({
    item: 'tool:crm/find',
    publicName: 'contacts',
    bound: ['tenant', 'owner', 'limit', '/filter/region'],
  });
  expect(JSON.stringify(records)).not.toContain(SECRET);
  expect(gateway.log.join('\n')).not.toContain(SECRET);
});

test('names that no list has are warned of once', () => {
  const warnings = gateway.log.filter((line) => line.includes('fnid'));
  expect(warnings).toEqual([
    'warn endpoints.default: crm lists nothing called "fnid" {}',
    'warn endpoints.search: crm lists nothing called "fnid" {}',
  ]);
});
