/** Looks a decision up in the files of the record. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';

const words = z.array(z.string()).default([]);
const text = z.string().default('');

/** The record of one decision; texts are '' where the record does not have them. */
const recordSchema = z.object({
  time: z.string(),
  id: z.string(),
  principal: z.string(),
  user: text,
  agent: text,
  team: text,
  verifiedBy: text,
  endpoint: z.string(),
  dialect: text,
  method: text,
  decision: z.string(),
  decided: z.enum(['allow', 'deny']),
  rule: z.string(),
  /** What tells the rules of that time from others. */
  rules: text,
  failed: words,
  considered: words,
  groups: words,
  groupsLeft: z.number().default(0),
  scopes: words,
  /** The item, where one was found for the caller. */
  item: text,
  /** The item, where it was there but hidden. */
  hidden: text,
  /** The name that was asked for, where no item was found. */
  asked: text,
  /** The endpoint's own tool in which the call came. */
  via: text,
  outcome: z.string(),
  reason: text,
});

export type DecisionRecord = z.infer<typeof recordSchema>;

const DECISION_ID = /^[\w-]{1,64}$/;
/** Files of the record that are looked at, the newest first. */
const MAX_FILES = 100;

/**
 * The record of a decision, looked for in the file and in what it was renamed to when it was rotated
 * (`audit.jsonl.1`, `audit-2026-11-20.jsonl.gz` …), the newest first.
 * @param file a path
 * @returns undefined where no file has it; rejects where the file itself cannot be read
 */
export async function findDecision(file: string, id: string): Promise<DecisionRecord | undefined> {
  if (!DECISION_ID.test(id)) return undefined;
  for (const path of await filesOf(file)) {
    const reading = findIn(path, id);
    // What else lies there may be no record at all.
    const found = await (path === file ? reading : reading.catch(() => undefined));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The file, and its neighbours whose names begin and go on as a rotation would name them. */
async function filesOf(file: string): Promise<readonly string[]> {
  const folder = dirname(file);
  const name = basename(file);
  const stem = name.replace(/\.[^.]*$/, '');
  const names = await readdir(folder).catch((): string[] => []);
  const older = names.filter((each) => each !== name && isOlder(each, name, stem));
  const times = await Promise.all(older.map(async (each) => await timeOf(join(folder, each))));
  const sorted = times.toSorted((a, b) => b.changedMs - a.changedMs).map(({ path }) => path);
  return [...(names.includes(name) ? [file] : []), ...sorted].slice(0, MAX_FILES);
}

function isOlder(name: string, current: string, stem: string): boolean {
  if (name.startsWith(`${current}.`) || name.startsWith(`${current}-`)) return true;
  return stem !== '' && (name.startsWith(`${stem}-`) || name.startsWith(`${stem}.`));
}

async function timeOf(path: string): Promise<{ path: string; changedMs: number }> {
  const found = await stat(path).catch(() => undefined);
  return { path, changedMs: found?.isFile() === true ? found.mtimeMs : 0 };
}

async function findIn(path: string, id: string): Promise<DecisionRecord | undefined> {
  const mark = `"decision":"${id}"`;
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => input.destroy(error));
  try {
    for await (const line of createInterface({ input })) {
      const record = line.includes(mark) ? recordIn(line) : undefined;
      if (record?.decision === id) return record;
    }
  } finally {
    file.destroy();
  }
  return undefined;
}

function recordIn(line: string): DecisionRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
