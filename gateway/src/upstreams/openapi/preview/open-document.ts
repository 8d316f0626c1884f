/** Reads a description that somebody named, with the settings of an entry where there is one. */
import type { Bundles } from '../../api/bundles/store.ts';
import type { Opened, ReadDeps } from '../../api/kind.ts';
import type { PreviewSubject } from '../../api/preview/report.ts';
import type { OpenApiConfig } from '../config-schema.ts';
import { readOptions, reread } from '../import/import.ts';
import { createLoader, isUrl, type Loaded, type LoadSettings } from '../../api/sources/load.ts';
import { readOpenApi, type ReadFault } from '../read.ts';
import { subjectOf } from './subject.ts';

/**
 * Reads the document of `config` and what it refers to, as an import does; nothing is kept.
 * @param knownNames names of tools by key
 */
export async function openDocument(
  config: OpenApiConfig,
  knownNames: ReadonlyMap<string, string>,
  deps: ReadDeps & Pick<LoadSettings, 'headers'>,
): Promise<Opened> {
  const { document: source, references = [] } = config;
  const loader = createLoader({ ...deps, document: source, references });
  const main = await loader.written(source, 'document');
  if (typeof main === 'string') return unreadable(source, main);
  const overlays: Loaded[] = [];
  for (const place of config.overlays ?? []) {
    const overlay = await loader.written(place, 'overlay');
    if (typeof overlay === 'string') return unreadable(place, overlay);
    overlays.push(overlay);
  }
  const load = async (location: string): Promise<Buffer | string> => {
    const loaded = await loader.referred(location);
    return typeof loaded === 'string' ? loaded : loaded.bytes;
  };
  const read = await readOpenApi(
    { location: main.record.foundAt, bytes: main.bytes },
    { ...readOptions(config), overlays: overlays.map(({ bytes }) => bytes), load, knownNames },
  );
  return 'text' in read ? faultOf(read, main.bytes) : { kind: 'subject', subject: subjectOf(read) };
}

/** The last import of an upstream as it was read then; undefined where it is not there any more. */
export function openKept(
  bundles: Bundles,
  upstream: string,
  config: OpenApiConfig,
): PreviewSubject | undefined {
  const record = bundles.record(upstream);
  const bundle = record === undefined ? undefined : bundles.open(record);
  if (record === undefined || bundle === undefined) return undefined;
  const document = reread(record, bundle, { config });
  return typeof document === 'string' ? undefined : subjectOf(document);
}

/** What is wrong with an address names it already. */
function unreadable(place: string, why: string): Opened {
  const text = isUrl(place) ? `${why}.` : `${place} cannot be read: ${why}.`;
  return { kind: 'fault', why: 'unreadable', text, line: 0 };
}

/** A key that only such documents have, near the beginning, tells a broken one from another text. */
function faultOf({ text, line }: ReadFault, bytes: Buffer): Opened {
  const head = bytes.toString('latin1', 0, 65_536);
  const isOne = /(^|[\s{,])["']?(openapi|swagger)["']?\s*:/m.test(head);
  return { kind: 'fault', why: isOne ? 'broken' : 'other', text, line };
}
