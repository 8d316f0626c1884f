/** Which tool of which upstream a task came from (extension `io.modelcontextprotocol/tasks`). */
import {
  EXTENSIONS,
  Refusal,
  declaresTasks,
  replaceValue,
  type Call,
  type Exchange,
  type Principal,
  type Target,
} from '../../kernel/index.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { mayOfferTasks } from '../endpoints/extensions.ts';

type TaskCall = Exchange & { readonly principal: Principal; readonly call: Call };

/** A task as its id was sealed: whose it is, and the original name of the tool it came from. */
export interface OpenedTask {
  readonly upstream: string;
  readonly tool: string;
  /** The upstream's own id of it. */
  readonly taskId: string;
}

/** Undefined for an id that was not given out to this principal at this endpoint. */
export type OpenTask = (x: Exchange, sealed: string) => OpenedTask | undefined;

/** A task is decided as the tool it came from, and unknown where that is hidden. */
export function findTask(x: TaskCall, endpoint: Endpoint, openTask: OpenTask): Target | Refusal {
  const { call, principal } = x;
  // A task's id is as good as a key to it, so no record repeats one.
  x.asked = call.method;
  if (!mayOfferTasks(endpoint)) return new Refusal('method_unknown');
  if (!declaresTasks(call.capabilities)) {
    const requiredCapabilities = { extensions: { [EXTENSIONS.tasks]: {} } };
    return new Refusal('capability_missing', { data: { requiredCapabilities } });
  }
  const task = openTask(x, call.name);
  if (task === undefined) return new Refusal('task_unknown');
  const { upstream, tool, taskId } = task;
  const name = endpoint.nameOfTool(principal, upstream, tool);
  const entry = name === undefined ? undefined : endpoint.visibleTool(principal, name);
  if (entry === undefined) {
    const { items, members } = endpoint.now();
    const isAbsent =
      members.includes(upstream) &&
      !items.has(upstream) &&
      endpoint.viewer(principal).mayReach(upstream);
    return new Refusal(isAbsent ? 'upstream_unavailable' : 'task_unknown');
  }
  const at = call.view.member(call.params, 'taskId');
  x.edits = [replaceValue(call.view, at, JSON.stringify(taskId))];
  return { kind: 'item', item: entry.item, originalName: taskId };
}
