/** Where something stands in a configuration file that was loaded before. */
import type { ConfigPath } from './problem.ts';
import { parseFile } from './parse.ts';

/**
 * @param text of the file as it is now
 * @returns the line, counted from 1; undefined where the file has nothing at this path
 */
export function lineOf(file: string, text: string, path: ConfigPath): number | undefined {
  const nothing = { why: 'it is not needed' };
  const sources = { variable: () => undefined, file: () => nothing, secret: () => nothing };
  const { map } = parseFile(file, text, sources);
  return map.has(path) ? map.at({ path, message: '', atKey: true }).line : undefined;
}
