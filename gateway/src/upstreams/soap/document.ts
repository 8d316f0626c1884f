/** A WSDL with all that it imports, read: its operations, and the schemas of their messages. */
import { hash } from 'node:crypto';
import { allocateNames } from '../api/names.ts';
import { wordsOf } from '../api/name-words.ts';
import type { ApiIndex, Operation, Repair, Skipped } from '../api/model.ts';
import { oneLine } from '../api/words/one-line.ts';
import { effectsOf } from './compile/effects.ts';
import { foundBeside, type Documents } from './import/collect.ts';
import type { SoapOperation } from './wsdl/model.ts';
import { WSDL } from './wsdl/namespaces.ts';
import { readWsdl } from './wsdl/read.ts';
import { indexSchemas, type SchemaIndex } from './xsd/schema-index.ts';
import { whyMended, whyUnusable } from './compile/usable.ts';
import { compileFilter, type NameFilter } from './compile/name-filter.ts';

export interface SoapDocument {
  readonly index: ApiIndex;
  readonly schemas: SchemaIndex;
  /** By key. */
  readonly operations: ReadonlyMap<string, SoapOperation>;
  readonly format: string;
}

export interface ReadSettings extends NameFilter {
  readonly service: string;
  readonly port: string;
  /** Names of an earlier import by key. */
  readonly knownNames: ReadonlyMap<string, string>;
}

/** @returns words where the main document is no WSDL 1.1 */
export function readDocument(
  documents: Documents,
  main: string,
  settings: ReadSettings,
): SoapDocument | string {
  const root = documents.get(main);
  if (typeof root !== 'object') return 'The document is not there.';
  if (root.uri !== WSDL || root.local !== 'definitions') {
    const isTwo = root.local === 'description' && root.uri.includes('wsdl');
    return isTwo
      ? 'The document is WSDL 2.0; only WSDL 1.1 is read. Most servers give that out too.'
      : `The document is no WSDL 1.1: its root is <${root.local}> of "${root.uri.slice(0, 100)}", not <definitions> of ${WSDL}.`;
  }
  const wsdl = readWsdl(documents, main, settings);
  const schemas = indexSchemas(documents);
  const keep = compileFilter(settings);
  const skipped: Skipped[] = [...wsdl.skipped];
  const repairs: Repair[] = [...elsewhere(documents), ...wsdl.repairs];
  const operations = new Map<string, SoapOperation>();
  for (const one of wsdl.operations) {
    if (!keep(one.name)) continue;
    const why = whyUnusable(one, schemas);
    if (why !== '') {
      skipped.push({ what: one.name, why, at: one.at });
      continue;
    }
    operations.set(keyOf(one, operations), one);
    const mended = whyMended(one, schemas);
    if (mended !== '') repairs.push({ what: mended, at: one.at });
  }
  return {
    schemas,
    operations,
    format: 'WSDL 1.1',
    index: {
      kind: 'soap',
      digest: digestOf(main, operations.keys()),
      title: wsdl.title,
      version: '',
      description: wsdl.doc,
      servers: wsdl.servers,
      schemes: [],
      operations: listOf(operations, settings.knownNames),
      skipped,
      repairs,
    },
  };
}

function elsewhere(documents: Documents): readonly Repair[] {
  return foundBeside(documents).map(([location, found]) => ({
    what: `${location} was not to be had; ${found} is taken, which is beside the document.`,
    at: { source: '', pointer: '', line: 0 },
  }));
}

/** Replaced where the import is kept. */
function digestOf(main: string, keys: Iterable<string>): string {
  return hash('sha256', JSON.stringify([main, ...keys]), 'hex');
}

function keyOf(
  { service, name, port }: SoapOperation,
  taken: ReadonlyMap<string, unknown>,
): string {
  const plain = `soap:${service}.${name}`;
  if (!taken.has(plain)) return plain;
  const longer = `soap:${service}.${port}.${name}`;
  for (let turn = 1; ; turn++) {
    const key = turn === 1 ? longer : `${longer}#${turn}`;
    if (!taken.has(key)) return key;
  }
}

function listOf(
  operations: ReadonlyMap<string, SoapOperation>,
  knownNames: ReadonlyMap<string, string>,
): readonly Operation[] {
  const wishes = [...operations].map(([key, { name }]) => ({ key, words: wordsOf(name) }));
  const names = allocateNames(wishes, knownNames);
  return [...operations].map(([key, one]): Operation => {
    const given = names.get(key);
    return {
      key,
      name: given?.name ?? one.name,
      aliases: given?.aliases ?? [],
      title: one.name,
      summary:
        oneLine(one.doc) ||
        `Calls ${one.name}${one.service === '' ? '' : ` of ${one.service}`}.`.slice(0, 120),
      tags: one.service === '' ? [] : [one.service],
      isDeprecated: /^\s*(?:\[?deprecated\b|obsolete\b)/i.test(one.doc),
      verb: 'SOAP',
      place: one.service === '' ? one.name : `${one.service}.${one.name}`,
      effects: effectsOf(one.name),
      auth: [],
      at: one.at,
    };
  });
}
