/**
 * Opens one document as a starting gateway does and says what that cost. Arguments: the document, a
 * state folder (what was imported before is kept there), and the file to write. CPU is counted from
 * when all modules are loaded and the configuration has been read.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../../gateway/src/kernel/index.ts';
import { loadOffline } from '../../gateway/src/upstreams/index.ts';

const [document = '', stateDir = '', out = ''] = process.argv.slice(2);
const { importOffline } = await loadOffline();
const run = importOffline(resolve(document), stateDir, systemClock);
globalThis.gc?.();
const before = process.cpuUsage();
const operations = await run();
const { user, system } = process.cpuUsage(before);
if (typeof operations === 'string') throw new Error(operations);
const figures = {
  ms: (user + system) / 1000,
  mb: process.resourceUsage().maxRSS / 1024,
  operations,
};
writeFileSync(out, JSON.stringify(figures));
