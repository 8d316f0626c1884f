/** Reads a description that somebody named, with the settings of an entry where there is one. */
import type { PreviewSubject } from '../../api/preview/report.ts';
import type { OpenApiConfig } from '../config-schema.ts';
import { KEEP_ALL, type OperationFilter, type OperationSelection } from '../operation-filter.ts';
import { readOpenApi, type ReadOptions } from '../read.ts';
import { loaderFor, loadNamed, type LoadDeps, type LoadedText } from './load-text.ts';
import { subjectOf } from './subject.ts';

/** Settings of an entry that decide what is read of a document. */
export type ReadSettings = Pick<OpenApiConfig, 'overlays' | 'include' | 'exclude' | 'variables'>;

export type Opened =
  | { readonly kind: 'subject'; readonly subject: PreviewSubject; readonly location: string }
  | {
      readonly kind: 'fault';
      /** `unreadable`: it could not be had. `other`: it is something else. `broken`: its text. */
      readonly why: 'unreadable' | 'other' | 'broken';
      /** What is wrong and what to do. */
      readonly text: string;
      /** Counted from 1; 0 where it is not known. */
      readonly line: number;
    };

/** @param source path or address of a document */
export async function openDocument(
  source: string,
  settings: ReadSettings,
  knownNames: ReadonlyMap<string, string>,
  deps: LoadDeps,
): Promise<Opened> {
  const loaded = await loadNamed(source, deps);
  if (typeof loaded === 'string') return unreadable(loaded);
  const overlays: Buffer[] = [];
  for (const overlay of settings.overlays ?? []) {
    const text = await loadNamed(overlay, deps);
    if (typeof text === 'string') return unreadable(text);
    overlays.push(text.bytes);
  }
  const { location } = loaded;
  const load = loaderFor(location, deps);
  return readText(loaded, { ...readSettings(settings), overlays, load, knownNames });
}

export async function readText(loaded: LoadedText, options: ReadOptions): Promise<Opened> {
  const document = await readOpenApi(loaded, options);
  if (!('text' in document)) {
    return { kind: 'subject', subject: subjectOf(document), location: loaded.location };
  }
  const why = saysItIsOne(loaded.bytes) ? 'broken' : 'other';
  return { kind: 'fault', why, ...document };
}

export function readSettings(
  settings: ReadSettings,
): Pick<ReadOptions, 'filter'> & { variables?: Record<string, string> } {
  const { variables } = settings;
  return { filter: filterOf(settings), ...(variables === undefined ? {} : { variables }) };
}

function filterOf({ include, exclude }: ReadSettings): OperationFilter {
  if (include === undefined && exclude === undefined) return KEEP_ALL;
  return {
    include: selectionOf(include),
    exclude: selectionOf(exclude),
    deprecated: exclude?.deprecated === true ? 'skip' : 'keep',
  };
}

function selectionOf(written: ReadSettings['include']): OperationSelection {
  const { tags = [], paths = [], methods = [] } = written ?? {};
  return { tags, paths, methods };
}

function unreadable(text: string): Opened {
  return { kind: 'fault', why: 'unreadable', text, line: 0 };
}

/** A key that only such documents have, near the beginning. */
function saysItIsOne(bytes: Buffer): boolean {
  return /(^|[\s{,])["']?(openapi|swagger)["']?\s*:/m.test(bytes.toString('latin1', 0, 65_536));
}
