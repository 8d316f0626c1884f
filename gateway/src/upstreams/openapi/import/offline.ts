/** An import by itself, as a starting gateway makes it. For measuring. */
import { dirname, join } from 'node:path';
import type { Clock } from '../../../kernel/index.ts';
import type { ApiIndex } from '../../api/model.ts';
import { createBundles } from '../../api/bundles/store.ts';
import { openApiConfig, type OpenApiConfig } from '../config-schema.ts';
import { importOpenApi } from './import.ts';

const TIMEOUT_MS = 120_000;

/**
 * An import of a file, its configuration read; it finds in `stateDir` what was kept of it.
 * @param file absolute path
 * @returns what imports it: what is known of the API, or words
 */
export function importOffline(
  file: string,
  stateDir: string,
  clock: Clock,
): () => Promise<ApiIndex | string> {
  const config = openApiConfig(file);
  return () => run(config, file, stateDir, clock);
}

async function run(
  config: OpenApiConfig,
  file: string,
  stateDir: string,
  clock: Clock,
): Promise<ApiIndex | string> {
  let fault = '';
  const imported = await importOpenApi({
    upstream: 'api',
    config,
    directory: dirname(file),
    version: '0.0.0',
    clock,
    timeoutMs: TIMEOUT_MS,
    signal: new AbortController().signal,
    bundles: createBundles({
      folder: join(stateDir, 'apis'),
      clock,
      onFault: (error) => {
        fault = String(error);
      },
    }),
  });
  if (typeof imported === 'string') return imported;
  return fault === '' ? imported.bundle.index : fault;
}
