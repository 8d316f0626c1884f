/**
 * The ids by which callers know the tasks of upstreams: sealed, so that they say themselves where a
 * task is, and good for one principal at one endpoint only.
 */
import { z } from 'zod';
import type { Exchange } from '../kernel/index.ts';
import type { TaskDeps } from './ports.ts';

const PURPOSE = 'task';
const DAY_MS = 86_400_000;
/** An id lives at least so long, and twice as long as its task is kept: servers may keep it longer. */
const MIN_LIFETIME_MS = 30 * DAY_MS;
/** The life of ids of tasks that are kept without an end. */
const MAX_LIFETIME_MS = 366 * DAY_MS;

/** A task of an upstream. */
export interface TaskRef {
  readonly upstream: string;
  /** Original name of the tool it came from. */
  readonly tool: string;
  /** The upstream's own id of it. */
  readonly taskId: string;
}

const refSchema = z.tuple([z.string(), z.string(), z.string()]);

export class TaskIds {
  private readonly deps: TaskDeps;

  constructor(deps: TaskDeps) {
    this.deps = deps;
  }

  /** @param ttlMs how long the upstream keeps the task; undefined: without an end */
  seal(x: Exchange, { upstream, tool, taskId }: TaskRef, ttlMs: number | undefined): string {
    const { sealer, clock } = this.deps;
    const lifeMs = Math.max(MIN_LIFETIME_MS, (ttlMs ?? MAX_LIFETIME_MS) * 2);
    const expiresAtMs = clock.nowMs() + Math.min(lifeMs, MAX_LIFETIME_MS);
    return sealer.seal(
      PURPOSE,
      JSON.stringify([upstream, tool, taskId]),
      contextOf(x),
      expiresAtMs,
    );
  }

  /** Undefined where it was not given out to this principal at this endpoint, or is too old. */
  open(x: Pick<Exchange, 'principal' | 'endpoint'>, sealed: string): TaskRef | undefined {
    const text = this.deps.sealer.open(PURPOSE, sealed, contextOf(x));
    if (text === undefined) return undefined;
    const [upstream, tool, taskId] = refSchema.parse(JSON.parse(text));
    return { upstream, tool, taskId };
  }
}

function contextOf({ principal, endpoint }: Pick<Exchange, 'principal' | 'endpoint'>): string {
  return JSON.stringify([principal?.id, endpoint]);
}
