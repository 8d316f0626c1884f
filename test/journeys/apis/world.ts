/** The three example APIs, running, behind one gateway; and callers of every dialect. */
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { start as startCrm } from '../../../examples/crm/behind.ts';
import { start as startPayment } from '../../../examples/payment/behind.ts';
import { start as startWeather } from '../../../examples/weather/behind.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { callTool } from '../../kit/rest-request.ts';

/** What a caller of any dialect is told. */
export interface Told {
  readonly isError: boolean;
  /** All texts; of a problem its detail. */
  readonly text: string;
  /** The structured answer; undefined where there is none. */
  readonly value: unknown;
  /** Image bytes; undefined where there are none. */
  readonly image: Buffer | undefined;
  /** The reason of a refusal; '' for everything else. */
  readonly reason: string;
}

export interface Caller extends AsyncDisposable {
  call(tool: string, args?: Record<string, unknown>): Promise<Told>;
  /** Names of all tools that this caller sees. */
  tools(): Promise<readonly string[]>;
  /** Undefined where the dialect has no resources. */
  readonly client: Client | undefined;
}

export const WAYS = ['modern', 'legacy', 'rest'] as const;
export type Way = (typeof WAYS)[number];

const example = (path: string): string =>
  fileURLToPath(new URL(`../../../examples/${path}`, import.meta.url));

/** Upstreams `crm`, `weather`, `payments`, and two of the payments whose key is missing or wrong. */
export async function startApis(): Promise<TestGateway> {
  const behind = await Promise.all([startCrm(), startWeather(), startPayment()]);
  const { CRM_URL, WEATHER_URL, PAYMENT_URL, PAYMENT_KEY } = process.env;
  const payment = { document: example('payment/payment.swagger.json'), url: PAYMENT_URL };
  const gateway = await startGateway({
    upstreams: {
      crm: { openapi: { document: example('crm/crm.openapi.yaml'), url: `${CRM_URL}/api` } },
      weather: { openapi: { document: example('weather/weather.openapi.yaml'), url: WEATHER_URL } },
      payments: { openapi: payment, auth: { schemes: { key: PAYMENT_KEY } } },
      keyless: { openapi: payment },
      locked: { openapi: payment, auth: { schemes: { key: 'no key of it' } } },
    },
    policy: {
      default: 'allow',
      rules: [
        { name: 'nobody is removed', deny: ['tool:crm/remove_contact'] },
        { name: 'a person approves refunds', approve: ['tool:payments/refund_payment'] },
      ],
    },
  });
  const close = async (): Promise<void> => {
    await gateway.close();
    await Promise.all(behind.map((one) => one.stop()));
  };
  return { ...gateway, close, [Symbol.asyncDispose]: close };
}

export function callerOf(way: Way, gateway: TestGateway): Promise<Caller> {
  return way === 'rest' ? Promise.resolve(restCaller(gateway)) : sdkCaller(way, gateway);
}

async function sdkCaller(way: 'modern' | 'legacy', gateway: TestGateway): Promise<Caller> {
  const mode = way === 'modern' ? { pin: '2026-07-28' } : ('legacy' as const);
  const client = new Client({ name: way, version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  return {
    client,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => {
      const answer = await client.callTool({ name, arguments: args }).catch((error: unknown) => ({
        isError: true,
        content: [{ type: 'text' as const, text: String(error) }],
        _meta: { 'dev.drawbridge/reason': reasonOf(error) },
      }));
      const image = answer.content.find((block) => block.type === 'image');
      return {
        isError: answer.isError === true,
        text: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
        value: 'structuredContent' in answer ? answer.structuredContent : undefined,
        image: image?.type === 'image' ? Buffer.from(image.data, 'base64') : undefined,
        reason: String(answer._meta?.['dev.drawbridge/reason'] ?? ''),
      };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

function reasonOf(error: unknown): unknown {
  return (error as { data?: { reason?: unknown } }).data?.reason;
}

function restCaller(gateway: TestGateway): Caller {
  return {
    client: undefined,
    tools: async () => {
      const answer = await fetch(`${gateway.origin}/api/default/openapi.json`);
      const { paths } = (await answer.json()) as { paths: Record<string, object> };
      return Object.keys(paths).map((path) => path.slice('/tools/'.length));
    },
    call: async (tool, args = {}) => {
      const { status, headers, text, bytes, json } = await callTool(
        gateway,
        tool,
        JSON.stringify(args),
      );
      const type = headers.get('content-type') ?? '';
      const problem = type === 'application/problem+json' ? json() : undefined;
      const value = type === 'application/json' ? json() : undefined;
      const blocks = textsIn(value);
      const isToolError = problem === undefined || problem['reason'] === 'tool_error';
      return {
        isError: status >= 400,
        text: problem === undefined ? (blocks ?? text) : String(problem['detail']),
        value: blocks === undefined ? value : undefined,
        image: type.startsWith('image/') ? bytes : undefined,
        reason: isToolError ? '' : String(problem?.['reason']),
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The texts of several blocks in a body; undefined where it is something else. */
function textsIn(body: Record<string, unknown> | undefined): string | undefined {
  const content = body?.['content'];
  if (!Array.isArray(content)) return undefined;
  return content.map((block: { text?: string }) => block.text ?? '').join('');
}

/** Calls that must work. */
export async function done(caller: Caller, tool: string, args?: object): Promise<Told> {
  const told = await caller.call(tool, { ...args });
  if (told.isError) throw new Error(`${tool}: ${told.text}`);
  return told;
}
