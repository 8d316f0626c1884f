/** APIs that an OpenAPI or Swagger document describes. */
import { Refusal } from '../../kernel/index.ts';
import { keepingOf } from '../api/bundles/of-upstream.ts';
import type { ApiDeps, ApiEntry, ApiKind, ApiSettings } from '../api/kind.ts';
import type { Api } from '../api/model.ts';
import type { UpstreamConfig } from '../schema.ts';
import { OpenApi } from './api.ts';
import { createCaller } from '../api/http/caller.ts';
import { openApiConfig, type OpenApiConfig } from './config-schema.ts';
import { importOpenApi, type Imported } from './import/import.ts';
import { isUrl } from '../api/sources/load.ts';
import { documentHeaders } from '../api/sources/own-headers.ts';
import { openDocument, openKept } from './preview/open-document.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** For the document and everything that it refers to. */
const IMPORT_TIMEOUT_MS = 60_000;

export const openApiKind: ApiKind = {
  settings,
  open,
  read: (config, knownNames, deps) => {
    const document = documentOf(config);
    const headers = documentHeaders(config, document.document, document.url);
    return openDocument(document, knownNames, { ...deps, headers });
  },
  withSource: (config, source) => ({
    ...config,
    openapi: { ...documentOf(config), document: source },
  }),
  kept: (bundles, { id, config }) => openKept(bundles, id, documentOf(config)),
};

function documentOf({ openapi }: UpstreamConfig): OpenApiConfig {
  if (openapi === undefined) throw new Error('the entry has no section "openapi"');
  return openApiConfig(openapi);
}

function settings(config: UpstreamConfig): ApiSettings {
  const { mode, maxListTokens, profile, outputSchema, projections = {} } = documentOf(config);
  return {
    mode: mode ?? config.mode ?? 'auto',
    maxListTokens,
    profile,
    listsOutput: outputSchema === 'relaxed',
    projections: new Map(
      Object.entries(projections).map(([place, text]) => [`http:${place}`, text]),
    ),
  };
}

async function open(
  { id, config }: ApiEntry,
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<Api | Refusal> {
  const document = documentOf(config);
  const { clock, version, timeoutMs, find, wayOut } = deps;
  const finding = find === undefined ? {} : { find };
  const headers = documentHeaders(config, document.document, document.url);
  const imported = await importWith(id, document, headers, deps, signal);
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
    port: deps.credentials,
    headers: config.headers ?? {},
    userAgent: `drawbridge/${version}`,
    clock,
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    wayOut,
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
  headers: readonly string[],
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<Imported | string> {
  const { clock, directory, version, find, wayOut } = deps;
  return importOpenApi({
    upstream: id,
    config: document,
    headers,
    directory,
    version,
    clock,
    timeoutMs: IMPORT_TIMEOUT_MS,
    signal,
    wayOut,
    ...(find === undefined ? {} : { find }),
    ...keepingOf(id, deps),
  });
}
