/** The plans of one bundle in one file: a line each, read on first need and checked one by one. */
import { parseExact, type Clock, type Timer } from '../../../kernel/index.ts';
import type { OperationPlan } from '../model.ts';
import { isPlan } from './shapes.ts';
import { digestOf, readBytes, writeWhole } from './kept-file.ts';

/** More is compiled again instead of kept. */
const MAX_BYTES = 48 * 1024 * 1024;
const WRITE_AFTER_MS = 1000;
const DIGEST_CHARS = 32;

export class PlanPack {
  private readonly path: string;
  private readonly clock: Clock;
  private readonly onFault: (error: unknown) => void;
  /** Whole lines by key, as they stand in the file or will. */
  private lines: Map<string, string | readonly [start: number, end: number]> | undefined;
  private file: Buffer | undefined;
  private bytes = 0;
  private timer: Timer | undefined;
  private writing: Promise<void> = Promise.resolve();
  private isChanged = false;

  /** @param onFault hears why plans could not be written; they are compiled again then */
  constructor(path: string, clock: Clock, onFault: (error: unknown) => void) {
    this.path = path;
    this.clock = clock;
    this.onFault = onFault;
  }

  /** Undefined where it is not kept, or what is kept is damaged. */
  get(key: string): OperationPlan | undefined {
    const found = this.load().get(key);
    if (found === undefined) return undefined;
    const line = typeof found === 'string' ? found : this.file?.toString('utf8', ...found);
    const plan = line === undefined ? undefined : readLine(line, key);
    if (plan === undefined) this.load().delete(key);
    return plan;
  }

  put(plan: OperationPlan): void {
    const text = JSON.stringify([plan.key, plan]);
    const line = `${digestOf(text).slice(0, DIGEST_CHARS)} ${text}`;
    const lines = this.load();
    if (this.bytes + line.length > MAX_BYTES) return;
    this.bytes += line.length + 1;
    lines.set(plan.key, line);
    this.isChanged = true;
    this.timer ??= this.clock.after(WRITE_AFTER_MS, () => void this.write());
  }

  /** Resolves when everything is written; never rejects. */
  async close(): Promise<void> {
    await this.write();
  }

  private write(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.writing = this.writing.then(() => this.writeOnce()).catch(this.onFault);
    return this.writing;
  }

  private async writeOnce(): Promise<void> {
    if (!this.isChanged) return;
    this.isChanged = false;
    const parts: Buffer[] = [];
    for (const line of this.load().values()) {
      const bytes = typeof line === 'string' ? Buffer.from(line) : this.file?.subarray(...line);
      if (bytes !== undefined) parts.push(bytes, NEW_LINE);
    }
    await writeWhole(this.path, Buffer.concat(parts));
  }

  private load(): NonNullable<typeof this.lines> {
    if (this.lines !== undefined) return this.lines;
    this.lines = new Map();
    const file = readBytes(this.path);
    if (file === undefined || file.length > 2 * MAX_BYTES) return this.lines;
    this.file = file;
    for (let at = 0; at < file.length;) {
      const found = file.indexOf(NEW_LINE, at);
      const end = found < 0 ? file.length : found;
      const key = keyIn(file, at, end);
      if (key !== undefined) {
        this.lines.set(key, [at, end]);
        this.bytes += end - at + 1;
      }
      at = end + 1;
    }
    return this.lines;
  }
}

const NEW_LINE = Buffer.from('\n');
const LONGEST_KEY = 8192;

/** The key of a line, `<digest> ["<key>",{…}]`, without reading the plan. */
function keyIn(file: Buffer, start: number, end: number): string | undefined {
  const from = start + DIGEST_CHARS + 2;
  const head = file.toString('utf8', from, Math.min(end, from + LONGEST_KEY));
  const [text] = /^"(?:[^"\\]|\\.)*"(?=,)/.exec(head) ?? [];
  if (text === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

function readLine(line: string, key: string): OperationPlan | undefined {
  const text = line.slice(DIGEST_CHARS + 1);
  if (digestOf(text).slice(0, DIGEST_CHARS) !== line.slice(0, DIGEST_CHARS)) return undefined;
  try {
    const value: unknown = parseExact(text);
    const plan: unknown = Array.isArray(value) ? value[1] : undefined;
    return isPlan(plan) && plan.key === key ? plan : undefined;
  } catch {
    return undefined;
  }
}
