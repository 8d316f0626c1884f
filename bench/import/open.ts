/**
 * Opens one document as a starting gateway does and says what that cost. Arguments: the document, a
 * state folder (what was imported before is kept there), and the file to write. CPU is counted from
 * when all modules are loaded.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../../gateway/src/kernel/index.ts';
import { createBundles } from '../../gateway/src/upstreams/api/bundles/store.ts';
import { openApiConfig } from '../../gateway/src/upstreams/openapi/config-schema.ts';
import { importOpenApi } from '../../gateway/src/upstreams/openapi/import/import.ts';

const [document = '', stateDir = '', out = ''] = process.argv.slice(2);
const file = resolve(document);
const config = openApiConfig(file);
const bundles = createBundles({
  folder: join(stateDir, 'apis'),
  clock: systemClock,
  onFault: (error) => {
    throw error;
  },
});
globalThis.gc?.();
const before = process.cpuUsage();
const imported = await importOpenApi({
  upstream: 'api',
  config,
  directory: dirname(file),
  version: '0.0.0-bench',
  clock: systemClock,
  timeoutMs: 120_000,
  signal: new AbortController().signal,
  bundles,
});
const { user, system } = process.cpuUsage(before);
const operations = typeof imported === 'string' ? 0 : imported.bundle.index.operations.length;
writeFileSync(
  out,
  JSON.stringify({
    ms: (user + system) / 1000,
    mb: process.resourceUsage().maxRSS / 1024,
    operations,
    error: typeof imported === 'string' ? imported : '',
  }),
);
