/** Tells one import from another by what was read. */
import { createHash } from 'node:crypto';
import type { Source } from './source/sources.ts';

/** Grows when the same bytes are read differently. */
const IMPORTER_VERSION = 1;

/** SHA-256 (hex) over all bytes that were read, in order, and the importer's version. */
export function digestOf(sources: Iterable<Source | string>, overlays: readonly Buffer[]): string {
  const hash = createHash('sha256').update(`openapi ${IMPORTER_VERSION}\n`);
  for (const source of sources) {
    // What could not be loaded has no bytes; that it is missing changes nothing that was read.
    if (typeof source !== 'string') hash.update(`${source.bytes.length}\n`).update(source.bytes);
  }
  for (const overlay of overlays) hash.update(`overlay ${overlay.length}\n`).update(overlay);
  return hash.digest('hex');
}
