/** The reading tour of the README stays short enough to be read in one sitting. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAX_FILES = 9;
const MAX_LINES = 900;

function tourFiles(): string[] {
  const readme = readFileSync(`${ROOT}README.md`, 'utf8');
  const [, section = ''] = /## Reading tour\n([\s\S]*?)\n## /.exec(readme) ?? [];
  return [...section.matchAll(/^\d+\. \[[^\]]+\]\(([^)]+)\)/gm)].map((match) => match[1] ?? '');
}

test('one tools/call is followed through at most nine files and 900 lines', () => {
  const files = tourFiles();
  expect(files.length).toBeGreaterThan(5);
  expect(files.length).toBeLessThanOrEqual(MAX_FILES);
  expect(files[0]).toBe('gateway/src/pipeline/index.ts');
  expect(files.filter((file) => !existsSync(`${ROOT}${file}`))).toEqual([]);
  const lines = files.reduce(
    (sum, file) => sum + readFileSync(`${ROOT}${file}`, 'utf8').split('\n').length - 1,
    0,
  );
  expect(lines).toBeLessThanOrEqual(MAX_LINES);
});
