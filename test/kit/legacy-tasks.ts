/** A server of 2025-11-25 whose only tool can only be a task (experimental tasks), in raw bytes. */
import { startScripted, type Received, type ScriptedUpstream } from './scripted-upstream.ts';

export interface LegacyTasks extends AsyncDisposable {
  readonly upstream: ScriptedUpstream;
  /** How often the tool was carried out. */
  readonly runs: () => number;
  /** Ids of tasks that were cancelled. */
  readonly cancelled: readonly string[];
}

interface Task {
  readonly outcome: string;
  looks: number;
  status: string;
}

/** A task is under way for two looks at it; the argument `outcome` says how it ends. */
export async function startLegacyTasks(): Promise<LegacyTasks> {
  const tasks = new Map<string, Task>();
  const cancelled: string[] = [];
  const shown = (id: string, { status }: Task): string =>
    `"taskId":"${id}","status":"${status}","createdAt":"2026-01-01T00:00:00Z","lastUpdatedAt":"2026-01-01T00:00:00Z","ttl":60000,"pollInterval":20,"vendor":1e400`;
  const begin = ({ message }: Received): string => {
    const { task, arguments: args } = message.params ?? {};
    if (task === undefined) return 'error:{"code":-32601,"message":"This tool needs a task"}';
    const id = `legacy-${tasks.size + 1}`;
    const { outcome = 'completed' } = (args ?? {}) as { outcome?: string };
    const begun = { outcome, looks: 0, status: 'working' };
    tasks.set(id, begun);
    return `{"task":{${shown(id, begun)}}}`;
  };
  const look = (id: string, task: Task): string => {
    if (++task.looks > 2 && task.status === 'working' && task.outcome !== 'never') {
      task.status = task.outcome === 'completed' ? 'completed' : 'failed';
    }
    return `{${shown(id, task)}}`;
  };
  const resultOf = (id: string, { outcome }: Task): string =>
    outcome === 'error'
      ? 'error:{"code":-32603,"message":"it broke"}'
      : `{"content":[{"type":"text","text":"${outcome}"}],"isError":${outcome === 'failed'},"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"${id}"},"kept":1}}`;
  const cancel = (id: string, task: Task): string => {
    if (task.status !== 'working') return 'error:{"code":-32602,"message":"it has ended"}';
    task.status = 'cancelled';
    cancelled.push(id);
    return `{${shown(id, task)}}`;
  };
  const upstream = await startScripted({
    era: 'legacy',
    capabilities: '{"tools":{},"tasks":{"cancel":{},"requests":{"tools":{"call":{}}}}}',
    tools: [
      '{"name":"job","inputSchema":{"type":"object"},"execution":{"taskSupport":"required"}}',
      '{"name":"plain","inputSchema":{"type":"object"},"execution":{"taskSupport":"forbidden"}}',
    ],
    answer: (request) => {
      const { method = '', params = {} } = request.message;
      if (method === 'tools/call') {
        return params['name'] === 'job'
          ? begin(request)
          : '{"content":[{"type":"text","text":"plain"}]}';
      }
      const id = String(params['taskId']);
      const task = tasks.get(id);
      if (task === undefined) return 'error:{"code":-32602,"message":"unknown task"}';
      if (method === 'tasks/get') return look(id, task);
      if (method === 'tasks/result') return resultOf(id, task);
      return method === 'tasks/cancel' ? cancel(id, task) : undefined;
    },
  });
  return {
    upstream,
    runs: () => tasks.size,
    cancelled,
    [Symbol.asyncDispose]: () => upstream.close(),
  };
}
