/** Reads the bytes of an OpenAPI document to an index and a view of each operation. */
import type { Operation, Repair, Skipped } from '../api/model.ts';
import { digestOf } from './digest.ts';
import type { OpenApiDocument, OpenApiVersion, OperationView } from './document.ts';
import { indexOperations, type OperationIndex } from './index/operations.ts';
import { schemesOf } from './index/security.ts';
import { legacyServers, serversOf, type ServerVariables } from './index/servers.ts';
import type { OperationFilter } from './operation-filter.ts';
import { applyOverlays } from './overlay/apply-all.ts';
import { SOURCE_LIMITS, type SourceLimits } from './source/limits.ts';
import { memberOf, textOf } from './source/node.ts';
import { parseSource } from './source/parse.ts';
import { SourceResolver } from './source/resolver.ts';
import {
  loadSources,
  makeSource,
  reloadSources,
  type LoadSource,
  type Source,
  type Sources,
} from './source/sources.ts';
import { detectVersion } from './version.ts';
import { viewOperation, type ViewContext } from './view/view.ts';

export interface ReadOptions {
  /** OpenAPI Overlay documents (1.0, 1.1), applied in this order before anything else is read. */
  readonly overlays: readonly Buffer[];
  /** Reads a further source that is referred to. @returns words where it may not or cannot be had */
  readonly load: LoadSource;
  /** Names of an earlier import by key of the operation. */
  readonly knownNames: ReadonlyMap<string, string>;
  readonly filter: OperationFilter;
  /** Values for the variables of servers, before the document's defaults. */
  readonly variables?: ServerVariables;
  readonly limits?: SourceLimits;
}

/** Longest account of what is wrong: it may quote the text. */
const MAX_FAULT_CHARS = 500;

/** Why a text is no document that can be read. */
export interface ReadFault {
  /** What is wrong, where, and what to do. */
  readonly text: string;
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;
}

/**
 * Reads Swagger 2.0 and OpenAPI 3.0 to 3.2, JSON or YAML. Schemas are not looked at; what is broken
 * in a single place is skipped or repaired there and told in the document.
 * @param source where the document is (path or address), and its bytes
 * @returns a fault only where the text as a whole is no such document
 */
export async function readOpenApi(
  source: SourceText,
  options: ReadOptions,
): Promise<OpenApiDocument | ReadFault> {
  const limits = options.limits ?? SOURCE_LIMITS;
  const begun = begin(source, options.overlays, limits);
  if ('text' in begun) return begun;
  const sources = await loadSources(begun.main, options.load, limits);
  return open(begun, sources, { ...options, limits });
}

/** Reads a document again whose every source is at hand, at once; otherwise as `readOpenApi`. */
export function rereadOpenApi(
  source: SourceText,
  options: Omit<ReadOptions, 'load'> & {
    readonly load: (location: string) => Buffer | string;
  },
): OpenApiDocument | ReadFault {
  const limits = options.limits ?? SOURCE_LIMITS;
  const begun = begin(source, options.overlays, limits);
  if ('text' in begun) return begun;
  const sources = reloadSources(begun.main, options.load, limits);
  return open(begun, sources, { ...options, limits });
}

/** Where a document is (path or address), and its bytes. */
interface SourceText {
  readonly location: string;
  readonly bytes: Buffer;
}

/** A document as far as it can be read without any other. */
interface Begun {
  readonly main: Source;
  readonly version: OpenApiVersion;
  /** What was guessed of its version; '' for nothing. */
  readonly guess: string;
}

function begin(
  source: SourceText,
  overlays: readonly Buffer[],
  limits: SourceLimits,
): Begun | ReadFault {
  const parsed = parseSource(source.bytes, limits);
  if (!('node' in parsed)) {
    const where = parsed.line > 0 ? ` (line ${parsed.line})` : '';
    const advice = 'Correct it there, or save it as JSON or YAML.';
    return {
      text: `The document cannot be read: ${sentence(parsed.text)}${where}. ${advice}`,
      line: parsed.line,
    };
  }
  const overlaid = applyOverlays(parsed, overlays, limits);
  if ('text' in overlaid) return overlaid;
  const detected = detectVersion(overlaid.node);
  if (typeof detected === 'string') return { text: detected, line: 1 };
  const main = makeSource('', source.location, source.bytes, overlaid);
  return { main, version: detected.version, guess: detected.repair };
}

function sentence(text: string): string {
  return text.slice(0, MAX_FAULT_CHARS).replace(/(?<![.\s])[.\s]+$/, '');
}

function open(
  { version, guess }: Begun,
  sources: Sources,
  options: Omit<ReadOptions, 'load'> & { readonly limits: SourceLimits },
): OpenApiDocument {
  const repairs: Repair[] = [];
  const resolver = new SourceResolver(version, sources, repairs);
  const root = resolver.root();
  if (guess !== '') resolver.repaired(guess, root);
  for (const source of sources.values()) {
    if (typeof source === 'string') continue;
    for (const { what, pointer } of source.repairs) {
      resolver.repaired(what, { node: undefined, source: source.id, pointer });
    }
  }
  const { knownNames, filter, limits, variables = {} } = options;
  const { maxOperations } = limits;
  const index = indexOperations(resolver, root, { knownNames, filter, maxOperations });
  const servers =
    version === '2.0' ? legacyServers(root.node, undefined) : serversOf(resolver, root, variables);
  const info = memberOf(root.node, 'info');
  return {
    version,
    digest: digestOf(sources.values(), options.overlays),
    title: textOf(memberOf(info, 'title')),
    apiVersion: textOf(memberOf(info, 'version')),
    description: textOf(memberOf(info, 'description')),
    servers,
    schemes: schemesOf(resolver, root),
    security: index.security,
    operations: index.operations,
    skipped: [...index.skipped, ...unloaded(sources)],
    repairs,
    resolver,
    view: viewer({ resolver, root, variables, servers }, index),
  };
}

function viewer(
  context: ViewContext,
  { found }: OperationIndex,
): (operation: Operation) => OperationView | string {
  return (operation) => {
    const at = found.get(operation.key);
    if (at === undefined) return `The document has no operation "${operation.key}".`;
    return viewOperation(context, operation, at);
  };
}

/** Sources that are referred to and are not there. */
function unloaded(sources: Sources): readonly Skipped[] {
  const skipped: Skipped[] = [];
  for (const [location, source] of sources) {
    if (typeof source !== 'string') continue;
    const at = { source: '', pointer: '#', line: 0 };
    skipped.push({ what: location, why: `It was not loaded: ${source}`, at });
  }
  return skipped;
}
