/** Notices that files of a folder have changed, however they were written. */
import { basename } from 'node:path';
import { watch } from 'chokidar';
import type { Clock, Timer } from '../../../kernel/index.ts';
import { MAX_DEPTH } from './folder.ts';

/** Writers often touch files more than once; only the state that lasts this long is looked at. */
const SETTLE_MS = 150;

export interface FolderWatch {
  close(): Promise<void>;
}

/**
 * Calls `onChange` once watching has begun, and whenever something in it has changed: files that are
 * written in place or renamed over, and the link `..data`, as Kubernetes swaps it.
 */
export function watchFolder(folder: string, onChange: () => void, clock: Clock): FolderWatch {
  let settling: Timer | undefined;
  const watcher = watch(folder, {
    depth: MAX_DEPTH,
    ignoreInitial: true,
    ignored: (path) => path !== folder && /^\.(?!\.data$)/.test(basename(path)),
  });
  const later = (): void => {
    settling?.cancel();
    settling = clock.after(SETTLE_MS, onChange);
  };
  watcher.on('all', later).on('ready', later);
  // A watch that breaks leaves the queries as they are; a reload of the configuration reads them.
  watcher.on('error', () => undefined);
  return {
    close: async () => {
      settling?.cancel();
      await watcher.close();
    },
  };
}
