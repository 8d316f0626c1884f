/** Notices that the configuration file has changed, however it was written. */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { watch } from 'chokidar';
import type { Clock, Timer } from '../kernel/index.ts';
import { MAX_CONFIG_BYTES } from './load.ts';
import { readBounded } from './read-bounded.ts';

/** Writers often touch a file more than once; only the state that lasts this long is looked at. */
const SETTLE_MS = 100;

export interface ConfigWatch {
  /** Resolves when changes from now on will be noticed. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/**
 * Calls `onChange` whenever the file holds other bytes than before: after a write in place, after a
 * rename over it, and after the `..data` link beside it has been swapped, as Kubernetes does.
 * While the file is missing or cannot be read, nothing is called; the caller keeps what it has.
 */
export function watchConfig(file: string, onChange: () => void, clock: Clock): ConfigWatch {
  const path = resolve(file);
  const directory = dirname(path);
  const relevant = new Set([directory, path, resolve(directory, '..data')]);
  let digest = digestOf(path);
  let settling: Timer | undefined;

  const watcher = watch(directory, {
    depth: 0,
    ignoreInitial: true,
    ignored: (each) => !relevant.has(resolve(each)),
  });
  watcher.on('all', () => {
    settling?.cancel();
    settling = clock.after(SETTLE_MS, look);
  });
  // A watch that breaks leaves the gateway as it is; SIGHUP and a restart still work.
  watcher.on('error', () => {});

  return {
    ready: new Promise((done) => {
      watcher.once('ready', () => {
        // What was written between the first look and the start of the watch.
        look();
        done();
      });
    }),
    close: async () => {
      settling?.cancel();
      await watcher.close();
    },
  };

  function look(): void {
    const now = digestOf(path);
    if (now === undefined || now === digest) return;
    digest = now;
    onChange();
  }
}

function digestOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readBounded(path, MAX_CONFIG_BYTES)).digest('base64');
  } catch {
    return undefined;
  }
}
