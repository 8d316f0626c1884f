/** Descriptions of APIs, looked at before they are added or compared with what was added. */
import { join } from 'node:path';
import type { Clock } from '../kernel/index.ts';
import { createBundles } from './api/bundles/store.ts';
import { diffApis } from './api/preview/diff/diff.ts';
import type { DiffReport } from './api/preview/diff/change.ts';
import { previewApi } from './api/preview/preview.ts';
import type { PreviewReport, PreviewSubject } from './api/preview/report.ts';
import { controlSchemas } from './api/results/controls.ts';
import { DEFAULT_RESULT_LIMITS } from './api/results/contract.ts';
import { estimateTokens } from './api/schema/index.ts';
import { openApiConfig } from './openapi/config-schema.ts';
import { shownSource, type LoadDeps } from './openapi/preview/load-text.ts';
import { openDocument, type Opened } from './openapi/preview/open-document.ts';
import { openKept } from './openapi/preview/open-kept.ts';
import type { UpstreamConfig } from './schema.ts';

export interface PreviewDeps {
  readonly clock: Clock;
  /** The folder that a relative path begins at. */
  readonly directory: string;
  readonly signal?: AbortSignal;
  /** For each document, milliseconds. */
  readonly timeoutMs?: number;
}

export interface PreviewRequest {
  /** Path or address of a document. */
  readonly source: string;
  readonly budgetTokens: number;
  /** The entry whose settings (overlays, operations, credentials) hold; none for a new one. */
  readonly entry?: UpstreamConfig;
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

/** Reads a document and reports everything worth knowing before it is added. Never rejects. */
export async function previewSource(
  request: PreviewRequest,
  deps: PreviewDeps,
): Promise<Previewed> {
  const { source, entry, budgetTokens } = request;
  const settings = entry?.openapi === undefined ? {} : openApiConfig(entry.openapi);
  const opened = await openDocument(source, settings, new Map(), loadDeps(deps));
  if (opened.kind === 'fault') return opened;
  const report = previewApi(opened.subject, {
    source: shownSource(source),
    budgetTokens,
    isConfigured: (scheme) => isConfigured(entry, scheme),
    estimateTokens,
    controlsFor: (plan) => controlSchemas(plan, DEFAULT_RESULT_LIMITS.maxItems),
    lint: () => [],
    measureAllUpTo: MEASURE_ALL_UP_TO,
    sample: SAMPLE,
    maxChars: MAX_MEASURED_CHARS,
  });
  return { kind: 'report', report };
}

/**
 * Compares a document with what callers of an upstream have now: its last import, or where none is
 * kept, the document that its entry names. Never rejects.
 */
export async function diffSource(request: DiffRequest, deps: PreviewDeps): Promise<Diffed> {
  const { entry, configDirectory } = request;
  if (entry.openapi === undefined) {
    const text = `"${request.id}" is no API; only documents of APIs can be compared.`;
    return { kind: 'fault', why: 'other', text, line: 0 };
  }
  const settings = openApiConfig(entry.openapi);
  const bundles = createBundles({
    folder: join(request.stateDir, 'apis'),
    clock: deps.clock,
    onFault: () => undefined,
  });
  const record = bundles.record(request.id);
  const kept = record && (await openKept(bundles, record, settings));
  const own = loadDeps({ ...deps, directory: configDirectory });
  const names = new Map(Object.entries(record?.names ?? {}));
  const before = kept ?? (await openDocument(settings.document, settings, names, own));
  if (before.kind === 'fault') return before;
  const known = namesOf(names, before.subject);
  const after =
    request.source === ''
      ? await openDocument(settings.document, settings, known, own)
      : await openDocument(request.source, settings, known, loadDeps(deps));
  if (after.kind === 'fault') return after;
  const diff = diffApis(before.subject, after.subject);
  return { kind: 'diff', diff, against: kept === undefined ? 'document' : 'import' };
}

/** Names stick: an operation that is known keeps the name its callers use. */
function namesOf(
  kept: ReadonlyMap<string, string>,
  { index }: PreviewSubject,
): ReadonlyMap<string, string> {
  return new Map([...kept, ...index.operations.map(({ key, name }) => [key, name] as const)]);
}

function loadDeps({ timeoutMs = LOAD_TIMEOUT_MS, ...deps }: PreviewDeps): LoadDeps {
  return { ...deps, timeoutMs };
}

function isConfigured(entry: UpstreamConfig | undefined, scheme: string): boolean {
  const { auth } = entry ?? {};
  if (auth === undefined) return false;
  return auth.schemes === undefined || Object.hasOwn(auth.schemes, scheme);
}
