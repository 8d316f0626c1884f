/**
 * The plans of one bundle in one file, a line each. A line says what it holds and whether it is
 * whole, so that the file only ever grows: a torn or foreign line is passed over, and whoever looks
 * for one plan reads nothing of the others.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { appendFile, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { parseExact, type Clock, type Timer } from '../../../kernel/index.ts';
import type { OperationPlan } from '../model.ts';
import { digestOf, readBytes } from './kept-file.ts';
import { isPlan } from './shapes.ts';

/** More is compiled again instead of kept. */
const MAX_BYTES = 64 * 1024 * 1024;
/** What waits to be written is written at once beyond this. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const WRITE_AFTER_MS = 1000;
const DIGEST_CHARS = 32;
/** Shorter plans are kept as they are. */
const PACKED_FROM_CHARS = 8192;
const NEW_LINE = 0x0a;
const LONGEST_KEY_BYTES = 8192;

/** Where a line stands in the file. */
interface Place {
  readonly start: number;
  readonly bytes: number;
}

export class PlanPack {
  private readonly path: string;
  private readonly clock: Clock;
  private readonly onFault: (error: unknown) => void;
  private places: Map<string, Place> | undefined;
  /** Lines by key that are not in the file yet. */
  private waiting = new Map<string, string>();
  private waitingBytes = 0;
  private writing: ReadonlyMap<string, string> = new Map();
  private fileBytes = 0;
  private timer: Timer | undefined;
  private written: Promise<void> = Promise.resolve();

  /** @param onFault hears why plans could not be written; they are compiled again then */
  constructor(path: string, clock: Clock, onFault: (error: unknown) => void) {
    this.path = path;
    this.clock = clock;
    this.onFault = onFault;
  }

  /** Undefined where it is not kept, or what is kept is damaged. */
  get(key: string): OperationPlan | undefined {
    const places = this.load();
    const inMemory = this.waiting.get(key) ?? this.writing.get(key);
    const place = places.get(key);
    const line = inMemory ?? (place === undefined ? undefined : readPlace(this.path, place));
    const plan = line === undefined ? undefined : readLine(line, key);
    if (plan === undefined) places.delete(key);
    return plan;
  }

  put(plan: OperationPlan): void {
    this.load();
    const text = `${JSON.stringify(plan.key)} ${packed(JSON.stringify(plan))}`;
    const line = `${digestOf(text).slice(0, DIGEST_CHARS)} ${text}`;
    if (this.fileBytes + this.waitingBytes + line.length > MAX_BYTES) return;
    this.waiting.set(plan.key, line);
    this.waitingBytes += line.length;
    if (this.waitingBytes > MAX_WAITING_BYTES) void this.write();
    else this.timer ??= this.clock.after(WRITE_AFTER_MS, () => void this.write());
  }

  /** Resolves when everything is written; never rejects. */
  async close(): Promise<void> {
    await this.write();
  }

  private write(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.written = this.written.then(() => this.writeOnce()).catch(this.onFault);
    return this.written;
  }

  private async writeOnce(): Promise<void> {
    if (this.waiting.size === 0) return;
    this.writing = this.waiting;
    this.waiting = new Map();
    this.waitingBytes = 0;
    // The line before may be torn; an empty line is passed over.
    const bytes = Buffer.from(`\n${[...this.writing.values()].join('\n')}\n`);
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await appendFile(this.path, bytes, { mode: 0o600 });
      // Another process may have written to it in between.
      const { size } = await stat(this.path);
      this.find(bytes, size - bytes.length);
      this.fileBytes = size;
    } finally {
      this.writing = new Map();
    }
  }

  private load(): Map<string, Place> {
    if (this.places !== undefined) return this.places;
    this.places = new Map();
    const file = readBytes(this.path, 2 * MAX_BYTES);
    if (file === undefined) return this.places;
    this.fileBytes = file.length;
    this.find(file, 0);
    return this.places;
  }

  /** Notes the lines of a piece of the file that begins at `offset`; later lines win. */
  private find(piece: Buffer, offset: number): void {
    for (let at = 0; at < piece.length;) {
      const found = piece.indexOf(NEW_LINE, at);
      const end = found < 0 ? piece.length : found;
      const key = end - at > DIGEST_CHARS ? keyIn(piece, at, end) : undefined;
      if (key !== undefined) this.places?.set(key, { start: offset + at, bytes: end - at });
      at = end + 1;
    }
  }
}

function readPlace(path: string, { start, bytes }: Place): string | undefined {
  let file;
  try {
    file = openSync(path, 'r');
    const line = Buffer.alloc(bytes);
    return readSync(file, line, 0, bytes, start) === bytes ? line.toString('utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The key of a line, `<digest> "<key>" <plan>`, without reading the plan. */
function keyIn(file: Buffer, start: number, end: number): string | undefined {
  const from = start + DIGEST_CHARS + 1;
  const head = file.toString('utf8', from, Math.min(end, from + 256));
  const [text] = QUOTED.exec(head) ?? [];
  if (text !== undefined) return parseText(text);
  const whole = file.toString('utf8', from, Math.min(end, from + LONGEST_KEY_BYTES));
  return parseText(QUOTED.exec(whole)?.[0] ?? '');
}

const QUOTED = /^"(?:[^"\\]|\\.)*"(?= )/;

function parseText(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function readLine(line: string, key: string): OperationPlan | undefined {
  const text = line.slice(DIGEST_CHARS + 1);
  if (digestOf(text).slice(0, DIGEST_CHARS) !== line.slice(0, DIGEST_CHARS)) return undefined;
  try {
    const plan: unknown = parseExact(unpacked(text.slice(JSON.stringify(key).length + 1)));
    return isPlan(plan) && plan.key === key ? plan : undefined;
  } catch {
    return undefined;
  }
}

/** Schemas repeat themselves: large plans take a tenth of their length. */
function packed(text: string): string {
  if (text.length < PACKED_FROM_CHARS) return text;
  return deflateRawSync(text, { level: 1 }).toString('base64');
}

function unpacked(text: string): string {
  if (text.startsWith('{')) return text;
  const limits = { maxOutputLength: MAX_BYTES };
  return inflateRawSync(Buffer.from(text, 'base64'), limits).toString('utf8');
}
