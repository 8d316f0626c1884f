import { describe, expect, test } from 'vitest';
import { LOCAL, METHOD_TABLE, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../test/kit/sealer.ts';
import {
  ROOT,
  Refusal,
  scanJson,
  splice,
  type AnswerMessage,
  type Exchange,
  type Item,
  type Terminal,
} from '../kernel/index.ts';
import { createTasks } from './index.ts';

const DAY_MS = 86_400_000;
const TASKS = '{"extensions":{"io.modelcontextprotocol/tasks":{}}}';
const clock = new ManualClock();
const tasks = createTasks({ sealer: makeSealer(clock), clock });

const item: Item = {
  id: { upstream: 'crm', kind: 'tool', name: 'slow' },
  publicName: 'crm__slow',
  definition: Buffer.alloc(0),
  era: 'modern',
  headerBindings: [],
};

function exchange(method: string, name: string, capabilities = TASKS): Exchange {
  const row = METHOD_TABLE.get(method);
  const call = { ...makeCall({ method, row, name }), capabilities };
  const target = { kind: 'item', item, originalName: name } as const;
  return Object.assign(makeExchange(), { endpoint: 'e', principal: LOCAL, call, target });
}

function result(text: string): AnswerMessage {
  const view = scanJson(Buffer.from(`{"id":1,"result":${text}}`), { maxDepth: 64, recordDepth: 4 });
  if ('fault' in view) throw new Error(view.fault);
  return { kind: 'result', era: 'modern', view, value: view.member(ROOT, 'result'), edits: [] };
}

function textOf(message: Terminal): string {
  if (message.kind !== 'result') throw new Error(`a ${message.kind}`);
  return splice(message.view.bytes, message.edits).toString();
}

const begun = (ttl = '1000') => {
  const text = `{"resultType":"task", "taskId":"t/1","n":1e400,"ttlMs":${ttl}}`;
  const sent = textOf(tasks.sealTask(exchange('tools/call', 'crm__slow'), result(text)));
  return { sent, id: String(JSON.parse(sent).result.taskId) };
};

describe('ids of tasks', () => {
  test('leave sealed, and every other byte stays', () => {
    const { sent, id } = begun();
    expect(sent.replace(id, 't/1')).toBe(
      '{"id":1,"result":{"resultType":"task", "taskId":"t/1","n":1e400,"ttlMs":1000}}',
    );
    expect(tasks.openTask({ principal: LOCAL, endpoint: 'e' }, id)).toEqual({
      upstream: 'crm',
      tool: 'slow',
      taskId: 't/1',
    });
  });

  test.each([
    ['another principal', { principal: { ...LOCAL, id: 'eve' }, endpoint: 'e' }],
    ['another endpoint', { principal: LOCAL, endpoint: 'f' }],
  ])('are nothing to %s', (_who, at) => {
    expect(tasks.openTask(at, begun().id)).toBeUndefined();
  });

  test.each(['', 'made up', 't/1'])('%j is none', (id) => {
    expect(tasks.openTask({ principal: LOCAL, endpoint: 'e' }, id)).toBeUndefined();
  });

  test.each([
    ['1000', 30],
    [String(40 * DAY_MS), 80],
    ['null', 366],
  ])('of a task kept for %s ms open for %d days', async (ttl, days) => {
    const { id } = begun(ttl);
    const at = { principal: LOCAL, endpoint: 'e' };
    await clock.advance(days * DAY_MS - 1);
    expect(tasks.openTask(at, id)).toBeDefined();
    await clock.advance(2);
    expect(tasks.openTask(at, id)).toBeUndefined();
  });

  test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
    'come back from %s as the caller wrote them',
    (method) => {
      const message = result('{"resultType":"complete","taskId":"t/1","status":"working"}');
      const sent = textOf(tasks.sealTask(exchange(method, 'sealed'), message));
      expect(JSON.parse(sent).result.taskId).toBe('sealed');
    },
  );
});

describe('everything else passes unchanged', () => {
  test.each([
    ['a plain result', 'tools/call', TASKS, '{"resultType":"complete","taskId":"x"}'],
    ['a caller without tasks', 'tools/call', '{}', '{"resultType":"task","taskId":"x"}'],
    ['another method', 'prompts/get', TASKS, '{"resultType":"task","taskId":"x"}'],
    ['a result without an id', 'tasks/update', TASKS, '{"resultType":"complete"}'],
  ])('%s', (_what, method, capabilities, text) => {
    const message = result(text);
    expect(tasks.sealTask(exchange(method, 'n', capabilities), message)).toBe(message);
  });

  test.each(['{"resultType":"task"}', '{"resultType":"task","taskId":7}'])(
    'but %s is no answer',
    (text) => {
      const said = tasks.sealTask(exchange('tools/call', 'crm__slow'), result(text));
      expect(said).toBeInstanceOf(Refusal);
      expect(said).toMatchObject({ reason: 'upstream_invalid' });
    },
  );
});
