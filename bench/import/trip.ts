/** A document as tools, the gateway's own description of them, and the tools of that description. */
import { stringifyExact } from '../../gateway/src/kernel/index.ts';
import type { OfflineApi } from '../../gateway/src/upstreams/index.ts';
import { openApiDocument } from '../../gateway/src/wire/index.ts';
import { openDocument } from './convert.ts';
import { argumentDifferences, toldArguments } from './same-schema.ts';

export interface Trip {
  readonly operations: number;
  /** Those that a caller would be shown. */
  readonly tools: number;
  /** Tools of which nothing has changed. */
  readonly equal: number;
  /** Tools whose description has changed; it is no part of what has to agree. */
  readonly reworded: number;
  /** `tool: what differs`. */
  readonly differences: readonly string[];
}

interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
  readonly annotations?: unknown;
}

const ENDPOINT = 'default';

/**
 * @param listsOutput whether tools say what they answer with
 * @throws with the fault's own words where the document is none
 */
export async function tripOf(location: string, bytes: Buffer, listsOutput: boolean): Promise<Trip> {
  const before = await openDocument(location, bytes);
  const first = toolsOf(before, listsOutput);
  const description = describe(first);
  const after = await openDocument('openapi.json', Buffer.from(description));
  const second = new Map(toolsOf(after, listsOutput).map((tool) => [tool.name, tool]));
  const keys = new Map(after.document.operations.map(({ name, key }) => [name, key]));
  const differences: string[] = [];
  let equal = 0;
  let reworded = 0;
  for (const tool of first) {
    const other = second.get(tool.name);
    const found =
      other === undefined
        ? ['is gone']
        : [...toolDifferences(tool, other), ...callDifferences(after, keys.get(tool.name) ?? '')];
    if (found.length === 0) equal++;
    if (other?.description !== tool.description) reworded++;
    differences.push(...found.map((text) => `${tool.name}: ${text}`));
    second.delete(tool.name);
  }
  differences.push(...[...second.keys()].map((name) => `${name}: is new`));
  const operations = before.document.operations.length;
  return { operations, tools: first.length, equal, reworded, differences };
}

function toolsOf(api: OfflineApi, listsOutput: boolean): Tool[] {
  return api.document.operations.flatMap((operation) => {
    const tool = api.toolOf(operation, listsOutput);
    return typeof tool === 'string' ? [] : [JSON.parse(stringifyExact(tool))];
  });
}

/** The list of all tools as the catalog gives it, and its description. */
function describe(tools: readonly Tool[]): string {
  const list = { tools, upstreams: { api: tools.map(({ name }) => name) }, _meta: {} };
  return openApiDocument(JSON.stringify(list), ENDPOINT, { publicUrl: '', version: '0' });
}

function toolDifferences(before: Tool, after: Tool): string[] {
  const differences = argumentDifferences(
    toldArguments(before.inputSchema),
    toldArguments(after.inputSchema),
  );
  const hints = [before.annotations, after.annotations].map((one) => JSON.stringify(one));
  if (hints[0] !== hints[1]) differences.push(`annotations: ${hints.join(' became ')}`);
  return differences;
}

/** What is sent to a tool over plain HTTP is the object of its arguments. */
function callDifferences(opened: OfflineApi, key: string): string[] {
  const call = opened.callOf(key);
  if (typeof call === 'string') return [call];
  const names = call.plan.arguments.map(({ name }) => name);
  const values = Object.fromEntries(names.map((name, at) => [name, at]));
  const sent = call.encode({ values, files: new Map() });
  if (sent.kind !== 'request') return [sent.text];
  const body = sent.body?.toString() ?? '';
  return body === JSON.stringify(values) ? [] : [`its arguments are sent as ${body}`];
}
