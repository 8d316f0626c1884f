/** A WSDL as previews and comparisons look at it; nothing of it can be called. */
import type { Bundles } from '../../api/bundles/store.ts';
import type { Opened, ReadDeps } from '../../api/kind.ts';
import type { PreviewSubject } from '../../api/preview/report.ts';
import { isUrl, type LoadSettings } from '../../api/sources/load.ts';
import { compileOperation } from '../compile/operation.ts';
import type { SoapConfig } from '../config-schema.ts';
import type { SoapDocument } from '../document.ts';
import { loaderOf, readSoap, reread } from './import.ts';

/**
 * Reads the document of `config` and what it imports; nothing is kept.
 * @param knownNames names of tools by key
 */
export async function openDocument(
  config: SoapConfig,
  knownNames: ReadonlyMap<string, string>,
  deps: ReadDeps & Pick<LoadSettings, 'headers'>,
): Promise<Opened> {
  const loader = loaderOf(config, deps);
  const main = await loader.written(config.wsdl, 'document');
  if (typeof main === 'string') {
    const text = isUrl(config.wsdl) ? `${main}.` : `${config.wsdl} cannot be read: ${main}.`;
    return { kind: 'fault', why: 'unreadable', text, line: 0 };
  }
  const place = { location: main.record.foundAt, bytes: main.bytes };
  const read = await readSoap(place, config, knownNames, async (location) => {
    const loaded = await loader.referred(location);
    return typeof loaded === 'string'
      ? loaded.replace('"references"', '"soap.imports"')
      : loaded.bytes;
  });
  if (!('text' in read)) return { kind: 'subject', subject: subjectOf(read) };
  // A root that only such documents have tells a broken one from another text.
  const isOne = /<(?:[\w.-]+:)?definitions[\s>]/.test(main.bytes.toString('latin1', 0, 65_536));
  return { kind: 'fault', why: isOne ? 'broken' : 'other', ...read };
}

/** The last import of an upstream as it was read then; undefined where it is not there any more. */
export function openKept(
  bundles: Bundles,
  upstream: string,
  config: SoapConfig,
): PreviewSubject | undefined {
  const record = bundles.record(upstream);
  const bundle = record === undefined ? undefined : bundles.open(record);
  if (record === undefined || bundle === undefined) return undefined;
  const document = reread(record, bundle, config);
  return typeof document === 'string' ? undefined : subjectOf(document);
}

function subjectOf(document: SoapDocument): PreviewSubject {
  const { index, format } = document;
  const byKey = new Map(index.operations.map((operation) => [operation.key, operation]));
  return {
    format,
    index,
    plan: (key) => {
      const operation = byKey.get(key);
      return operation === undefined
        ? 'The document has no such operation.'
        : compileOperation(document, operation);
    },
    repairs: () => index.repairs,
    serverOf: () => '',
  };
}
