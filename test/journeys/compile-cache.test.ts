/** What Node compiled is kept for the next start, and only where nobody else can write. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../kit/command-line.ts';

function caches(): string {
  const here = mkdtempSync(join(tmpdir(), 'drawbridge-caches-'));
  onTestFinished(() => rmSync(here, { recursive: true, force: true }));
  return here;
}

test('is kept in a folder of our own', async () => {
  const here = caches();
  const env = { XDG_CACHE_HOME: here };
  expect(await runCommand(['--version'], here, env)).toMatchObject({ code: 0 });
  expect(readdirSync(join(here, 'drawbridge'))).toHaveLength(1);
});

test('is kept nowhere where others could put code', async () => {
  const here = caches();
  mkdirSync(join(here, 'drawbridge'));
  chmodSync(join(here, 'drawbridge'), 0o777);
  const env = { XDG_CACHE_HOME: here };
  expect(await runCommand(['--version'], here, env)).toMatchObject({ code: 0 });
  expect(readdirSync(join(here, 'drawbridge'))).toEqual([]);
});

test('is not missed where it cannot be kept', async () => {
  const env = { XDG_CACHE_HOME: '/dev/null' };
  expect(await runCommand(['--version'], caches(), env)).toMatchObject({ code: 0 });
});
