import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../kernel/index.ts';
import { whileStill } from './while-still.ts';

/** Time passes at once; before it has, the next of `during` happens. */
function clockWith(...during: (() => void)[]): Clock & { waits: number } {
  return {
    waits: 0,
    nowMs: () => 0,
    after(_delayMs, task) {
      this.waits += 1;
      during.shift()?.();
      queueMicrotask(task);
      return { cancel: () => {} };
    },
  };
}

function aFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'a');
  writeFileSync(file, 'whole');
  return file;
}

test('a file at rest is read once', async () => {
  const file = aFile();
  const clock = clockWith();
  expect(await whileStill(file, () => readFileSync(file, 'utf8'), clock)).toBe('whole');
  expect(clock.waits).toBe(1);
});

test('a file that is emptied and then filled is never seen empty', async () => {
  const file = aFile();
  writeFileSync(file, '');
  const clock = clockWith(
    () => writeFileSync(file, 'ha'),
    () => writeFileSync(file, 'half'),
    () => writeFileSync(file, 'all of it'),
  );
  const seen: string[] = [];
  const read = (): string => seen[seen.push(readFileSync(file, 'utf8')) - 1] ?? '';
  expect(await whileStill(file, read, clock)).toBe('all of it');
  expect(seen).toEqual(['all of it']);
});

test('what was written while it was read is read again', async () => {
  const file = aFile();
  const later = ['second', 'third'];
  const read = (): string => {
    const text = readFileSync(file, 'utf8');
    const next = later.shift();
    if (next !== undefined) writeFileSync(file, next);
    return text;
  };
  expect(await whileStill(file, read, clockWith())).toBe('third');
});

test('a file that never rests, and one that is not there', async () => {
  const file = aFile();
  let count = 0;
  const busy = Array.from({ length: 100 }, () => () => writeFileSync(file, 'x'.repeat(count++)));
  const clock = clockWith(...busy);
  expect(await whileStill(file, () => 'read', clock)).toBe('read');
  expect(clock.waits).toBe(20);
  expect(await whileStill(join(file, 'none'), () => 'none', clockWith())).toBe('none');
});
