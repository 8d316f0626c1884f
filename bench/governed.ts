import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { countCalls } from './audit-lines.ts';
import type { Scenario } from './measurement.ts';
import { startGateway, startGovernedAccess, startHopProxy, type Target } from './targets.ts';

const DRAIN_LIMIT_MS = 15_000;

/**
 * What a governed call costs: of a local caller under one rule, or with an API key under 100 rules
 * and limits among 1,000 tools (`hasAccess`). After the measurement the gateway is asked to end, and the records of
 * its audit file are counted against the calls that were sent to it, warm-up included.
 */
export function governedScenario(entry: string, hasAccess: boolean): Scenario {
  if (!existsSync(entry)) throw new Error(`there is no gateway to measure at ${entry}`);
  let gateway: Target | undefined;
  return {
    start: async (shop, upstream) => {
      const hop = await startHopProxy(shop, upstream);
      const startIt = hasAccess ? startGovernedAccess : startGateway;
      gateway = await startIt(shop, upstream, entry, join(shop.folder, 'state'));
      return [hop, gateway];
    },
    finish: async (shop) => {
      if (gateway === undefined) throw new Error('the gateway was never started');
      await shop.processes.stop(gateway.pid, 'SIGTERM', DRAIN_LIMIT_MS);
      const file = join(shop.folder, 'state', 'audit.jsonl');
      const recorded = existsSync(file) ? await countCalls(file) : 0;
      return { audit: { sent: gateway.sent, recorded } };
    },
  };
}
