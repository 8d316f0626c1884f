import type { Clock } from '../../kernel/index.ts';
import { SupervisedChild } from './child.ts';
import type { StdioChild, StdioOptions } from './contract.ts';
import { createReaper } from './reaper.ts';

export type { StdioChild, StdioExit, StdioOptions } from './contract.ts';

export interface StdioSpawner {
  /**
   * Starts a child in its own process group, with an allow-listed environment. Never throws for
   * what an operator may write: a failure is an `onExit` with `spawn_failed`.
   */
  spawn(options: StdioOptions): StdioChild;
  /** Stops every child, then the reaper. A `spawn` after it fails with `spawn_failed`. */
  close(): Promise<void>;
}

/**
 * The way to start stdio servers: `createStdioSpawner({ clock })` returns `{ spawn, close }`. Make
 * one per gateway. It holds the one reaper process that ends the children when the gateway was
 * killed; the reaper starts with the first child. When a child ends, what it left behind in its
 * process group is killed. A descendant that makes a session of its own escapes both.
 */
export function createStdioSpawner(deps: { readonly clock: Clock }): StdioSpawner {
  const reaper = createReaper(deps.clock);
  const children = new Set<SupervisedChild>();
  let closed = false;
  return {
    spawn(options) {
      const child: SupervisedChild = new SupervisedChild(options, {
        clock: deps.clock,
        reaper,
        onGone: () => children.delete(child),
      });
      children.add(child);
      if (closed) child.refuse('The gateway is shutting down; no process is started any more.');
      else child.start();
      return child;
    },
    async close() {
      closed = true;
      await Promise.all([...children].map((child) => child.stop()));
      await reaper.close();
    },
  };
}
