import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock, type Clock } from '../../kernel/index.ts';
import { createReaper, type Reaper } from './reaper.ts';

const hurried: Clock = {
  nowMs: systemClock.nowMs,
  after: (delayMs, task) => systemClock.after(delayMs / 20, task),
};
const IGNORES_SIGTERM = 'process.on("SIGTERM",()=>{});setInterval(()=>{},60000);console.log(1)';
const sleepers: ChildProcess[] = [];
const reapers: Reaper[] = [];

afterEach(async () => {
  for (const sleeper of sleepers.splice(0)) sleeper.kill('SIGKILL');
  await Promise.all(reapers.splice(0).map((reaper) => reaper.close()));
});

async function sleeper(): Promise<{ pid: number; ended: Promise<unknown[]> }> {
  const child = spawn(process.execPath, ['-e', IGNORES_SIGTERM], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  sleepers.push(child);
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return { pid: child.pid!, ended };
}

function reaper(shell?: string): Reaper {
  const made = createReaper(hurried, shell);
  reapers.push(made);
  return made;
}

/** Whether a process ignores SIGTERM by now. */
function ignoresSigterm(pid: number): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return (BigInt(`0x${mask?.[1] ?? '0'}`) >> 14n) % 2n === 1n;
}

const SHELLS = ['/bin/sh', '/bin/bash', '/bin/busybox', '/no/shell'].filter(
  (path) => existsSync(path) || path === '/no/shell',
);

describe.each(SHELLS)('with %s', (shell) => {
  test('ends every group it knows, and only those', async () => {
    const reap = reaper(shell);
    const [first, removed, last] = await Promise.all([sleeper(), sleeper(), sleeper()]);
    for (const { pid } of [first, removed, last]) reap.add(pid);
    reap.remove(removed.pid);
    await reap.close();
    await Promise.all([first.ended, last.ended]);
    expect(() => process.kill(removed.pid, 0)).not.toThrow();
  });

  test('leaves at once when it knows none', async () => {
    const reap = reaper(shell);
    expect(reap.pid).toBeUndefined();
    reap.start();
    expect(reap.pid).toBeTypeOf('number');
    await reap.close();
    expect(reap.pid).toBeUndefined();
  });

  test('is started again when it is killed, and still knows its groups', async () => {
    const reap = reaper(shell);
    const { pid, ended } = await sleeper();
    reap.add(pid);
    const before = reap.pid!;
    process.kill(before, 'SIGKILL');
    await vi.waitUntil(() => reap.pid !== undefined && reap.pid !== before, 20_000);
    await reap.close();
    expect(await ended).toEqual([null, 'SIGKILL']);
  });
});

test.skipIf(process.platform !== 'linux')('the shell one outlives SIGTERM', async () => {
  const reap = reaper('/bin/sh');
  const { pid, ended } = await sleeper();
  reap.add(pid);
  const own = reap.pid!;
  await vi.waitUntil(() => ignoresSigterm(own), 20_000);
  process.kill(own, 'SIGTERM');
  await reap.close();
  expect(await ended).toEqual([null, 'SIGKILL']);
});

test('a reaper that was killed has its work done by close', async () => {
  const reap = reaper();
  const { pid, ended } = await sleeper();
  reap.add(pid);
  process.kill(reap.pid!, 'SIGKILL');
  await reap.close();
  expect(await ended).toEqual([null, 'SIGKILL']);
});

test.each([0, 1, -1, 1.5, Number.NaN])('refuses %d as a group', (groupId) => {
  expect(() => reaper().add(groupId)).toThrow(RangeError);
});
