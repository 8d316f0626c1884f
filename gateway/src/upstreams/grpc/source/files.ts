/** The files that describe a server, read from the disk: descriptor sets, and `.proto` with its imports. */
import { resolve } from 'node:path';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { Clock } from '../../../kernel/index.ts';
import type { SourceRecord } from '../../api/bundles/record.ts';
import type { Repair } from '../../api/model.ts';
import { readSet } from './descriptors.ts';
import type { ParsedProto } from './parsed-proto.ts';
import { ProtoFiles } from './proto-files.ts';
import { Scope } from './proto-scope.ts';
import { toDescriptor } from './proto-text.ts';
import { MAX_FILE_BYTES, readFolder, readWhole } from './read-file.ts';
import { wellKnownFile } from './well-known-files.ts';

/** Text is larger than what it means, and slower to read. */
const MAX_PROTO_BYTES = 8 * 1024 * 1024;
const MAX_ALL_BYTES = 256 * 1024 * 1024;
const MAX_REPAIRS = 200;

export interface FileSources {
  /** `.proto` files, and folders of them. */
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
  private readonly texts: ProtoFiles;
  private bytes = 0;

  constructor(sources: FileSources) {
    const { includes, directory } = sources;
    this.sources = sources;
    this.texts = new ProtoFiles({
      roots: includes.map((each) => resolve(directory, each)),
      directory,
      isKnown: (name) => this.files.some((file) => file.name === name),
      read: async (path, told) => (await this.read(path, told, MAX_PROTO_BYTES))?.toString('utf8'),
      leftOut: (what) => this.repair(what),
    });
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
    if (this.fault !== undefined) return;
    const whole = resolve(this.sources.directory, path);
    const folder = await readFolder(whole);
    if (typeof folder === 'string') {
      this.fail('unreadable', `${path} cannot be read: ${folder}.`);
    } else if (folder === undefined) {
      const fault = await this.texts.add(whole);
      if (fault !== undefined) this.fail('broken', fault.text, fault.line);
    } else if (folder.paths.length === 0) {
      this.fail('other', `${path}: there is no .proto file in this folder.`);
    } else {
      this.records.push(folder.record);
      const fault = await this.texts.addFolder(whole, folder.paths);
      if (fault !== undefined) this.fail('broken', fault.text, fault.line);
    }
  }

  finish(): ReadFiles {
    const parsed = this.texts.finish();
    const scope = new Scope();
    for (const file of this.files) scope.addDescriptor(file);
    for (const file of parsed) addText(file, scope);
    const made = parsed.map((file) => toDescriptor(file, scope));
    for (const { type, at } of scope.unknown) {
      this.repair(`${at} was left out: no file that was read has its type ${type}`);
    }
    return { files: [...this.files, ...made], records: this.records, repairs: this.repairs };
  }

  private repair(what: string): void {
    if (this.repairs.length >= MAX_REPAIRS) return;
    this.repairs.push({ what, at: { source: '', pointer: '', line: 0 } });
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

function addText(file: ParsedProto, scope: Scope): void {
  scope.addText(file);
  for (const name of file.imports) {
    const known = wellKnownFile(name);
    if (known !== undefined) scope.addDescriptor(known);
  }
}
