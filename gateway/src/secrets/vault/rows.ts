/** Where sealed secrets are kept; the store implements it. */

/** One version of a secret; time in milliseconds since 1970. */
export interface SealedRow {
  readonly name: string;
  readonly version: number;
  /** The envelope, as this room wrote it. */
  readonly sealed: string;
  readonly createdMs: number;
  readonly createdBy: string;
}

export interface SealedRowWriter {
  all(): Promise<readonly SealedRow[]>;
  /** Puts a version in the place of all others of its name. */
  put(row: SealedRow): Promise<void>;
  reseal(name: string, version: number, sealed: string): Promise<void>;
  /** @returns whether there was one */
  remove(name: string): Promise<boolean>;
}

export interface SealedRows {
  all(): Promise<readonly SealedRow[]>;
  /** Runs `work` while nobody else writes: all of it lasts, or nothing where it rejects. */
  change<T>(work: (writer: SealedRowWriter) => Promise<T>): Promise<T>;
}
