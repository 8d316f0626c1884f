/** Where the imports of an upstream are kept, and what is logged of them. */
import { join } from 'node:path';
import type { ApiDeps } from '../kind.ts';
import type { ChangeSummary } from '../preview/diff/summary.ts';
import { createBundles, type Bundles } from './store.ts';

export interface Keeping {
  readonly bundles: Bundles;
  /** What was imported anew differs from what callers had. */
  onChanged(summary: ChangeSummary): void;
}

/** @param id of the upstream */
export function keepingOf(id: string, { stateDir, clock, log }: ApiDeps): Keeping {
  return {
    bundles: createBundles({
      folder: join(stateDir, 'apis'),
      clock,
      onFault: (error) => log('warn', 'an import cannot be kept', { upstream: id, error }),
    }),
    onChanged: ({ counts, risky }) =>
      log(risky.length === 0 ? 'info' : 'warn', 'the API was imported anew and changed', {
        upstream: id,
        ...counts,
        ...(risky.length === 0 ? {} : { risky }),
      }),
  };
}
