/** Resources that results speak of can be read where the result came from, listed or not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { LegacyCaller } from '../kit/legacy-caller.ts';
import { sendModern } from '../kit/modern-request.ts';
import { startScripted, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

const TOOL = '{"name":"find","inputSchema":{"type":"object"}}';
const PROMPT = '{"name":"ask"}';
const UNLISTED = 'note://7';
const LISTED = 'note://listed';
const WEB = 'https://example.com/a.png';

const link = (uri: string): string =>
  `{"type":"resource_link", "uri":"${uri}","name":"n","x":1e400}`;
const embedded = `{"type":"resource","resource":{"uri":"${UNLISTED}","text":"in it"}}`;

interface Result {
  readonly content: readonly {
    readonly uri?: string;
    readonly resource?: { readonly uri: string };
  }[];
  readonly contents: readonly { readonly uri: string; readonly text: string }[];
  readonly messages: readonly { readonly content: { readonly uri: string } }[];
}
type Ask = (method: string, params: object, name: string, path?: string) => Promise<Result>;

let upstreams: ScriptedUpstream[];
let gateway: TestGateway;
const answers: string[] = [];

async function start(era: 'modern' | 'legacy'): Promise<ScriptedUpstream> {
  const done = era === 'modern' ? '"resultType":"complete",' : '';
  return startScripted({
    era,
    capabilities: '{"tools":{},"resources":{},"prompts":{}}',
    tools: [TOOL],
    prompts: [PROMPT],
    resources: [`{"uri":"${LISTED}","name":"listed"}`],
    templates: [],
    answer: ({ message: { method, params } }) => {
      if (method === 'tools/call') {
        const blocks = [
          link(UNLISTED),
          link(LISTED),
          link(WEB),
          embedded,
          '{"type":"text","text":"resource"}',
        ];
        return `{${done}"content":[${blocks.join(' , ')}]}`;
      }
      if (method === 'prompts/get') {
        return `{${done}"messages":[{"role":"user","content":${link(UNLISTED)}}]}`;
      }
      const uri = String(params?.['uri']);
      return method === 'resources/read'
        ? `{${done}"contents":[{"uri":"${uri}","text":"${uri} of ${era}"}]}`
        : undefined;
    },
  });
}

beforeAll(async () => {
  upstreams = [await start('modern'), await start('legacy')];
  const [modern, legacy] = upstreams;
  gateway = await startGateway({
    upstreams: {
      modern: { mcp: modern?.url },
      legacy: { mcp: { url: legacy?.url, era: '2025-11-25' } },
    },
    endpoints: { default: {}, one: { include: ['legacy/*'] } },
  });
});

afterAll(async () => {
  await gateway.close();
  for (const upstream of upstreams) await upstream.close();
});

const asModern: Ask = async (method, params, name, path = 'mcp') => {
  const text = JSON.stringify(params).slice(1, -1);
  const answer = await sendModern(`${gateway.origin}/${path}`, { method, params: text, name });
  answers.push(answer.text);
  return (JSON.parse(answer.text) as { result: Result }).result;
};

const asLegacy: Ask = async (method, params, _name, path = 'mcp') => {
  const caller = await LegacyCaller.begin(`${gateway.origin}/${path}`, '2025-11-25');
  const reply = await caller.post({ jsonrpc: '2.0', id: 1, method, params });
  return ((await reply.json()) as { result: Result }).result;
};

describe.each<[string, Ask]>([
  ['a modern caller', asModern],
  ['a legacy caller', asLegacy],
])('%s', (_who, ask) => {
  const call = (name: string, path?: string) =>
    ask('tools/call', { name, arguments: {} }, name, path);
  const read = async (uri: string) => (await ask('resources/read', { uri }, uri)).contents[0];

  test.each(['modern', 'legacy'])('reads what a tool of the %s server linked to', async (era) => {
    const { content } = await call(`${era}__find`);
    const [unlisted, listed, web, inside] = content;
    const uri = unlisted?.uri ?? '';
    expect(uri).toBe(`drawbridge://${era}/${encodeURIComponent(UNLISTED)}`);
    expect(await read(uri)).toEqual({ uri, text: `${UNLISTED} of ${era}` });
    const second = listed?.uri ?? '';
    expect(await read(second)).toEqual({ uri: second, text: `${LISTED} of ${era}` });
    expect(web?.uri).toBe(WEB);
    expect(inside?.resource?.uri).toBe(uri);
  });

  test('reads what a prompt linked to', async () => {
    const { messages } = await ask('prompts/get', { name: 'legacy__ask' }, 'legacy__ask');
    const uri = messages[0]?.content.uri ?? '';
    expect(await read(uri)).toEqual({ uri, text: `${UNLISTED} of legacy` });
  });

  test('of one server is given its own names', async () => {
    const { content } = await call('legacy__find', 'mcp/one');
    expect(content.slice(0, 2).map(({ uri }) => uri)).toEqual([UNLISTED, LISTED]);
  });
});

test('all else of a result stays as it was', () => {
  expect(answers[0]).toContain('"name":"n","x":1e400} , ');
});
