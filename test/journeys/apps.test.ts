/** MCP Apps and other extensions: pages of tools stay readable, settings reach whom they are for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { LegacyCaller } from '../kit/legacy-caller.ts';
import { sendRaw } from '../kit/modern-request.ts';
import { startScripted, type Received, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

const UI = 'io.modelcontextprotocol/ui';
const MIME = { mimeTypes: ['text/html;profile=mcp-app'] };
const OTHER = 'com.example/other';
const DECLARED = { extensions: { [UI]: MIME, [OTHER]: { n: 1 } } };
const PAGE = 'ui://chart/view.html';

const chart = JSON.stringify({
  name: 'chart',
  description: 'Draws a chart.',
  inputSchema: { type: 'object' },
  _meta: { ui: { resourceUri: PAGE, csp: 'x' }, 'ui/resourceUri': PAGE, kept: 1 },
});
const redraw = JSON.stringify({
  name: 'redraw',
  description: 'Draws the chart again.',
  inputSchema: { type: 'object' },
  _meta: { ui: { visibility: ['app'] } },
});

let upstreams: Record<'new' | 'old' | 'plain', ScriptedUpstream>;
let gateway: TestGateway;

function start(era: 'modern' | 'legacy', isListed: boolean): Promise<ScriptedUpstream> {
  const members = era === 'modern' ? '"resultType":"complete",' : '';
  return startScripted({
    era,
    capabilities: `{"tools":{},"resources":{},"extensions":{"${UI}":${JSON.stringify(MIME)},"${OTHER}":{}}}`,
    tools: [chart, redraw],
    resources: isListed ? [`{"uri":"${PAGE}","name":"page"}`] : [],
    templates: [],
    answer: ({ message: { method, params } }) => {
      if (method === 'tools/call') {
        return `{${members}"content":[],"_meta":{"ui":{"resourceUri":"${PAGE}"},"n":1e400}}`;
      }
      const read = `"contents":[{"uri":"${String(params?.['uri'])}","text":"${era}"}]`;
      return method === 'resources/read' ? `{${members}${read}}` : undefined;
    },
  });
}

beforeAll(async () => {
  upstreams = {
    new: await start('modern', true),
    old: await start('legacy', true),
    plain: await start('modern', false),
  };
  gateway = await startGateway({
    upstreams: {
      new: { mcp: upstreams.new.url },
      old: { mcp: { url: upstreams.old.url, era: '2025-11-25' } },
      plain: { mcp: upstreams.plain.url },
    },
    endpoints: {
      default: {},
      one: { include: ['plain/*'] },
      compact: { mode: 'compact' },
      search: { mode: 'search' },
    },
  });
});

afterAll(async () => {
  await gateway.close();
  for (const upstream of Object.values(upstreams)) await upstream.close();
});

interface Tool {
  readonly name: string;
  readonly _meta?: { readonly ui?: { resourceUri?: string; visibility?: string[] } };
}
interface Result {
  readonly capabilities: { readonly extensions?: object };
  readonly tools: readonly Tool[];
  readonly contents: readonly { readonly uri: string; readonly text: string }[];
  readonly content: readonly { readonly text: string }[];
  readonly _meta: { readonly ui: { readonly resourceUri: string } };
}

let lastId = 0;

async function say(method: string, params: object = {}, path = 'mcp') {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': DECLARED,
  };
  const message = { jsonrpc: '2.0', id: ++lastId, method, params: { ...params, _meta } };
  const named: { uri?: string; name?: string } = params;
  const { text } = await sendRaw(`${gateway.origin}/${path}`, JSON.stringify(message), {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    'mcp-name': named.uri ?? named.name ?? '',
  });
  return { text, result: (JSON.parse(text) as { result: Result }).result };
}

const tools = async (path = 'mcp') => (await say('tools/list', {}, path)).result.tools;
const pageOf = async (name: string) =>
  (await tools()).find((tool) => tool.name === name)?._meta?.ui?.resourceUri ?? '';
const heard = ({ message }: Received): unknown => {
  const meta = message.params?.['_meta'] as Record<string, { extensions?: object }> | undefined;
  return meta?.['io.modelcontextprotocol/clientCapabilities']?.extensions;
};
const lastCall = (upstream: ScriptedUpstream): Received => {
  const call = upstream.calls.at(-1);
  if (call === undefined) throw new Error('nothing was called');
  return call;
};

describe('pages', () => {
  test.each([
    ['new__chart', 'modern'],
    ['old__chart', 'legacy'],
    ['plain__chart', 'modern'],
  ])('of %s is named so that it can be read, listed or not', async (name, text) => {
    const uri = await pageOf(name);
    expect(uri).toMatch(/^ui:\/\//);
    const { result } = await say('resources/read', { uri });
    expect(result.contents[0]).toMatchObject({ uri, text });
    const upstream = upstreams[name.split('__')[0] as 'new'];
    expect(lastCall(upstream).message.params).toMatchObject({ uri: PAGE });
  });

  test('of three upstreams under one URI have three names', async () => {
    const names = await Promise.all(['new__chart', 'old__chart', 'plain__chart'].map(pageOf));
    expect(new Set(names).size).toBe(3);
  });

  test('are named alike in results, and in the older form; all else stays', async () => {
    const uri = await pageOf('plain__chart');
    const { text, result } = await say('tools/call', { name: 'plain__chart', arguments: {} });
    expect(result._meta.ui.resourceUri).toBe(uri);
    expect(text).toContain('"n":1e400');
    const tool = (await tools()).find(({ name }) => name === 'plain__chart');
    expect(tool?._meta).toEqual({
      ui: { resourceUri: uri, csp: 'x' },
      'ui/resourceUri': uri,
      kept: 1,
    });
  });

  test('of the only upstream keep their names', async () => {
    const [tool] = await tools('mcp/one');
    expect(tool?._meta?.ui?.resourceUri).toBe(PAGE);
    const { result } = await say('resources/read', { uri: PAGE }, 'mcp/one');
    expect(result.contents[0]?.text).toBe('modern');
  });
});

describe('tools that only a page calls', () => {
  test.each(['mcp', 'mcp/compact'])('are listed at %s with what they say of it', async (path) => {
    const tool = (await tools(path)).find(({ name }) => name === 'new__redraw');
    expect(tool?._meta?.ui?.visibility).toEqual(['app']);
  });

  test('are not found by models, and can be called', async () => {
    const query = { name: 'search_tools', arguments: { query: 'draw the chart again' } };
    const found = (await say('tools/call', query, 'mcp/search')).result.content[0]?.text ?? '';
    expect(found).toContain('chart');
    expect(found).not.toContain('redraw');
    const call = { name: 'new__redraw', arguments: {} };
    expect((await say('tools/call', call, 'mcp/search')).result.content).toEqual([]);
  });
});

describe('extensions', () => {
  test('are offered as far as they can be shared', async () => {
    const many = (await say('server/discover')).result.capabilities;
    expect(many.extensions).toEqual({ [UI]: MIME });
    const one = (await say('server/discover', {}, 'mcp/one')).result.capabilities;
    expect(one.extensions).toEqual({ [UI]: MIME, [OTHER]: {} });
  });

  test('of a modern caller reach the only upstream untouched, and several without strangers', async () => {
    await say('tools/call', { name: 'plain__chart', arguments: {} });
    expect(heard(lastCall(upstreams.plain))).toEqual({ [UI]: MIME });
    await say('tools/call', { name: 'plain__chart', arguments: {} }, 'mcp/one');
    expect(heard(lastCall(upstreams.plain))).toEqual(DECLARED.extensions);
  });

  test('are declared to a session of a legacy server', async () => {
    await say('tools/call', { name: 'old__chart', arguments: {} });
    const sessions = upstreams.old.received.filter(
      ({ message }) => message.method === 'initialize',
    );
    expect(sessions.at(-1)?.message.params?.['capabilities']).toEqual({
      extensions: { [UI]: MIME },
    });
  });

  test('of a legacy caller reach a modern server', async () => {
    const caller = await LegacyCaller.begin(gateway.url, '2025-11-25', DECLARED);
    const params = { name: 'new__chart', arguments: {} };
    await (await caller.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })).whole();
    expect(heard(lastCall(upstreams.new))).toEqual({ [UI]: MIME });
  });
});
