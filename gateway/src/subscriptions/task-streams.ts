/** Tasks on `subscriptions/listen` streams (2026-07-28, extension `io.modelcontextprotocol/tasks`). */
import {
  ENVELOPE,
  addMembers,
  declaresTasks,
  replaceValue,
  type Edit,
  type JsonView,
} from '../kernel/index.ts';
import type { SubscriptionCall, TaskPort } from './ports.ts';
import type { Stream } from './stream.ts';

/** Tasks one stream may hear of. */
const MAX_TASKS = 100;

/** A task that a stream hears of. */
interface Heard {
  /** The caller's id of it. */
  readonly sealed: string;
  readonly tool: string;
}

/** What a stream hears of tasks. */
export interface TaskWatches {
  /** Ids as the caller wrote them; those of upstreams that tell nothing are left out. */
  readonly honoured: readonly string[];
  /** Begins to listen. */
  begin(stream: Stream): () => void;
}

/**
 * @param filter the member `taskIds` of the filter
 * @param isShown whether the caller still sees a tool of an upstream
 */
export function watchTasks(
  x: SubscriptionCall,
  filter: unknown,
  port: TaskPort | undefined,
  isShown: (upstream: string, tool: string) => boolean,
): TaskWatches {
  const byUpstream = new Map<string, Map<string, Heard>>();
  const honoured: string[] = [];
  const ids = port !== undefined && declaresTasks(x.call.capabilities) ? filter : undefined;
  for (const sealed of (Array.isArray(ids) ? ids : []).slice(0, MAX_TASKS)) {
    const task = typeof sealed === 'string' ? port?.open(x, sealed) : undefined;
    if (task === undefined || typeof sealed !== 'string') continue;
    const { upstream, tool, taskId } = task;
    if (!isShown(upstream, tool) || port?.tells(upstream) !== true) continue;
    const heard = byUpstream.get(upstream) ?? new Map<string, Heard>();
    heard.set(taskId, { sealed, tool });
    byUpstream.set(upstream, heard);
    honoured.push(sealed);
  }
  return {
    honoured,
    begin: (stream) => {
      const stops = [...byUpstream].map(([upstream, heard]) =>
        port?.watch(upstream, x.principal, [...heard.keys()], (view, params) => {
          const task = heard.get(view.string(view.member(params, 'taskId')) ?? '');
          if (task !== undefined && isShown(upstream, task.tool)) {
            tell(stream, view, params, task.sealed);
          }
        }),
      );
      return () => {
        for (const stop of stops) stop?.();
      };
    },
  };
}

function tell(stream: Stream, view: JsonView, params: number, sealed: string): void {
  const id = stream.rawSubscriptionId;
  const key = JSON.stringify(ENVELOPE.subscriptionId);
  const edits: Edit[] = [replaceValue(view, view.member(params, 'taskId'), JSON.stringify(sealed))];
  const meta = view.member(params, '_meta');
  const stamp = view.member(meta, ENVELOPE.subscriptionId);
  if (stamp >= 0) edits.push(replaceValue(view, stamp, id));
  else if (view.kind(meta) === 'object') edits.push(addMembers(view, meta, `${key}:${id}`));
  else edits.push(addMembers(view, params, `"_meta":{${key}:${id}}`));
  stream.delivery.event({ kind: 'event', method: 'notifications/tasks', view, edits });
}
