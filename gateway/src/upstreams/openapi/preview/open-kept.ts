/** The last import of an upstream as it was read then, from the copies that were kept. */
import type { Bundles } from '../../api/bundles/store.ts';
import type { ImportRecord } from '../../api/bundles/record.ts';
import { readSettings, readText, type Opened, type ReadSettings } from './open-document.ts';

/** @returns undefined where something of it is gone or damaged */
export async function openKept(
  bundles: Bundles,
  record: ImportRecord,
  settings: ReadSettings,
): Promise<Extract<Opened, { readonly kind: 'subject' }> | undefined> {
  const bundle = bundles.open(record);
  if (bundle === undefined) return undefined;
  const { sources } = record;
  const bytes = sources.map((_, place) => bundle.source(place));
  const [main] = bytes;
  const location = sources[0]?.foundAt;
  if (main === undefined || location === undefined) return undefined;
  const overlays = bytes.filter((_, place) => sources[place]?.role === 'overlay');
  const opened = await readText(
    { bytes: main, location },
    {
      ...readSettings(settings),
      overlays: overlays.filter((one) => one !== undefined),
      knownNames: new Map(Object.entries(record.names)),
      load: (wanted) => {
        const place = sources.findIndex((one) => one.location === wanted);
        return Promise.resolve(bytes[place] ?? 'it was not kept');
      },
    },
  );
  return opened.kind === 'subject' ? opened : undefined;
}
