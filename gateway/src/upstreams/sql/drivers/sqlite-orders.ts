/** What the process that holds an SQLite file is asked, and what it answers. */
import type { SQLOutputValue } from 'node:sqlite';

export interface SqliteOrder {
  readonly path: string;
  readonly sql: string;
  readonly values: readonly (string | number | bigint | null | Uint8Array)[];
  readonly writes: boolean;
  /** Only prepared, not run. */
  readonly check: boolean;
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly lockTimeoutMs: number;
}

export type SqliteAnswer =
  | {
      readonly kind: 'rows';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly SQLOutputValue[])[];
      readonly affected: number;
      readonly cut: '' | 'rows' | 'bytes';
    }
  /** `code` is SQLite's extended result code; 0 where it is none of its. */
  | { readonly kind: 'failed'; readonly text: string; readonly code: number };
