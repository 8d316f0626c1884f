/** The files of an entry's `operations`. */
import { glob, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

const MAX_FILES = 500;

/**
 * Paths in the order in which they are written, those of one pattern by their names.
 * @returns words where one of them leads nowhere
 */
export async function operationFiles(
  patterns: readonly string[],
  directory: string,
): Promise<readonly string[] | string> {
  const files = new Set<string>();
  for (const pattern of patterns) {
    const found: string[] = [];
    const whole = await asPattern(pattern, directory);
    for await (const path of glob(whole, { cwd: directory })) {
      if (found.length >= MAX_FILES) return `${pattern} leads to more than ${MAX_FILES} files`;
      found.push(resolve(directory, path));
    }
    if (found.length === 0) return `${pattern} leads to no file`;
    for (const path of found.toSorted()) files.add(path);
  }
  return files.size > MAX_FILES ? `operations lead to more than ${MAX_FILES} files` : [...files];
}

/** A folder stands for the files with operations in it. */
async function asPattern(pattern: string, directory: string): Promise<string> {
  const found = await stat(resolve(directory, pattern)).catch(() => undefined);
  return found?.isDirectory() === true ? `${pattern.replace(/\/+$/, '')}/*.{graphql,gql}` : pattern;
}
