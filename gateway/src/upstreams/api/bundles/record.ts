/**
 * What is remembered of one upstream's last import. Its shape is looked at by hand: a schema costs
 * more than all else that a start does with an import it kept.
 */
import { isMembers } from './shapes.ts';

const ROLES = ['document', 'overlay', 'reference'] as const;

export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export interface SourceRecord {
  readonly role: (typeof ROLES)[number];
  /** Path or address. */
  readonly location: string;
  /** Where an address led in the end; as `location` for a file. */
  readonly foundAt: string;
  /** SHA-256 (hex); '' where it could not be had. */
  readonly digest: string;
  /** Of a file that had not changed for a while when it was read; null otherwise. */
  readonly stamp: FileStamp | null;
  /** Of an address; '' where it gave none. */
  readonly etag: string;
}

export interface ImportRecord {
  /** Stands for the importer and everything that was set. */
  readonly options: string;
  /** The folder of the bundle, named by its digest. */
  readonly bundle: string;
  /** The document is its first. */
  readonly sources: readonly SourceRecord[];
}

type Members<K extends string> = Readonly<Record<K, unknown>>;

const BUNDLE = /^[0-9a-f]{64}$/;

/** Exactly the members of a record, each of its kind; numbers are finite. */
export function isRecord(value: unknown): value is ImportRecord {
  if (!hasExactly(value, ['options', 'bundle', 'sources'])) return false;
  const { options, bundle, sources } = value;
  return (
    typeof options === 'string' &&
    typeof bundle === 'string' &&
    BUNDLE.test(bundle) &&
    Array.isArray(sources) &&
    sources.length > 0 &&
    sources.every(isSource)
  );
}

function isSource(value: unknown): value is SourceRecord {
  if (!hasExactly(value, ['role', 'location', 'foundAt', 'digest', 'stamp', 'etag'])) return false;
  const { role, stamp, ...texts } = value;
  return (
    ROLES.some((one) => one === role) &&
    (stamp === null || isStamp(stamp)) &&
    Object.values(texts).every((text) => typeof text === 'string')
  );
}

function isStamp(value: unknown): value is FileStamp {
  return hasExactly(value, ['size', 'mtimeMs', 'ino']) && Object.values(value).every(isFinite);
}

function isFinite(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function hasExactly<K extends string>(value: unknown, keys: readonly K[]): value is Members<K> {
  return (
    isMembers(value) &&
    Object.keys(value).length === keys.length &&
    keys.every((key) => Object.hasOwn(value, key))
  );
}
