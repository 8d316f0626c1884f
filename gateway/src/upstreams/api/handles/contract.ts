/** What is kept of answers that are too long, or no text, for a model to read at once. */

/** Whose a kept result is; nobody else learns even that it exists. */
export interface HandleOwner {
  readonly principal: string;
  readonly endpoint: string;
  readonly upstream: string;
}

export interface KeptResult {
  /** `json` and `text` are UTF-8. */
  readonly kind: 'json' | 'text' | 'binary';
  readonly bytes: Buffer;
  readonly mimeType: string;
  /** Never empty; no path. */
  readonly filename: string;
  /** Where the main list of a `json` stands, `items`; '' for the root or none. */
  readonly listPath: string;
}

/** Bounded in entries, bytes and age; the oldest goes first. */
export interface HandleStore {
  /** @returns the id, 128 random bits in base64url; undefined where it is larger than what is kept */
  put(owner: HandleOwner, result: KeptResult): Promise<string | undefined>;
  /** Undefined for whatever is unknown, gone or somebody else's: the caller cannot tell which. */
  get(owner: HandleOwner, id: string): Promise<KeptResult | undefined>;
  /** Forgets everything and removes its files. */
  close(): Promise<void>;
}

export interface HandleLimits {
  /** What is held in memory; the rest goes to files. */
  readonly maxMemoryBytes: number;
  /** In memory and in files together. */
  readonly maxBytes: number;
  /** What one owner may have of `maxBytes`. */
  readonly maxOwnerBytes: number;
  readonly maxEntries: number;
  readonly maxAgeMs: number;
}

export const DEFAULT_HANDLE_LIMITS: HandleLimits = {
  maxMemoryBytes: 32 * 1024 * 1024,
  maxBytes: 512 * 1024 * 1024,
  maxOwnerBytes: 128 * 1024 * 1024,
  maxEntries: 2000,
  maxAgeMs: 3_600_000,
};
