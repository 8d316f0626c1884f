/**
 * Writes the files that are generated and committed. `npm run check` runs it and expects that
 * nothing changes.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path from the root of the repository, and what makes its text. */
const FILES: readonly (readonly [path: string, make: () => Promise<string>])[] = [
  ['gateway/schema/drawbridge.schema.json', configSchema],
  ['docs/bridging.md', bridging],
  ['docs/admin-api.openapi.json', adminApi],
];

/** The JSON Schema of the configuration file, for editors. */
async function configSchema(): Promise<string> {
  const { configJsonSchema } = await import('../gateway/src/compose/index.ts');
  return `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
}

/** What is lost between the eras, for readers. */
async function bridging(): Promise<string> {
  const { bridgingDocument } = await import('./bridging/document.ts');
  return bridgingDocument();
}

/** The OpenAPI document of the admin API. */
async function adminApi(): Promise<string> {
  const { adminDocument } = await import('../gateway/src/admin/index.ts');
  return `${JSON.stringify(await adminDocument(), undefined, 2)}\n`;
}

function format(path: string): void {
  const { status } = spawnSync('oxfmt', [path], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

const root = fileURLToPath(new URL('..', import.meta.url));
for (const [path, make] of FILES) {
  const file = `${root}${path}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await make());
  if (path.endsWith('.json')) format(path);
  process.stdout.write(`${path} is written.\n`);
}
