/** Tasks of upstreams under ids of the gateway's own, so that they can be routed and are nobody else's. */
import type { Exchange, Terminal } from '../kernel/index.ts';
import { sealTask } from './answers.ts';
import { TaskIds, type TaskRef } from './ids.ts';
import type { TaskDeps } from './ports.ts';

export type { TaskRef } from './ids.ts';

export interface Tasks {
  /** The answer with ids that its caller may know; every message about no task passes unchanged. */
  sealTask(x: Exchange, message: Terminal): Terminal;
  /** What an id stands for; undefined where it was not given out to this principal and endpoint. */
  openTask(x: Pick<Exchange, 'principal' | 'endpoint'>, sealed: string): TaskRef | undefined;
}

export function createTasks(deps: TaskDeps): Tasks {
  const ids = new TaskIds(deps);
  return {
    sealTask: (x, message) => sealTask(x, message, ids),
    openTask: (x, sealed) => ids.open(x, sealed),
  };
}
