/** What is remembered of one upstream's last import: its sources, and the names it gave. */
import { z } from 'zod';

const stamp = z.strictObject({
  size: z.number(),
  mtimeMs: z.number(),
  ino: z.number(),
});

const source = z.strictObject({
  role: z.enum(['document', 'overlay', 'reference']),
  /** Path or address. */
  location: z.string(),
  /** Where an address led in the end; as `location` for a file. */
  foundAt: z.string(),
  /** SHA-256 (hex); '' where it could not be had. */
  digest: z.string(),
  /** Of a file that had not changed for a while when it was read; null otherwise. */
  stamp: stamp.nullable(),
  /** Of an address; '' where it gave none. */
  etag: z.string(),
});

export const recordSchema = z.strictObject({
  /** Stands for the importer and everything that was set. */
  options: z.string(),
  /** The folder of the bundle. */
  bundle: z.string().regex(/^[0-9a-f]{64}$/),
  /** The document is its first. */
  sources: z.array(source).min(1),
  /** Tool names by key, of operations that are gone too. */
  names: z.record(z.string(), z.string()),
});

export type FileStamp = z.infer<typeof stamp>;
export type SourceRecord = z.infer<typeof source>;
export type ImportRecord = z.infer<typeof recordSchema>;
