/**
 * Opens one document as a starting gateway does and says what that cost. Arguments: the document, a
 * state folder (what was imported before is kept there), and the file to write. CPU is counted from
 * when all modules are loaded and the configuration has been read; as for `drawbridge`, what Node
 * compiled is kept for the next start.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import '../../gateway/bin/compile-cache.js';

const { systemClock } = await import('../../gateway/src/kernel/index.ts');
const { loadOffline } = await import('../../gateway/src/upstreams/index.ts');
const SWEPT_MS = 150;
const [document = '', stateDir = '', out = ''] = process.argv.slice(2);
const { importOffline } = await loadOffline();
const run = importOffline(resolve(document), stateDir, systemClock);
globalThis.gc?.();
// Sweeping what modules left goes on beside this thread, and is none of what is measured.
await setTimeout(SWEPT_MS);
const before = process.cpuUsage();
const index = await run();
const { user, system } = process.cpuUsage(before);
if (typeof index === 'string') throw new Error(index);
const figures = {
  ms: (user + system) / 1000,
  mb: process.resourceUsage().maxRSS / 1024,
  operations: index.operations.length,
};
writeFileSync(out, JSON.stringify(figures));
