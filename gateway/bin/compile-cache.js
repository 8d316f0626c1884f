/**
 * Lets Node keep what it compiles, which halves the time that a command takes to start. Compiled code is
 * run as it is found, so it is only kept where nobody else can write.
 */
import { mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @returns {boolean} */
function isOurs(/** @type {string} */ folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

try {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(caches, 'drawbridge');
  if (isOurs(folder)) module.enableCompileCache(folder);
} catch {
  // It starts without.
}
