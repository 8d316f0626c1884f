/** Descriptions of APIs, looked at before they are added or compared with what was added. */
import { join, resolve } from 'node:path';
import { safeAddress, type WayOut } from '../egress/index.ts';
import type { Clock } from '../kernel/index.ts';
import { createBundles } from './api/bundles/store.ts';
import { kindOf, type ApiKindName } from './api/kind-names.ts';
import type { Opened, ReadDeps } from './api/kind.ts';
import type { DiffReport } from './api/preview/diff/change.ts';
import { diffApis } from './api/preview/diff/diff.ts';
import { previewApi } from './api/preview/preview.ts';
import type { PreviewReport } from './api/preview/report.ts';
import { DEFAULT_RESULT_LIMITS } from './api/results/contract.ts';
import { controlSchemas } from './api/results/controls.ts';
import { estimateTokens } from './api/schema/index.ts';
import { KIND_ROWS, kindsFor } from './kinds.ts';
import { upstreamsSchema, type UpstreamConfig } from './schema.ts';

export interface PreviewDeps {
  readonly clock: Clock;
  /** The folder that a relative path begins at. */
  readonly directory: string;
  readonly signal?: AbortSignal;
  /** For each document, milliseconds. */
  readonly timeoutMs?: number;
  readonly wayOut?: WayOut | undefined;
}

export interface PreviewRequest {
  /** Path or address of a document. */
  readonly source: string;
  readonly budgetTokens: number;
  /** Sent where the source is, if that is an address: introspection needs them, and some documents. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where calls will go; '' where the description says it. Headers are for that alone then. */
  readonly url?: string;
}

export type Previewed =
  | { readonly kind: 'report'; readonly report: PreviewReport }
  | Extract<Opened, { readonly kind: 'fault' }>;

export interface DiffRequest {
  /** Id of the upstream, and its entry. */
  readonly id: string;
  readonly entry: UpstreamConfig;
  /** Path or address of the new document; '' for the one that the entry names. */
  readonly source: string;
  /** Folder of the gateway's state, where imports are kept. */
  readonly stateDir: string;
  /** The folder that the entry's own paths begin at. */
  readonly configDirectory: string;
}

export type Diffed =
  | {
      readonly kind: 'diff';
      readonly diff: DiffReport;
      /** What the new document was compared with. */
      readonly against: 'import' | 'document';
    }
  | Extract<Opened, { readonly kind: 'fault' }>;

/** Operations that are compiled for a preview; of APIs with more, the price is an estimate. */
const MEASURE_ALL_UP_TO = 400;
const SAMPLE = 200;
const MAX_MEASURED_CHARS = 12_000_000;
const LOAD_TIMEOUT_MS = 20_000;

/** Reads what a source describes and reports everything worth knowing before it is added. Never rejects. */
export async function previewSource(
  request: PreviewRequest,
  deps: PreviewDeps,
): Promise<Previewed> {
  const { source, budgetTokens } = request;
  const { opened, kind } = await readAny(request, readDeps(deps));
  if (opened.kind === 'fault') return opened;
  const report = previewApi(opened.subject, {
    source: shownSource(source),
    kind,
    budgetTokens,
    isConfigured: () => false,
    estimateTokens,
    controlsFor: (plan) => controlSchemas(plan, DEFAULT_RESULT_LIMITS.maxItems),
    measureAllUpTo: MEASURE_ALL_UP_TO,
    sample: SAMPLE,
    maxChars: MAX_MEASURED_CHARS,
  });
  return { kind: 'report', report };
}

/** Without what may be a secret. */
function shownSource(source: string): string {
  const url = URL.parse(source);
  if (url !== null) return url.href.includes('://') ? safeAddress(url) : source;
  return source.replace(/^([a-z][a-z0-9+.-]*:\/\/).*$/is, '$1…');
}

interface Read {
  readonly opened: Opened;
  readonly kind: ApiKindName;
}

/** By the kinds that it may be in turn, until one knows it. */
async function readAny(request: PreviewRequest, deps: ReadDeps): Promise<Read> {
  const { source } = request;
  let first: Read | undefined;
  for (const kind of kindsFor(source)) {
    const opened = await readAs(kind, request, deps);
    if (opened.kind === 'subject' || opened.why === 'broken') return { opened, kind };
    first ??= { opened, kind };
  }
  if (first !== undefined) return first;
  const known = Object.values(KIND_ROWS).map(({ words }) => words);
  const text = `${shownSource(source)} is nothing that can be looked at; give ${known.join(', ')}.`;
  return { opened: { kind: 'fault', why: 'other', text, line: 0 }, kind: 'openapi' };
}

async function readAs(
  kind: ApiKindName,
  { source, headers, url = '' }: PreviewRequest,
  deps: ReadDeps,
): Promise<Opened> {
  const row = KIND_ROWS[kind];
  const written = url === '' ? undefined : { url, mode: 'auto', maxListTokens: undefined };
  const api = {
    [kind]: row.section(source, written),
    ...(headers === undefined ? {} : { headers }),
  };
  const parsed = upstreamsSchema.safeParse({ api });
  const config = parsed.data?.['api'];
  if (config === undefined) {
    const [issue] = parsed.error?.issues ?? [];
    const isHeader = issue?.path.includes('headers') === true;
    const text = `${isHeader ? '--header:' : shownSource(source)} ${issue?.message ?? 'cannot be read'}.`;
    return { kind: 'fault', why: isHeader ? 'unreadable' : 'other', text, line: 0 };
  }
  return (await row.load()).read(config, new Map(), deps);
}

/**
 * Compares a document with what callers of an upstream have now: its last import, or where none is
 * kept, the document that its entry names. Never rejects.
 */
export async function diffSource(request: DiffRequest, deps: PreviewDeps): Promise<Diffed> {
  const { id, entry, source, stateDir, configDirectory } = request;
  const name = kindOf(entry);
  if (name === undefined) {
    const text = `"${id}" is no API; only documents of APIs can be compared.`;
    return { kind: 'fault', why: 'other', text, line: 0 };
  }
  const kind = await KIND_ROWS[name].load();
  const { clock } = deps;
  const bundles = createBundles({
    folder: join(stateDir, 'apis'),
    clock,
    onFault: () => undefined,
  });
  const own = readDeps({ ...deps, directory: configDirectory });
  const names = new Map(bundles.names(id));
  const kept = kind.kept(bundles, { id, config: entry });
  const opened: Opened =
    kept === undefined ? await kind.read(entry, names, own) : { kind: 'subject', subject: kept };
  if (opened.kind === 'fault') return opened;
  // Names stick: an operation that is known keeps the name its callers use.
  for (const { key, name: given } of opened.subject.index.operations) names.set(key, given);
  // What else the entry says stays as it is; only what describes the API is another one.
  const wanted =
    source === '' ? entry : kind.withSource(entry, resolveFrom(deps.directory, source));
  const after = await kind.read(wanted, names, own);
  if (after.kind === 'fault') return after;
  const diff = diffApis(opened.subject, after.subject);
  return { kind: 'diff', diff, against: kept === undefined ? 'document' : 'import' };
}

function resolveFrom(directory: string, source: string): string {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(source) ? source : resolve(directory, source);
}

function readDeps({ timeoutMs = LOAD_TIMEOUT_MS, signal, ...deps }: PreviewDeps): ReadDeps {
  return { ...deps, timeoutMs, signal: signal ?? new AbortController().signal };
}
