/** APIs that speak GraphQL. */
import { Refusal } from '../../kernel/index.ts';
import { keepingOf } from '../api/bundles/of-upstream.ts';
import type { Bundles } from '../api/bundles/store.ts';
import type { ApiDeps, ApiEntry, ApiKind, ApiSettings, Opened, ReadDeps } from '../api/kind.ts';
import type { Api } from '../api/model.ts';
import { documentHeaders } from '../api/sources/own-headers.ts';
import type { PreviewSubject } from '../api/preview/report.ts';
import type { UpstreamConfig } from '../schema.ts';
import { GraphQlApi } from './api.ts';
import { openEndpoint } from './call/endpoint.ts';
import { ownCredentials } from './call/own-credentials.ts';
import { graphQlConfig, sourceSection, type GraphQlConfig } from './config-schema.ts';
import {
  documentOf,
  importGraphQl,
  loadSources,
  reread,
  type Imported,
  type LoadDeps,
} from './import/import.ts';
import { operationFiles } from './import/files.ts';
import type { GraphQlDocument } from './index/document.ts';
import { openFeeds } from './subscriptions/open-feeds.ts';

/** For the schema and every file beside it. */
const IMPORT_TIMEOUT_MS = 60_000;

export const graphQlKind: ApiKind = {
  settings,
  open,
  read,
  withSource: (config, source) => {
    const { url, schema: _schema, ...rest } = sectionOf(config);
    const kept = url === undefined ? {} : { url };
    return { ...config, graphql: { ...rest, ...kept, ...sourceSection(source) } };
  },
  kept,
};

function sectionOf({ graphql }: UpstreamConfig): GraphQlConfig {
  if (graphql === undefined) throw new Error('the entry has no section "graphql"');
  return graphQlConfig(graphql);
}

function settings(config: UpstreamConfig): ApiSettings {
  const { mode, maxListTokens, profile, outputSchema, projections = {} } = sectionOf(config);
  return {
    mode: mode ?? config.mode ?? 'auto',
    maxListTokens,
    profile,
    listsOutput: outputSchema === 'relaxed',
    projections: new Map(
      Object.entries(projections).map(([place, text]) => [`gql:${place}`, text]),
    ),
  };
}

async function open(
  { id, config }: ApiEntry,
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<Api | Refusal> {
  const section = sectionOf(config);
  const endpoint = section.url === undefined ? undefined : openEndpoint(section.url, config, deps);
  const headers = documentHeaders(config, section.schema ?? '', section.url);
  const imported = await importWith(id, section, { endpoint, headers }, deps, signal);
  if (typeof imported === 'string') {
    await endpoint?.caller.close();
    return new Refusal('upstream_invalid', { text: imported });
  }
  for (const problem of endpoint?.caller.credentials.problems ?? []) {
    deps.log('warn', problem, { upstream: id });
  }
  const { document } = imported;
  const feeds = openFeeds({ upstream: id, config, section, deps, document });
  return new GraphQlApi(imported, endpoint, section, deps.log, feeds);
}

/** What was kept of the schema where it has not changed, else the schema read anew. */
function importWith(
  id: string,
  config: GraphQlConfig,
  from: Pick<LoadDeps, 'endpoint' | 'headers'>,
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<Imported | string> {
  const { clock, directory, version, find, wayOut } = deps;
  return importGraphQl({
    upstream: id,
    config,
    directory,
    version,
    clock,
    timeoutMs: IMPORT_TIMEOUT_MS,
    signal,
    wayOut,
    ...from,
    ...(find === undefined ? {} : { find }),
    ...keepingOf(id, deps),
  });
}

async function read(
  config: UpstreamConfig,
  knownNames: ReadonlyMap<string, string>,
  deps: ReadDeps,
): Promise<Opened> {
  const section = sectionOf(config);
  const files = await operationFiles(section.operations ?? [], deps.directory);
  if (typeof files === 'string') return unreadable(`The operations cannot be read: ${files}.`);
  const credentials = ownCredentials(config.auth);
  const endpoint =
    section.url === undefined
      ? undefined
      : openEndpoint(section.url, config, { ...deps, version: '0', credentials });
  try {
    const headers = documentHeaders(config, section.schema ?? '', section.url);
    const sources = await loadSources(section, files, { ...deps, endpoint, headers });
    if (typeof sources === 'string') return unreadable(sources);
    const document = documentOf(sources, section, knownNames);
    if (!('index' in document)) return { kind: 'fault', ...document };
    return { kind: 'subject', subject: subjectOf(document, section) };
  } finally {
    await endpoint?.caller.close();
  }
}

function unreadable(text: string): Opened {
  return { kind: 'fault', why: 'unreadable', text, line: 0 };
}

function kept(bundles: Bundles, { id, config }: ApiEntry): PreviewSubject | undefined {
  const record = bundles.record(id);
  const bundle = record === undefined ? undefined : bundles.open(record);
  if (record === undefined || bundle === undefined) return undefined;
  const section = sectionOf(config);
  const document = reread(record, bundle, section);
  return typeof document === 'string' ? undefined : subjectOf(document, section);
}

function subjectOf(document: GraphQlDocument, { url }: GraphQlConfig): PreviewSubject {
  const { index, format } = document;
  return {
    format,
    index: url === undefined ? index : { ...index, servers: [url] },
    plan: (key) => document.plan(key),
    repairs: () => index.repairs,
    serverOf: () => '',
  };
}
