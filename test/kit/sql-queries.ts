/** Folders of queries for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface QueryFolder extends Disposable {
  readonly path: string;
}

/** @param queries texts by the names of their tools */
export function queryFolder(queries: Readonly<Record<string, string>>): QueryFolder {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-queries-'));
  for (const [name, text] of Object.entries(queries)) {
    const file = join(path, `${name}.sql`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
