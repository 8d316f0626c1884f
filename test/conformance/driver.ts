/**
 * What the suite runs as "the client": a throw-away gateway in front of the scenario's server, and a
 * client of the official SDK that does through the gateway what the scenario asks for. What the
 * server sees is the gateway. Arguments: the server's URL; the environment names the scenario.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startGateway } from '../kit/gateway.ts';

interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

const serverUrl = process.argv.at(-1) ?? '';
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as {
  readonly toolCalls?: readonly ToolCall[];
};
const isModern = process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] === '2026-07-28';

const DEFAULTS = { form: { applyDefaults: true } };

function newClient(): Client {
  const client = new Client(
    { name: 'driver', version: '1.0.0' },
    {
      capabilities: {
        elicitation: scenario === 'elicitation-sep1034-client-defaults' ? DEFAULTS : {},
      },
      versionNegotiation: { mode: isModern ? { pin: '2026-07-28' } : 'legacy' },
    },
  );
  client.setRequestHandler('elicitation/create', (request) => {
    const content = 'confirmed' in fieldsOf(request.params) ? { confirmed: true } : {};
    return { action: 'accept', content };
  });
  return client;
}

function fieldsOf(params: object): object {
  const schema: unknown = Reflect.get(params, 'requestedSchema');
  const properties: unknown =
    typeof schema === 'object' && schema !== null ? Reflect.get(schema, 'properties') : undefined;
  return typeof properties === 'object' && properties !== null ? properties : {};
}

/** Arguments of the kinds that a tool requires; enough for the tools of the scenarios. */
function argumentsOf(schema: Record<string, unknown>): Record<string, unknown> {
  const samples: Record<string, unknown> = { number: 5, integer: 3, boolean: true, string: 'a' };
  const properties = (schema['properties'] ?? {}) as Record<string, { type?: string }>;
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type }]) => [name, samples[type ?? ''] ?? {}]),
  );
}

/** Calls every tool that is listed, as its schema says. */
async function callAll(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  for (const { name, inputSchema } of tools) {
    await client.callTool({ name, arguments: argumentsOf(inputSchema) });
  }
}

/** Every method that names something. */
async function touchAll(client: Client): Promise<void> {
  await callAll(client);
  const { resources } = await client.listResources();
  for (const { uri } of resources) await client.readResource({ uri });
  const { prompts } = await client.listPrompts();
  for (const { name } of prompts) await client.getPrompt({ name });
}

/** Hands a schema back as it was listed. */
async function echoSchema(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  const focal = tools.find(({ inputSchema }) => '$defs' in inputSchema);
  const echo = tools.find(({ inputSchema }) => 'schema' in (inputSchema.properties ?? {}));
  if (focal === undefined || echo === undefined) throw new Error('the two tools are not listed');
  await client.callTool({ name: echo.name, arguments: { schema: focal.inputSchema } });
}

async function callGiven(client: Client): Promise<void> {
  await client.listTools();
  for (const call of context.toolCalls ?? []) await client.callTool({ ...call });
}

async function list(client: Client): Promise<void> {
  await client.listTools();
}

const SCENARIOS: Readonly<Record<string, (client: Client) => Promise<void>>> = {
  'http-standard-headers': touchAll,
  'http-custom-headers': callGiven,
  'json-schema-2020-12-preservation': echoSchema,
  'json-schema-ref-no-deref': list,
  initialize: list,
};

await using gateway = await startGateway({
  upstreams: { server: { mcp: serverUrl } },
  endpoints: { default: { include: ['server/*'], names: 'original' } },
});
const client = newClient();
await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
await (SCENARIOS[scenario] ?? callAll)(client);
await client.close();
