import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CHILD = new URL('../../../test/kit/children/audit-writer.ts', import.meta.url).pathname;

let folder = '';
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** A process that writes audit records; `ask` waits for its counts after a command. */
function start(file: string, wrapper: readonly string[] = []) {
  const [command, ...args] = [...wrapper, process.execPath, CHILD, file];
  const child = spawn(command, args, { stdio: 'pipe' });
  children.push(child);
  const answers: Interface = createInterface({ input: child.stderr });
  const lines = answers[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<Record<string, unknown>> => {
    child.stdin.write(`${line}\n`);
    const { value } = await lines.next();
    return JSON.parse(String(value));
  };
  return { child, ask };
}

const askedOf = (written: string): string[] =>
  written
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).asked);

const calls = (count: number): string[] => Array.from({ length: count }, (_, at) => `call ${at}`);

test('standard output takes the records, one per line', async () => {
  const { child, ask } = start('stdout');
  const output = text(child.stdout);
  expect(await ask('record 3')).toMatchObject({ isTaken: true, written: 3, waiting: 0 });
  expect(await ask('record 2000')).toMatchObject({ isTaken: true, written: 2003, waiting: 0 });
  child.stdin.end('end\n');
  expect(askedOf(await output)).toEqual(calls(2003));
});

test.each(['closed by the process itself', 'closed by its reader'])(
  'standard output %s: calls are refused, and the process lives',
  async (how) => {
    const { child, ask } = start('stdout');
    expect(await ask('record 1')).toMatchObject({ isTaken: true, written: 1 });
    if (how === 'closed by its reader') child.stdout.destroy();
    else await ask('break');
    expect(await ask('record 1')).toMatchObject({ isFailing: true, waiting: 1 });
    const after = await ask('record 5');
    expect(after).toMatchObject({ isTaken: false, written: 1, waiting: 1, lost: 0 });
  },
);

test('a batch of which a part was written is finished later, nothing twice', async () => {
  const file = join(folder, 'audit.jsonl');
  const { child, ask } = start(file, ['prlimit', '--fsize=1000:unlimited']);
  expect(await ask('record 20')).toMatchObject({ isFailing: true, written: 0, waiting: 20 });
  expect(await readFile(file, 'utf8')).toHaveLength(1000);
  expect(await ask('record 1')).toMatchObject({ isTaken: false });
  const { status } = spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
  expect(status).toBe(0);
  await ask('try again');
  expect(await ask('record 1')).toMatchObject({ isTaken: true, isFailing: false, lost: 0 });
  expect(askedOf(await readFile(file, 'utf8'))).toEqual([...calls(20), 'call 21']);
});
