/** What an endpoint shows the local principal: its tools, and what is missing of them. */
import type { Config, Gateway } from '../compose/index.ts';
import { MISSING_PARTS_KEY } from '../kernel/index.ts';
import { ask } from './ask.ts';

export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly upstream: string;
  readonly inputSchema: unknown;
}

/** One part of the list that is not there, or old. */
export interface MissingPart {
  readonly upstream: string;
  readonly why: string;
  readonly stale: boolean;
}

export type ToolList =
  | {
      readonly ok: true;
      readonly tools: readonly ListedTool[];
      readonly missing: readonly MissingPart[];
    }
  | { readonly ok: false; readonly message: string };

/** More pages than this are no list but a circle. */
const MAX_PAGES = 1000;

/** The whole list, page by page. */
export async function listTools(
  gateway: Gateway,
  config: Config,
  version: string,
  endpoint: string,
): Promise<ToolList> {
  const tools: ListedTool[] = [];
  const missing = new Map<string, MissingPart>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor: JSON.stringify(cursor) };
    const answer = await ask(gateway, version, { endpoint, method: 'tools/list', params });
    if (answer.kind === 'error') return { ok: false, message: answer.message };
    tools.push(...readTools(answer.value['tools'], config, endpoint));
    for (const part of readMissing(answer.value['_meta']))
      missing.set(part.upstream + part.why, part);
    const next = answer.value['nextCursor'];
    if (typeof next !== 'string') break;
    cursor = next;
  }
  return { ok: true, tools, missing: [...missing.values()] };
}

function readTools(list: unknown, config: Config, endpoint: string): ListedTool[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).map((tool) => {
    const name = text(tool['name']);
    const annotations = isRecord(tool['annotations']) ? tool['annotations'] : {};
    return {
      name,
      title: text(tool['title']) || text(annotations['title']),
      description: text(tool['description']),
      upstream: upstreamOf(name, config, endpoint),
      inputSchema: tool['inputSchema'],
    };
  });
}

/** Public names begin with the upstream's id, unless the endpoint shows one upstream as it is. */
function upstreamOf(name: string, config: Config, endpoint: string): string {
  const [prefix = ''] = name.split('__', 1);
  if (config.endpoints[endpoint]?.names !== 'original') return prefix;
  const [include = ''] = config.endpoints[endpoint]?.include ?? [];
  const id = include.replace(/^[a-z]+:/, '').split('/', 1)[0] ?? '';
  return Object.hasOwn(config.upstreams, id) ? id : (Object.keys(config.upstreams)[0] ?? '');
}

function readMissing(meta: unknown): MissingPart[] {
  const parts = isRecord(meta) ? meta[MISSING_PARTS_KEY] : undefined;
  if (!Array.isArray(parts)) return [];
  return parts.filter(isRecord).map((part) => ({
    upstream: text(part['upstream']),
    why: text(part['why']),
    stale: part['stale'] === true,
  }));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
