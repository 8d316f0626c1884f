/** Which results are kept, and how much room they take. */
import type { HandleLimits, KeptResult } from './contract.ts';
import type { ResultFiles } from './files.ts';

/** One kept result; its bytes are in memory or in a file. */
export interface Entry {
  readonly owner: string;
  readonly about: Omit<KeptResult, 'bytes'>;
  readonly size: number;
  readonly bytes: Buffer | undefined;
  /** '' where the bytes are in memory. */
  readonly file: string;
  readonly expiresAtMs: number;
}

export interface Shelf {
  count(): number;
  memoryBytes(): number;
  find(id: string): Entry | undefined;
  add(id: string, entry: Entry): void;
  /** Counts bytes that are being written; call the result once they are. */
  reserve(bytes: number): () => void;
  /** Drops the oldest: of this owner while it has too much, then of everybody. */
  makeRoom(owner: string, bytes: number, maxBytes: number): void;
  dropExpired(nowMs: number): void;
  /** Drops everything; resolves when the files are gone. */
  clear(): Promise<void>;
}

/** Entries in the order of their age; the first is the oldest. */
export function createShelf(files: ResultFiles | undefined, limits: HandleLimits): Shelf {
  const entries = new Map<string, Entry>();
  const removals = new Set<Promise<void>>();
  const ledger = createLedger();
  const dropWhile = (isToGo: () => boolean, owner?: string): void => {
    for (const [id, entry] of entries) {
      if (!isToGo()) break;
      if (owner !== undefined && entry.owner !== owner) continue;
      entries.delete(id);
      ledger.book(entry, -1);
      if (entry.file === '' || files === undefined) continue;
      const removal = files.remove(entry.file).finally(() => removals.delete(removal));
      removals.add(removal);
    }
  };
  const oldest = (): Entry | undefined => entries.values().next().value;
  return {
    count: () => entries.size,
    memoryBytes: () => ledger.memory(),
    find: (id) => entries.get(id),
    add: (id, entry) => {
      entries.set(id, entry);
      ledger.book(entry, 1);
    },
    reserve: (bytes) => ledger.reserve(bytes),
    makeRoom: (owner, bytes, maxBytes) => {
      dropWhile(() => ledger.of(owner) + bytes > limits.maxOwnerBytes, owner);
      dropWhile(() => ledger.total() + bytes > maxBytes || entries.size >= limits.maxEntries);
    },
    dropExpired: (nowMs) => dropWhile(() => nowMs >= (oldest()?.expiresAtMs ?? Infinity)),
    clear: async () => {
      dropWhile(() => true);
      await Promise.all(removals);
    },
  };
}

interface Ledger {
  total(): number;
  memory(): number;
  of(owner: string): number;
  book(entry: Entry, sign: 1 | -1): void;
  reserve(bytes: number): () => void;
}

function createLedger(): Ledger {
  const owned = new Map<string, number>();
  let total = 0;
  let memory = 0;
  return {
    total: () => total,
    memory: () => memory,
    of: (owner) => owned.get(owner) ?? 0,
    book: ({ owner, size, bytes }, sign) => {
      total += sign * size;
      if (bytes !== undefined) memory += sign * size;
      const left = (owned.get(owner) ?? 0) + sign * size;
      if (left > 0) owned.set(owner, left);
      else owned.delete(owner);
    },
    reserve: (bytes) => {
      total += bytes;
      return () => {
        total -= bytes;
      };
    },
  };
}
