/** The files that describe a server, read from the disk: descriptor sets, and `.proto` with its imports. */
import { constants, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { Clock } from '../../../kernel/index.ts';
import { digestOf } from '../../api/bundles/kept-file.ts';
import type { FileStamp, SourceRecord } from '../../api/bundles/record.ts';
import type { Repair } from '../../api/model.ts';
import { readSet } from './descriptors.ts';
import { Scope } from './proto-scope.ts';
import type { ParsedProto } from './parsed-proto.ts';
import { parseProto, toDescriptor } from './proto-text.ts';
import { wellKnownFile } from './well-known-files.ts';

const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Text is larger than what it means, and slower to read. */
const MAX_PROTO_BYTES = 8 * 1024 * 1024;
const MAX_ALL_BYTES = 256 * 1024 * 1024;
const MAX_PROTOS = 5000;
const SETTLED_AFTER_MS = 3000;

export interface FileSources {
  readonly protos: readonly string[];
  readonly includes: readonly string[];
  readonly descriptors: readonly string[];
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly clock: Clock;
}

export interface ReadFiles {
  readonly files: readonly FileDescriptorProto[];
  readonly records: readonly SourceRecord[];
  readonly repairs: readonly Repair[];
}

export interface FileFault {
  readonly why: 'unreadable' | 'other' | 'broken';
  readonly text: string;
  readonly line: number;
}

/** @returns the first fault, with the file that it is in */
export async function readSources(sources: FileSources): Promise<ReadFiles | FileFault> {
  const reading = new Reading(sources);
  for (const path of sources.descriptors) await reading.set(path);
  for (const path of sources.protos) await reading.proto(path);
  return reading.fault ?? reading.finish();
}

class Reading {
  fault: FileFault | undefined;
  private readonly sources: FileSources;
  private readonly records: SourceRecord[] = [];
  private readonly repairs: Repair[] = [];
  private readonly files: FileDescriptorProto[] = [];
  private readonly parsed = new Map<string, ParsedProto>();
  private bytes = 0;

  constructor(sources: FileSources) {
    this.sources = sources;
  }

  async set(path: string): Promise<void> {
    if (this.fault !== undefined) return;
    const bytes = await this.read(resolve(this.sources.directory, path), path, MAX_FILE_BYTES);
    if (bytes === undefined) return;
    const files = readSet(bytes);
    if (typeof files === 'string') this.fail('other', `${path}: ${files}.`);
    else this.files.push(...files);
  }

  async proto(path: string): Promise<void> {
    const { directory } = this.sources;
    const whole = resolve(directory, path);
    const roots = this.roots(whole);
    const inside = roots.find((root) => whole.startsWith(root + sep)) ?? dirname(whole);
    await this.parse(relative(inside, whole).replaceAll(sep, '/'), whole, roots);
  }

  finish(): ReadFiles {
    const scope = new Scope();
    for (const file of this.files) scope.addDescriptor(file);
    for (const file of this.parsed.values()) {
      scope.addText(file);
      for (const name of file.imports) {
        const known = wellKnownFile(name);
        if (known !== undefined) scope.addDescriptor(known);
      }
    }
    const made = [...this.parsed.values()].map((file) => toDescriptor(file, scope));
    for (const { type, at } of scope.unknown) {
      this.repair(`${at} was left out: no file that was read has its type ${type}`);
    }
    return { files: [...this.files, ...made], records: this.records, repairs: this.repairs };
  }

  /** Where imports are looked for: the folders that are named, then those above the file itself. */
  private roots(whole: string): string[] {
    const { directory, includes } = this.sources;
    const named = includes.map((each) => resolve(directory, each));
    return [...named, dirname(whole)];
  }

  private async parse(name: string, path: string, roots: readonly string[]): Promise<void> {
    const waiting = [{ name, path }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (this.fault !== undefined) return;
      if (this.parsed.has(next.name)) continue;
      if (this.parsed.size >= MAX_PROTOS) {
        this.fail('broken', `${name} imports more than ${MAX_PROTOS} files.`);
        return;
      }
      const bytes = await this.read(next.path, next.name, MAX_PROTO_BYTES);
      if (bytes === undefined) return;
      const parsed = parseProto(next.name, bytes.toString('utf8'));
      if (typeof parsed === 'string') {
        const line = Number(/\(?line (\d+)/.exec(parsed)?.[1] ?? 0);
        this.fail('broken', `${next.name}: ${parsed}.`, line);
        return;
      }
      this.parsed.set(next.name, parsed);
      for (const wanted of parsed.imports) {
        if (wellKnownFile(wanted) !== undefined || this.parsed.has(wanted)) continue;
        const found = await this.find(wanted, roots, dirname(path));
        if (found !== undefined) waiting.push({ name: wanted, path: found });
        else if (!this.files.some((file) => file.name === wanted)) this.missing(next.name, wanted);
      }
    }
  }

  private missing(from: string, wanted: string): void {
    this.repair(
      `${from} imports ${wanted}, which is in none of the folders; what needs it is left out`,
    );
  }

  private repair(what: string): void {
    if (this.repairs.length >= 200) return;
    this.repairs.push({ what, at: { source: '', pointer: '', line: 0 } });
  }

  /** Names of imports begin at a root; where none was named, it may be any folder above. */
  private async find(
    wanted: string,
    roots: readonly string[],
    from: string,
  ): Promise<string | undefined> {
    if (wanted.startsWith('/') || wanted.split('/').includes('..')) return undefined;
    const above: string[] = [];
    for (let at = from; above.length < 12; at = dirname(at)) {
      above.push(at);
      if (at === dirname(at) || at === this.sources.directory) break;
    }
    for (const root of new Set([...roots, ...above])) {
      const path = join(root, wanted);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() === true) return path;
    }
    return undefined;
  }

  private async read(path: string, told: string, maxBytes: number): Promise<Buffer | undefined> {
    const read = await readWhole(path, maxBytes, this.sources.clock);
    if (typeof read === 'string') {
      this.fail('unreadable', `${told} cannot be read: ${read}.`);
      return undefined;
    }
    this.bytes += read.bytes.length;
    if (this.bytes > MAX_ALL_BYTES) {
      this.fail('broken', `The files are longer than ${MAX_ALL_BYTES} bytes together.`);
      return undefined;
    }
    this.records.push(read.record);
    return read.bytes;
  }

  private fail(why: FileFault['why'], text: string, line = 0): void {
    this.fault ??= { why, text, line };
  }
}

async function readWhole(
  path: string,
  maxBytes: number,
  clock: Clock,
): Promise<{ bytes: Buffer; record: SourceRecord } | string> {
  let file;
  try {
    // Without NONBLOCK, opening a pipe would wait for somebody to write to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return 'it is no file';
    if (found.size > maxBytes) return `it is longer than ${maxBytes} bytes`;
    const bytes = await file.readFile();
    const { size, mtimeMs, ino } = found;
    const isSettled = clock.nowMs() - mtimeMs > SETTLED_AFTER_MS && bytes.length === size;
    const stamp = isSettled ? { size, mtimeMs, ino } : null;
    const digest = digestOf(bytes);
    const role = 'reference' as const;
    return { bytes, record: { role, location: path, foundAt: path, digest, stamp, etag: '' } };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === 'ENOENT' ? 'there is no such file' : `it may not be read (${code})`;
  } finally {
    await file?.close();
  }
}

/** Whether a file is still what it was when it was recorded. */
export async function isSame(record: SourceRecord, clock: Clock): Promise<boolean> {
  const now = stampOf(record.location);
  const { stamp } = record;
  if (now === undefined) return false;
  if (stamp !== null && now.size === stamp.size && now.mtimeMs === stamp.mtimeMs) {
    return now.ino === stamp.ino;
  }
  const read = await readWhole(record.location, MAX_FILE_BYTES, clock);
  return typeof read !== 'string' && read.record.digest === record.digest;
}

function stampOf(path: string): FileStamp | undefined {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return { size, mtimeMs, ino };
  } catch {
    return undefined;
  }
}
