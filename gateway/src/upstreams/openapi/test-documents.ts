/** Small documents for tests only. */
import type { OpenApiDocument, OperationView } from './document.ts';
import { KEEP_ALL } from './operation-filter.ts';
import { readOpenApi, type ReadFault, type ReadOptions } from './read.ts';

export const READ_OPTIONS: ReadOptions = {
  overlays: [],
  load: () => Promise.resolve('no other files'),
  knownNames: new Map(),
  filter: KEEP_ALL,
};

/** Reads a document given as a value (written as JSON) or as text. */
export function readAny(
  document: unknown,
  options: Partial<ReadOptions> = {},
): Promise<OpenApiDocument | ReadFault> {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const source = { location: 'folder/api.json', bytes: Buffer.from(text) };
  return readOpenApi(source, { ...READ_OPTIONS, ...options });
}

/** The same where it must be readable. */
export async function readDocument(
  document: unknown,
  options: Partial<ReadOptions> = {},
): Promise<OpenApiDocument> {
  const read = await readAny(document, options);
  if ('text' in read) throw new Error(read.text);
  return read;
}

/** The view of the only or the first operation. */
export async function viewFirst(
  document: unknown,
  options: Partial<ReadOptions> = {},
): Promise<{ readonly document: OpenApiDocument; readonly view: OperationView }> {
  const read = await readDocument(document, options);
  const operation = read.operations[0];
  const view = operation === undefined ? 'no operation' : read.view(operation);
  if (typeof view === 'string') throw new Error(view);
  return { document: read, view };
}
