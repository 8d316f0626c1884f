/** Reads the record backwards, as far as one request may. */
import { open, type FileHandle } from 'node:fs/promises';

export interface RecordFilter {
  /** RFC 3339, UTC. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly principal?: string | undefined;
  readonly item?: string | undefined;
  /** The outcome, or the reason of a refusal. */
  readonly outcome?: string | undefined;
  readonly decision?: string | undefined;
  readonly kind?: string | undefined;
  readonly text?: string | undefined;
}

export interface RecordPage {
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** Where to go on; undefined where nothing is left. */
  readonly next: string | undefined;
}

const CHUNK_BYTES = 256 * 1024;
/** Bytes that one request reads; what lies before is read by the next one. */
const MAX_SCAN_BYTES = 16 * 1024 * 1024;
/** Rotated files beside the record that are looked into: `audit.jsonl.1` and so on. */
const MAX_FILES = 100;
/** Records are far shorter; what is longer is skipped. */
const MAX_LINE_BYTES = 1024 * 1024;

/** Which file (0: the one that is written), and the byte behind the records that are still to come. */
interface Position {
  readonly number: number;
  /** -1: the end of the file. */
  readonly end: number;
  /** The file that was meant, as the system knows it; files move on when they are rotated. */
  readonly inode: number;
}

/**
 * @param after where an earlier page said to go on; '' for the newest record
 * @returns at most `limit` records; fewer where the bytes that may be read held no more
 */
export async function searchRecords(
  file: string,
  filter: RecordFilter,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<RecordPage> {
  let position = await positionOf(file, after);
  const records: Readonly<Record<string, unknown>>[] = [];
  let budget = MAX_SCAN_BYTES;
  while (position !== undefined && records.length < limit && budget > 0) {
    const found = await readBack(file, position, { filter, budget, limit: limit - records.length });
    if (found === undefined) return { records, next: undefined };
    records.push(...found.records);
    budget -= found.readBytes + 1;
    position =
      found.end > 0
        ? { ...position, end: found.end, inode: found.inode }
        : nextFile(position, found.isBefore);
  }
  return { records, next: position === undefined ? undefined : JSON.stringify(position) };
}

/** Older files hold nothing that is wanted where this one already reaches back beyond it. */
function nextFile({ number }: Position, isBefore: boolean): Position | undefined {
  return isBefore || number + 1 >= MAX_FILES
    ? undefined
    : { number: number + 1, end: -1, inode: 0 };
}

function pathOf(file: string, number: number): string {
  return number === 0 ? file : `${file}.${number}`;
}

async function positionOf(file: string, after: string): Promise<Position | undefined> {
  if (after === '') return { number: 0, end: -1, inode: 0 };
  const { number, end, inode } = positionIn(JSON.parse(after));
  if (inode === 0) return { number, end, inode };
  for (let moved = number; moved < MAX_FILES; moved++) {
    const handle = await openFile(pathOf(file, moved));
    if (handle === undefined) return undefined;
    const { ino } = await handle.stat();
    await handle.close();
    if (ino === inode) return { number: moved, end, inode };
  }
  return undefined;
}

function positionIn(value: unknown): Position {
  const numberAt = (key: string): number => {
    const found: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : 0;
    return typeof found === 'number' ? found : 0;
  };
  return { number: numberAt('number'), end: numberAt('end'), inode: numberAt('inode') };
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

interface Found extends Pick<RecordPage, 'records'> {
  /** Where the first record that was looked at begins; 0 where nothing lies before it. */
  readonly end: number;
  readonly readBytes: number;
  readonly inode: number;
  /** A record was older than anything that is wanted. */
  readonly isBefore: boolean;
}

async function readBack(
  file: string,
  { number, end }: Position,
  asked: { readonly filter: RecordFilter; readonly budget: number; readonly limit: number },
): Promise<Found | undefined> {
  const handle = await openFile(pathOf(file, number));
  if (handle === undefined) return undefined;
  try {
    const { size, ino } = await handle.stat();
    const scan = new BackwardScan(end < 0 ? size : Math.min(end, size), asked);
    await scan.run(handle);
    const { records, isBefore, readBytes } = scan;
    return { records, end: isBefore ? 0 : scan.end, readBytes, inode: ino, isBefore };
  } finally {
    await handle.close();
  }
}

/** Goes through the lines of one file from the last to the first. */
class BackwardScan {
  readonly records: Readonly<Record<string, unknown>>[] = [];
  end: number;
  readBytes = 0;
  isBefore = false;
  private readonly filter: RecordFilter;
  private readonly budget: number;
  private readonly limit: number;

  constructor(
    end: number,
    { filter, budget, limit }: { filter: RecordFilter; budget: number; limit: number },
  ) {
    this.end = end;
    this.filter = filter;
    this.budget = budget;
    this.limit = limit;
  }

  async run(handle: FileHandle): Promise<void> {
    // What lies between `end` and the bytes that were read is the rest of a line.
    let rest: Buffer = Buffer.alloc(0);
    let from = this.end;
    while (from > 0 && this.readBytes < this.budget && !this.isDone) {
      const length = Math.min(CHUNK_BYTES, from);
      const chunk = Buffer.alloc(length);
      await handle.read(chunk, 0, length, from - length);
      from -= length;
      this.readBytes += length;
      rest = this.takeLines(Buffer.concat([chunk, rest]), from);
      if (rest.length > MAX_LINE_BYTES) {
        rest = Buffer.alloc(0);
        this.end = from;
      }
    }
    if (from === 0 && !this.isDone) {
      this.take(rest);
      this.end = 0;
    }
  }

  private get isDone(): boolean {
    return this.isBefore || this.records.length >= this.limit;
  }

  /** @returns the beginning, which may be the end of a line that is not read yet */
  private takeLines(bytes: Buffer, at: number): Buffer {
    let stop = bytes.length;
    for (;;) {
      const lineEnd = stop === 0 ? -1 : bytes.lastIndexOf(0x0a, stop - 1);
      if (lineEnd < 0) return bytes.subarray(0, stop);
      this.take(bytes.subarray(lineEnd + 1, stop));
      this.end = at + lineEnd + 1;
      if (this.isDone) return Buffer.alloc(0);
      stop = lineEnd;
      this.end = at + lineEnd;
    }
  }

  private take(line: Buffer): void {
    if (line.length === 0) return;
    const record = recordIn(line.toString());
    if (record === undefined) return;
    const { time } = record;
    const { from, to } = this.filter;
    if (typeof time === 'string' && from !== undefined && time < normal(from)) {
      this.isBefore = true;
      return;
    }
    if (typeof time === 'string' && to !== undefined && time >= normal(to)) return;
    if (isWanted(record, line, this.filter)) this.records.push(record);
  }
}

/** As records write times, with milliseconds. */
function normal(time: string): string {
  return new Date(time).toISOString();
}

function recordIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWanted(
  record: Readonly<Record<string, unknown>>,
  line: Buffer,
  { principal, item, outcome, decision, kind, text }: RecordFilter,
): boolean {
  const is = (wanted: string | undefined, ...keys: readonly string[]): boolean =>
    wanted === undefined || keys.some((key) => record[key] === wanted);
  return (
    is(principal, 'principal', 'user') &&
    is(item, 'item', 'hidden', 'asked', 'thing', 'publicName') &&
    is(outcome, 'outcome', 'reason') &&
    is(decision, 'decision') &&
    (kind === undefined || (record['kind'] ?? 'call') === kind) &&
    (text === undefined || line.includes(text))
  );
}
