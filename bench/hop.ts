import type { Scenario } from './measurement.ts';
import { startHopProxy } from './targets.ts';

/** What one hop costs: nginx, and the least that Node can do. */
export function hopScenario(): Scenario {
  return {
    start: async (shop, upstream) => [await startHopProxy(shop, upstream)],
    finish: async () => ({}),
  };
}
