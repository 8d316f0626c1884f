/** What of a folder describes gRPC services: descriptor sets, and folders of `.proto` files. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Whether a file is a descriptor set, by its name. */
export function isDescriptorSet(path: string): boolean {
  return /\.(?:protoset|pb|desc|binpb)$/i.test(path);
}

export function filesIn(path: string, fits: (name: string) => boolean): string[] {
  if (statSync(path).isFile()) return fits(path) ? [path] : [];
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => {
      const whole = join(path, entry.name);
      if (entry.isDirectory()) return filesIn(whole, fits);
      return entry.isFile() && fits(entry.name) ? [whole] : [];
    })
    .toSorted();
}

/** A `.proto` file, or a folder that imports of its files begin in or below. */
export interface ProtoSource {
  readonly path: string;
  readonly files: readonly string[];
}

/**
 * The folder itself where its files stand in it, or begin their imports with its folders; else each
 * of its folders.
 */
export function protoSourcesIn(path: string): ProtoSource[] {
  const files = filesIn(path, (name) => /\.proto$/i.test(name));
  if (files.length === 0) return [];
  if (statSync(path).isFile() || files.some((file) => dirname(file) === path)) {
    return [{ path, files }];
  }
  const tops = new Set(importsOf(files).map((name) => name.split('/')[0] ?? ''));
  const folders = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => files.some((file) => file.startsWith(join(path, name) + '/')));
  if (folders.length === 1 || folders.some((name) => tops.has(name))) return [{ path, files }];
  return folders.flatMap((name) => protoSourcesIn(join(path, name)));
}

const IMPORT = /^\s*import\s+(?:public\s+|weak\s+|option\s+)?["']([^"']+)["']\s*;/gm;

function importsOf(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, name = '']) => name),
  );
}

/** Folders that imports begin at, the most used first. */
export function rootsOf({ path, files }: ProtoSource): string[] {
  const counts = new Map<string, number>();
  for (const name of importsOf(files)) {
    const found = files.find((file) => file.endsWith(`/${name}`));
    if (found === undefined) continue;
    const root = found.slice(0, -name.length - 1);
    counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  const used = [...counts].toSorted(([, a], [, b]) => b - a).map(([root]) => root);
  const top = statSync(path).isFile() ? dirname(path) : path;
  return [...new Set([...used, top])];
}

/** As protoc is told of a file. */
export function nameUnder(file: string, roots: readonly string[]): string {
  const root = roots
    .filter((each) => file.startsWith(`${each}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  return relative(root ?? dirname(file), file);
}
