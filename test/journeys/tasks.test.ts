/**
 * Tasks at an endpoint over a server of each era: for callers that know them, and for all others,
 * for whom the gateway waits.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFixture, type Fixture } from '../kit/fixture/index.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { LegacyCaller, type JsonRpc, type Reply } from '../kit/legacy-caller.ts';
import { startLegacyTasks, type LegacyTasks } from '../kit/legacy-tasks.ts';
import { sendRaw } from '../kit/modern-request.ts';
import { callTool } from '../kit/rest-request.ts';

const TASKS = 'io.modelcontextprotocol/tasks';
const KNOWS = { extensions: { [TASKS]: {} } };
const ASKS = { elicitation: {} };

let modern: Fixture;
let legacy: LegacyTasks;
let gateway: TestGateway;

beforeAll(async () => {
  modern = await startFixture({ era: 'modern' });
  legacy = await startLegacyTasks();
  gateway = await startGateway({
    upstreams: {
      new: { mcp: modern.url },
      old: { mcp: { url: legacy.upstream.url, era: '2025-11-25' } },
      stern: { mcp: { url: modern.url, tasks: 'pass' } },
      hard: { mcp: { url: legacy.upstream.url, era: '2025-11-25', tasks: 'pass' } },
    },
    endpoints: {
      default: { include: ['new/*', 'old/*'] },
      strict: { include: ['stern/*', 'hard/*'] },
      lone: { include: ['old/*'] },
    },
  });
});

afterAll(async () => {
  await gateway.close();
  await modern.close();
  await legacy.upstream.close();
});

interface Result extends Record<string, unknown> {
  readonly taskId: string;
  readonly status: string;
  readonly requestState: string;
  readonly content: readonly { readonly text: string }[];
  /** What a task came to. */
  readonly result: Result;
}

interface Message {
  readonly result?: Result;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data: { readonly requiredCapabilities?: object };
  };
  readonly params: { readonly progress: number; readonly progressToken: string };
}

interface Said extends Pick<Message, 'error'> {
  readonly status: number;
  readonly result: Result;
  readonly notices: readonly Message[];
}

const NO_RESULT: Result = {
  taskId: '',
  status: '',
  requestState: '',
  content: [],
  get result() {
    return NO_RESULT;
  },
};

let lastId = 0;

const envelopeOf = (capabilities: object) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});

async function say(
  method: string,
  params: Record<string, unknown>,
  capabilities: object = KNOWS,
  {
    endpoint = 'mcp',
    meta = {},
    signal,
  }: { endpoint?: string; meta?: object; signal?: AbortSignal } = {},
): Promise<Said> {
  const _meta = { ...envelopeOf(capabilities), ...meta };
  const message = { jsonrpc: '2.0', id: ++lastId, method, params: { ...params, _meta } };
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    'mcp-name': String(params['taskId'] ?? params['name']),
  };
  const url = `${gateway.origin}/${endpoint}`;
  const { status, messages } = await sendRaw(url, JSON.stringify(message), headers, signal);
  const all = messages.map((text) => JSON.parse(text) as Message);
  const { result = NO_RESULT, error } = all.at(-1) ?? { error: undefined };
  return { status, result, notices: all.slice(0, -1), ...(error === undefined ? {} : { error }) };
}

const call = (name: string, args: object, ...rest: [object?, object?]) =>
  say('tools/call', { name, arguments: args }, ...rest);
const about = (method: string, taskId: string, more: object = {}) =>
  say(method, { taskId, ...more });

/** Looks at a task until it has ended or waits for an answer. */
async function settled(taskId: string): Promise<Result> {
  for (;;) {
    const { result, error } = await about('tasks/get', taskId);
    if (error !== undefined) throw new Error(error.message);
    expect(result).toMatchObject({ resultType: 'complete', taskId });
    if (result.status !== 'working') return result;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const textOf = ({ content }: Pick<Result, 'content'>): string => content[0]?.text ?? '';

describe('a caller that knows tasks', () => {
  test('gets one of the modern server under an id of the gateway, and its result', async () => {
    const { result } = await call('new__slow_compute', { seconds: 0.05, label: 'x' });
    expect(result).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 600_000 });
    expect(result.taskId).not.toMatch(/^[0-9a-f-]{36}$/);
    const done = await settled(result.taskId);
    expect(done.status).toBe('completed');
    expect(textOf(done.result)).toBe('Computed x in 0.05 s.');
    const records = await gateway.records();
    const looks = records.filter(({ method }) => method === 'tasks/get');
    expect(looks.at(-1)).toMatchObject({ item: 'tool:new/slow_compute', upstream: 'new' });
  });

  test('answers what a task asks', async () => {
    const { result } = await call('new__confirm_delete', { filename: 'a' }, { ...KNOWS, ...ASKS });
    const asked = await settled(result.taskId);
    expect(asked.status).toBe('input_required');
    const inputResponses = { confirm: { action: 'accept', content: { confirm: true } } };
    expect(await about('tasks/update', result.taskId, { inputResponses })).toMatchObject({
      result: { resultType: 'complete' },
    });
    expect(textOf((await settled(result.taskId)).result)).toBe('Deleted a.');
  });

  test('cancels', async () => {
    const { result } = await call('new__slow_compute', { seconds: 60 });
    expect((await about('tasks/cancel', result.taskId)).result).toMatchObject({
      resultType: 'complete',
    });
    expect((await settled(result.taskId)).status).toBe('cancelled');
  });

  test.each([
    ['completed', { status: 'completed', result: { isError: false, _meta: { kept: 1 } } }],
    ['failed', { status: 'completed', result: { isError: true, _meta: { kept: 1 } } }],
    ['error', { status: 'failed', error: { code: -32603, message: 'it broke' } }],
  ])('gets one of the legacy server in the words of its era: %s', async (outcome, expected) => {
    const { result } = await call('old__job', { outcome });
    expect(result).toMatchObject({
      resultType: 'task',
      status: 'working',
      ttlMs: 60_000,
      pollIntervalMs: 20,
    });
    const done = await settled(result.taskId);
    expect(done).toMatchObject({ ...expected, ttlMs: 60_000, pollIntervalMs: 20 });
    expect(JSON.stringify(done)).not.toContain('legacy-');
  });

  test('cancels one of the legacy server, twice, and has nothing to answer there', async () => {
    const { result } = await call('old__job', { outcome: 'never' });
    const ack = { status: 200, result: { resultType: 'complete' } };
    expect(await about('tasks/update', result.taskId, { inputResponses: {} })).toMatchObject(ack);
    expect(await about('tasks/cancel', result.taskId)).toMatchObject(ack);
    expect(await about('tasks/cancel', result.taskId)).toMatchObject(ack);
    expect((await settled(result.taskId)).status).toBe('cancelled');
    expect(legacy.cancelled).toHaveLength(1);
  });

  test('knows nothing of tasks of other endpoints, nor of ids nobody gave out', async () => {
    const { result } = await call('new__slow_compute', { seconds: 60 });
    const { taskId } = result;
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const foreign = await say(method, { taskId }, KNOWS, { endpoint: 'mcp/strict' });
      const madeUp = await say(method, { taskId: 'made up' });
      expect(foreign.error).toMatchObject({ code: -32602, data: { reason: 'task_unknown' } });
      expect({ ...madeUp.error }).toEqual({ ...foreign.error });
    }
    await about('tasks/cancel', taskId);
  });
});

describe('a legacy caller that knows the tasks of its era', () => {
  test('uses them at an endpoint with one upstream', async () => {
    const caller = await LegacyCaller.begin(`${gateway.url}/lone`, '2025-11-25');
    const begun = await answer(caller, 'tools/call', { name: 'old__job', arguments: {}, task: {} });
    const { taskId } = (begun.result?.['task'] ?? {}) as { taskId: string };
    expect(taskId).toMatch(/^legacy-/);
    expect((await answer(caller, 'tasks/get', { taskId })).result).toMatchObject({ taskId });
    expect((await answer(caller, 'tasks/result', { taskId })).result).toMatchObject({
      isError: false,
    });
  });

  test('is waited for at an endpoint with several, which offers it none', async () => {
    const caller = await LegacyCaller.begin(gateway.url, '2025-11-25');
    for (const name of ['old__job', 'old__plain']) {
      const said = await answer(caller, 'tools/call', { name, arguments: {}, task: {} });
      expect(said.result).toHaveProperty('content');
    }
    expect(legacy.upstream.calls.at(-1)?.message.params).not.toHaveProperty('task');
    const { error } = await answer(caller, 'tasks/get', { taskId: 'legacy-1' });
    expect(error?.code).toBe(-32601);
  });
});

describe('for a caller that knows no tasks the gateway waits', () => {
  test('modern caller, modern server', async () => {
    const meta = { progressToken: 'p' };
    const { result, notices } = await call('new__failing_job', {}, {}, { meta });
    expect(result).toMatchObject({ resultType: 'complete', isError: true });
    expect(textOf(result)).toBe('The job failed, as it always does.');
    const steps = notices.map(({ params }) => params);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.map(({ progress }) => progress)).toEqual(steps.map((_, at) => at + 1));
    expect(new Set(steps.map(({ progressToken }) => progressToken))).toEqual(new Set(['p']));
  });

  test('a task that fails ends in the error it names', async () => {
    const { error } = await call('new__protocol_error_job', {}, {});
    expect(error).toMatchObject({ code: -32603, message: 'The job crashed, as it always does.' });
  });

  test('what a task asks is asked of the caller, and the retry gets the result', async () => {
    const args = { filename: 'b' };
    const { result } = await call('new__confirm_delete', args, ASKS);
    expect(result).toMatchObject({ resultType: 'input_required' });
    const { requestState } = result;
    const inputResponses = { confirm: { action: 'accept', content: { confirm: true } } };
    const retry = { name: 'new__confirm_delete', arguments: args, requestState, inputResponses };
    const done = await say('tools/call', retry, ASKS);
    expect(done.result).toMatchObject({ resultType: 'complete' });
    expect(textOf(done.result)).toBe('Deleted b.');
    expect(gateway.gateway.status().interactions).toMatchObject({ parked: 0, open: 0 });
  });

  test('who cannot be asked hears what is missing, and not of tasks', async () => {
    const { error } = await call('new__confirm_delete', {}, {});
    expect(error).toMatchObject({ code: -32021 });
    expect(error?.data.requiredCapabilities).toEqual({ elicitation: {} });
  });

  test('modern caller, legacy server', async () => {
    const { result } = await call('old__job', {}, {});
    expect(result).toMatchObject({ resultType: 'complete', isError: false, _meta: { kept: 1 } });
    expect(JSON.stringify(result)).not.toContain('legacy-');
    expect((await call('old__job', { outcome: 'error' }, {})).error).toMatchObject({
      code: -32603,
      message: 'it broke',
    });
  });

  test('a plain tool beside it is called as ever', async () => {
    expect(textOf((await call('old__plain', {})).result)).toBe('plain');
    expect(legacy.upstream.calls.at(-1)?.message.params).not.toHaveProperty('task');
  });

  test('legacy caller, both servers', async () => {
    const caller = await LegacyCaller.begin(gateway.url, '2025-11-25', ASKS);
    const failing = await answerTo(caller, 'new__failing_job');
    expect(failing.result).toMatchObject({ isError: true });
    expect(failing.result).not.toHaveProperty('resultType');
    expect((await answerTo(caller, 'old__job')).result).toMatchObject({ isError: false });
  });

  test('a legacy caller is asked in the middle of the call', async () => {
    const caller = await LegacyCaller.begin(gateway.url, '2025-11-25', ASKS);
    const reply = await caller.post(callOf('new__confirm_delete', { filename: 'c' }));
    const { json } = await nextOf(reply, 'elicitation/create');
    const content = { confirm: true };
    await caller.post({ jsonrpc: '2.0', id: json?.id, result: { action: 'accept', content } });
    const last = await nextOf(reply, '');
    expect(textOf((last.json?.result ?? NO_RESULT) as Result)).toBe('Deleted c.');
  });

  test('REST', async () => {
    const { status, text } = await callTool(gateway, 'new__failing_job');
    expect([status, text.includes('The job failed')]).toEqual([422, true]);
  });

  test('a caller that goes away cancels the task', async () => {
    const before = legacy.cancelled.length;
    const gone = new AbortController();
    const runs = legacy.runs();
    const sent = call('old__job', { outcome: 'never' }, {}, { signal: gone.signal });
    await expect.poll(() => legacy.runs()).toBe(runs + 1);
    gone.abort();
    await expect(sent).rejects.toThrow();
    await expect.poll(() => legacy.cancelled.length).toBe(before + 1);
  });
});

describe('where it does not wait', () => {
  test.each(['stern__failing_job', 'hard__job'])('%s needs a capability', async (name) => {
    const { error } = await call(name, {}, {}, { endpoint: 'mcp/strict' });
    expect(error).toMatchObject({ code: -32021 });
    expect(error?.data.requiredCapabilities).toEqual({ extensions: { [TASKS]: {} } });
  });
});

function callOf(name: string, args: object = {}): object {
  return { jsonrpc: '2.0', id: ++lastId, method: 'tools/call', params: { name, arguments: args } };
}

const answerTo = (caller: LegacyCaller, name: string) =>
  answer(caller, 'tools/call', { name, arguments: {} });

async function answer(caller: LegacyCaller, method: string, params: object): Promise<JsonRpc> {
  const reply = await caller.post({ jsonrpc: '2.0', id: ++lastId, method, params });
  const text = await reply.whole();
  return reply.events.at(-1)?.json ?? (JSON.parse(text) as JsonRpc);
}

async function nextOf(reply: Reply, method: string) {
  for (;;) {
    const event = await reply.next();
    if ((event.json?.method ?? '') === method && event.json !== undefined) return event;
  }
}
