/** Brings together a WSDL and everything that it imports, as far as that can be had. */
import { basename, dirname, resolve } from 'node:path';
import { XSD, WSDL } from '../wsdl/namespaces.ts';
import { attributeOf, childrenNamed, type XmlElement } from '../xml/element.ts';
import { decodeXml } from '../xml/decode-bytes.ts';
import { DRAFTS, modernXsd } from './drafts.ts';
import { DOCUMENT_LIMITS, isXmlFault, parseXml, type XmlFault } from '../xml/parse.ts';

/** Documents by location: path or address. Words where one could not be had. */
export type Documents = ReadonlyMap<string, XmlElement | string>;

/** A further document that is wanted, and what became of it. */
export type Collecting = Generator<string, Documents | XmlFault, Buffer | string>;

const MAX_DOCUMENTS = 500;
const MAX_BYTES = 96 * 1024 * 1024;

export interface MainDocument {
  readonly location: string;
  readonly bytes: Buffer;
}

/**
 * Asks for one document after the other; the main one alone decides whether there is a fault. What a
 * file imports from elsewhere and cannot be had is looked for beside it, and then stands under both.
 */
export function* collectDocuments(main: MainDocument): Collecting {
  const root = readRoot(main.bytes);
  if (isXmlFault(root)) return root;
  const documents = new Map<string, XmlElement | string>([[main.location, root]]);
  const open = importsOf(root, main.location);
  let bytes = main.bytes.length;
  const load = function* (location: string): Generator<string, void, Buffer | string> {
    const got = yield location;
    if (typeof got === 'string') {
      documents.set(location, got);
      return;
    }
    bytes += got.length;
    const read = readRoot(got);
    documents.set(location, isXmlFault(read) ? placed(read) : read);
    if (!isXmlFault(read)) open.push(...importsOf(read, location));
  };
  for (let location = open.shift(); location !== undefined; location = open.shift()) {
    if (documents.has(location)) continue;
    if (documents.size >= MAX_DOCUMENTS || bytes > MAX_BYTES) {
      documents.set(location, 'there are too many imports, or too long ones');
      continue;
    }
    yield* load(location);
    const beside = typeof documents.get(location) === 'string' ? besideOf(main, location) : '';
    if (beside === '') continue;
    const isNew = !documents.has(beside);
    if (isNew) yield* load(beside);
    const found = documents.get(beside);
    if (typeof found === 'object') {
      documents.delete(location);
      documents.set(location, found);
    }
    if (isNew && typeof found === 'string') documents.delete(beside);
  }
  return documents;
}

/** A file of the same name in the folder of the main one; '' where there can be none. */
function besideOf(main: MainDocument, location: string): string {
  if (/^https?:/i.test(main.location)) return '';
  const path = /^https?:/i.test(location) ? (URL.parse(location)?.pathname ?? '') : location;
  const name = basename(path);
  const beside = resolve(dirname(main.location), name);
  return /\.(?:wsdl|xsd)$/i.test(name) && beside !== location ? beside : '';
}

/** Locations that are not where a document was found, and where it was. */
export function foundBeside(documents: Documents): readonly (readonly [string, string])[] {
  const places = new Map<XmlElement, string>();
  return [...documents].flatMap(([location, root]) => {
    if (typeof root === 'string') return [];
    const known = places.get(root);
    if (known === undefined) places.set(root, location);
    return known === undefined ? [] : [[location, known] as const];
  });
}

export async function collectWith(
  main: MainDocument,
  load: (location: string) => Promise<Buffer | string>,
): Promise<Documents | XmlFault> {
  const collecting = collectDocuments(main);
  let step = collecting.next();
  while (step.done !== true) step = collecting.next(await load(step.value));
  return step.value;
}

/** The same where all documents are at hand. */
export function collectAtHand(
  main: MainDocument,
  load: (location: string) => Buffer | string,
): Documents | XmlFault {
  const collecting = collectDocuments(main);
  let step = collecting.next();
  while (step.done !== true) step = collecting.next(load(step.value));
  return step.value;
}

export function isCollectFault(read: Documents | XmlFault): read is XmlFault {
  return 'text' in read;
}

/** Where a reference leads; '' where it is none. */
export function locationFrom(base: string, written: string): string {
  const reference = written.trim().replace(/#.*$/s, '');
  if (reference === '') return '';
  if (/^https?:\/\//i.test(reference)) return URL.parse(reference)?.href ?? '';
  if (/^[a-z][a-z0-9+.-]+:/i.test(reference)) return '';
  if (/^https?:\/\//i.test(base)) return URL.parse(reference, base)?.href ?? '';
  return resolve(dirname(base), reference.replaceAll('\\', '/'));
}

/** Schemas that stand in a document: itself, or those of its types. */
export function schemasIn(root: XmlElement): readonly XmlElement[] {
  if (root.local === 'schema') return [root];
  return childrenNamed(root, WSDL, 'types').flatMap((types) => childrenNamed(types, XSD, 'schema'));
}

function readRoot(bytes: Buffer): XmlElement | XmlFault {
  const text = decodeXml(bytes);
  if (text === undefined) return { text: 'its text is not in the encoding that it names', line: 1 };
  const root = parseXml(text, DOCUMENT_LIMITS);
  return isXmlFault(root) || !DRAFTS.test(text) ? root : modernXsd(root);
}

function placed({ text, line }: XmlFault): string {
  return line > 0 ? `${text} (line ${line})` : text;
}

function importsOf(root: XmlElement, base: string): string[] {
  const written = [
    ...childrenNamed(root, WSDL, 'import').map((one) => attributeOf(one, 'location')),
    ...schemasIn(root).flatMap((schema) =>
      childrenNamed(schema, XSD, 'import', 'include', 'redefine').map((one) =>
        attributeOf(one, 'schemaLocation'),
      ),
    ),
  ];
  return written.flatMap((one) => {
    const location = one === undefined ? '' : locationFrom(base, one);
    return location === '' ? [] : [location];
  });
}
