/** SOAP services that a WSDL 1.1 document describes. */
import { Refusal } from '../../kernel/index.ts';
import { keepingOf } from '../api/bundles/of-upstream.ts';
import type { ApiDeps, ApiEntry, ApiKind, ApiSettings } from '../api/kind.ts';
import type { Api } from '../api/model.ts';
import { createCaller } from '../api/http/caller.ts';
import { isUrl } from '../api/sources/load.ts';
import { documentHeaders } from '../api/sources/own-headers.ts';
import type { UpstreamConfig } from '../schema.ts';
import { SoapApi } from './api.ts';
import { soapConfig, type SoapConfig } from './config-schema.ts';
import { importSoap, type Imported } from './import/import.ts';
import { openDocument, openKept } from './import/preview.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** For the document and everything that it imports. */
const IMPORT_TIMEOUT_MS = 60_000;

export const soapKind: ApiKind = {
  settings,
  open,
  read: (config, knownNames, deps) => {
    const section = sectionOf(config);
    const headers = documentHeaders(config, section.wsdl, section.url);
    return openDocument(section, knownNames, { ...deps, headers });
  },
  withSource: (config, source) => ({ ...config, soap: { ...sectionOf(config), wsdl: source } }),
  kept: (bundles, { id, config }) => openKept(bundles, id, sectionOf(config)),
};

function sectionOf({ soap }: UpstreamConfig): SoapConfig {
  if (soap === undefined) throw new Error('the entry has no section "soap"');
  return soapConfig(soap);
}

function settings(config: UpstreamConfig): ApiSettings {
  const { mode, maxListTokens, profile, outputSchema } = sectionOf(config);
  return {
    mode: mode ?? config.mode ?? 'auto',
    maxListTokens,
    profile,
    listsOutput: outputSchema === 'relaxed',
    projections: new Map(),
  };
}

async function open(
  { id, config }: ApiEntry,
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<Api | Refusal> {
  const section = sectionOf(config);
  const headers = documentHeaders(config, section.wsdl, section.url);
  const imported = await importWith(id, section, headers, deps, signal);
  if (typeof imported === 'string') return new Refusal('upstream_invalid', { text: imported });
  const { clock, version, timeoutMs, find, wayOut } = deps;
  const { username, password, passwordType } = section;
  const caller = createCaller({
    index: imported.bundle.index,
    url: section.url ?? '',
    documentUrl: imported.documentUrl,
    writtenUrl: isUrl(section.wsdl) ? section.wsdl : '',
    hosts: section.hosts ?? [],
    auth: config.auth,
    port: deps.credentials,
    headers: config.headers ?? {},
    userAgent: `drawbridge/${version}`,
    clock,
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    wayOut,
    secrets: password === undefined ? [] : [password],
    ...(find === undefined ? {} : { find }),
  });
  const { base, credentials } = caller;
  for (const problem of [...credentials.problems, ...(typeof base === 'string' ? [base] : [])]) {
    deps.log('warn', problem, { upstream: id });
  }
  const login = username === undefined ? undefined : { username, password, type: passwordType };
  const hasUrl = section.url !== undefined;
  return new SoapApi({ imported, caller, clock, log: deps.log, login, hasUrl });
}

/** What was kept of the document where it has not changed, else the document read anew. */
function importWith(
  id: string,
  config: SoapConfig,
  headers: readonly string[],
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<Imported | string> {
  const { clock, directory, version, find, wayOut } = deps;
  return importSoap({
    upstream: id,
    config,
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
