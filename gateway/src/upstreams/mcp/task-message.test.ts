import { describe, expect, test } from 'vitest';
import { ROOT, scanJson, splice, type AnswerMessage } from '../../kernel/index.ts';
import {
  answerOf,
  legacyTask,
  modernMembers,
  readTask,
  wantsTasks,
  withoutRelation,
} from './task-message.ts';

function message(kind: 'result' | 'error', text: string): AnswerMessage {
  const answer = answerOf('1', kind, text, 'modern');
  if (answer === undefined) throw new Error(`no ${kind}: ${text}`);
  return answer;
}

function view(text: string) {
  const scanned = scanJson(Buffer.from(text), { maxDepth: 64, recordDepth: 2 });
  if ('fault' in scanned) throw new Error(scanned.fault);
  return scanned;
}

describe('how a task stands', () => {
  test.each([
    ['{"taskId":"a","status":"working"}', 'working', undefined],
    ['{"taskId":"a","status":"completed","pollIntervalMs":5}', 'completed', 5],
    ['{"taskId":"a","status":"failed","pollInterval":7}', 'failed', 7],
    ['{"taskId":"a","status":"cancelled","pollInterval":-7}', 'cancelled', undefined],
    ['{"taskId":"a","status":"input_required","pollIntervalMs":"7"}', 'input_required', undefined],
    ['{"taskId":"a","status":"submitted"}', undefined, undefined],
    ['{"taskId":"","status":"working"}', undefined, undefined],
    ['{"taskId":7,"status":"working"}', undefined, undefined],
    ['{"status":"working"}', undefined, undefined],
  ])('%s: %s', (text, status, pollMs) => {
    const task = readTask(view(text), ROOT);
    expect([task?.status, task?.pollMs]).toEqual([status, pollMs]);
  });

  test('the words of the two forms', () => {
    const text =
      '{"taskId":"a","status":"working","ttl":null,"pollInterval":1.50,"vendor":1e400,"_meta":{}}';
    expect(modernMembers(view(text), ROOT)).toBe(
      '"taskId":"a","ttlMs":null,"pollIntervalMs":1.50,"vendor":1e400',
    );
  });

  test.each([
    ['{"task":{"taskId":"a"}}', true],
    ['{"task":"a"}', false],
    ['{"content":[]}', false],
  ])('%s begins one in a legacy server: %s', (text, expected) => {
    expect(legacyTask(message('result', text)) >= 0).toBe(expected);
  });
});

test.each([
  ['{"content":[]}', '{"content":[]}'],
  ['{"_meta":{"io.modelcontextprotocol/related-task":{}},"a":1e400}', '{"a":1e400}'],
  ['{"_meta":{"b":1,"io.modelcontextprotocol/related-task":{}}}', '{"_meta":{"b":1}}'],
])('a result says nothing of its task: %s', (text, expected) => {
  const { view: whole, edits, value } = withoutRelation(message('result', text));
  expect(splice(whole.bytes, edits, whole.start(value), whole.end(value)).toString()).toBe(
    expected,
  );
});

test.each([
  ['{"code":-32021,"message":"m","data":{"requiredCapabilities":{"extensions":{"x":{}}}}}', true],
  ['{"code":-32021,"message":"m","data":{"requiredCapabilities":{"extensions":{"y":{}}}}}', false],
  ['{"code":-32021,"message":"m","data":{"requiredCapabilities":{"elicitation":{}}}}', false],
  ['{"code":-32021,"message":"m"}', false],
  ['{"code":-32602,"message":"m","data":{"requiredCapabilities":{"extensions":{"x":{}}}}}', false],
])('%s wants the extension x: %s', (text, expected) => {
  expect(wantsTasks(message('error', text), 'x')).toBe(expected);
});

test.each(['7', '[', '{"a":1,"a":2}'])('%s is no error', (text) => {
  expect(answerOf('1', 'error', text, 'modern')).toBeUndefined();
});
