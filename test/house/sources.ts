/** Reads the house as text, without any tool: which files there are and what each imports. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Path under the folder that was read (with slashes) to text. */
export type Sources = ReadonlyMap<string, string>;

/** One import of another file of the house; paths under `gateway/src`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** All TypeScript files under a folder of the repository. */
export function readSources(folder: string): Sources {
  const top = join(ROOT, folder);
  const paths = readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.split(sep).includes('node_modules'))
    .map((path) => path.split(sep).join('/'))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(join(top, path), 'utf8')]));
}

const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g;

/** What a text imports, re-exports or loads later. */
export function specifiersOf(text: string): readonly string[] {
  const found = text.replace(COMMENT, '').matchAll(IMPORT);
  return [...found].flatMap((match) => match[2] ?? []);
}

/** Every import between two files of the house. One that leads out of it starts with `..`. */
export function edgesOf(sources: Sources): readonly Edge[] {
  return [...sources].flatMap(([from, text]) =>
    specifiersOf(text)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({ from, to: posix.join(posix.dirname(from), specifier) })),
  );
}

/** First folder of a path, or the name of a file that stands beside the folders. */
export function roomOf(path: string): string {
  return path.replace(/[./].*$/, '');
}
