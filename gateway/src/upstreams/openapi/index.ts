/** APIs that an OpenAPI or Swagger document describes. */
import { join } from 'node:path';
import type { FindAddresses } from '../../egress/index.ts';
import { Refusal, type ListMode, type RawItem } from '../../kernel/index.ts';
import { createBundles } from '../api/bundles/store.ts';
import { createApiConnector } from '../api/connector.ts';
import { FRAME_TOKENS, lineTokens, PREFIX_TOKENS } from '../api/list-price.ts';
import type { Api } from '../api/model.ts';
import type { Results } from '../api/results/contract.ts';
import { estimateTokens } from '../api/schema/index.ts';
import type { Connector, ConnectorDeps } from '../connector.ts';
import type { UpstreamCall } from '../mcp/outgoing.ts';
import type { UpstreamConfig } from '../schema.ts';
import { OpenApi } from './api.ts';
import { createCaller } from './call/caller.ts';
import type { OpenApiConfig } from './config-schema.ts';
import { importOpenApi, type Imported } from './import/import.ts';
import { isUrl } from './import/load.ts';

export interface OpenApiDeps extends ConnectorDeps {
  readonly results: Results;
  /** The gateway's own folder; imports are kept below it. */
  readonly stateDir: string;
  /** Our own version. */
  readonly version: string;
  readonly find?: FindAddresses;
  /** As ApiConnectorOptions. */
  toolName?(x: UpstreamCall, name: string): string | undefined;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** For the document and everything that it refers to. */
const IMPORT_TIMEOUT_MS = 60_000;

/** @param document what the entry around it says of its document */
export function createOpenApi(
  id: string,
  config: UpstreamConfig,
  document: OpenApiConfig,
  deps: OpenApiDeps,
): Connector {
  return createApiConnector(
    id,
    {
      kind: 'openapi',
      results: deps.results,
      listsOutput: document.outputSchema === 'relaxed',
      profile: document.profile,
      modeFor: (api, tools) =>
        modeFor(document.mode ?? config.mode ?? 'auto', id, document.maxListTokens, api, tools),
      open: (signal) => open(id, config, document, deps, signal),
      toolName: (x, name) => deps.toolName?.(x, name),
    },
    deps,
  );
}

async function open(
  id: string,
  config: UpstreamConfig,
  document: OpenApiConfig,
  deps: OpenApiDeps,
  signal: AbortSignal,
): Promise<Api | Refusal> {
  const { clock, version, timeoutMs, find } = deps;
  const finding = find === undefined ? {} : { find };
  const imported = await importWith(id, document, deps, signal);
  if (typeof imported === 'string') {
    return new Refusal('upstream_invalid', { text: imported });
  }
  const caller = createCaller({
    index: imported.bundle.index,
    url: document.url ?? '',
    documentUrl: imported.documentUrl,
    writtenUrl: isUrl(document.document) ? document.document : '',
    hosts: document.hosts ?? [],
    auth: config.auth,
    headers: config.headers ?? {},
    userAgent: `drawbridge/${version}`,
    clock,
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    ...finding,
  });
  const { base, credentials } = caller;
  for (const problem of [...credentials.problems, ...(typeof base === 'string' ? [base] : [])])
    deps.log('warn', problem, { upstream: id });
  return new OpenApi(imported, caller, deps.log);
}

/** What was kept of the document where it has not changed, else the document read anew. */
function importWith(
  id: string,
  document: OpenApiConfig,
  deps: OpenApiDeps,
  signal: AbortSignal,
): Promise<Imported | string> {
  const { clock, directory, stateDir, version, find } = deps;
  return importOpenApi({
    upstream: id,
    config: document,
    directory,
    version,
    clock,
    timeoutMs: IMPORT_TIMEOUT_MS,
    signal,
    ...(find === undefined ? {} : { find }),
    bundles: createBundles({
      folder: join(stateDir, 'apis'),
      clock,
      onFault: (error) => deps.log('warn', 'an import cannot be kept', { upstream: id, error }),
    }),
    onChanged: ({ counts, risky }) =>
      deps.log(risky.length === 0 ? 'info' : 'warn', 'the API was imported anew and changed', {
        upstream: id,
        ...counts,
        ...(risky.length === 0 ? {} : { risky }),
      }),
  });
}

/** Counts only as far as it matters: nobody waits for ten thousand tools to be compiled. */
function modeFor(
  wanted: ListMode | 'auto',
  id: string,
  maxTokens: number,
  { index }: Api,
  tools: readonly RawItem[],
): ListMode {
  if (wanted !== 'auto') return wanted;
  let lines = FRAME_TOKENS;
  for (const operation of index.operations) {
    lines += lineTokens(id, operation);
    if (lines > maxTokens) return 'search';
  }
  let tokens = FRAME_TOKENS;
  for (const tool of tools) {
    tokens += estimateTokens(tool.definition.toString('utf8')) + PREFIX_TOKENS;
    if (tokens > maxTokens) return 'compact';
  }
  return 'full';
}
