import { expect, test } from 'vitest';
import type { Dialect } from '../kernel/index.ts';
import { METHODS, methodTable } from './methods.ts';

const names = (dialect: Dialect): string[] =>
  METHODS.filter((row) => row.dialects.includes(dialect)).map((row) => row.method);

const BOTH = [
  'tools/call',
  'tools/list',
  'prompts/get',
  'prompts/list',
  'resources/read',
  'resources/list',
  'resources/templates/list',
  'completion/complete',
];

const TASKS = ['tasks/get', 'tasks/update', 'tasks/cancel'];

test('2026-07-28 has these methods and no others', () => {
  expect(names('modern').toSorted()).toEqual(
    [...BOTH, ...TASKS, 'server/discover', 'subscriptions/listen'].toSorted(),
  );
});

test('the revisions before it have these', () => {
  expect(names('legacy').toSorted()).toEqual(
    [
      ...BOTH,
      'initialize',
      'ping',
      'logging/setLevel',
      'resources/subscribe',
      'resources/unsubscribe',
      'notifications/initialized',
      'notifications/cancelled',
      'notifications/progress',
      'notifications/roots/list_changed',
    ].toSorted(),
  );
});

test('REST offers tools and nothing else', () => {
  expect(names('rest')).toEqual(['tools/call', 'tools/list']);
});

test('each stands there once, and is a notification exactly where its name says so', () => {
  expect(methodTable().size).toBe(METHODS.length);
  for (const { method, isNotification } of METHODS) {
    expect(isNotification === true).toBe(method.startsWith('notifications/'));
  }
});

test('the mirrored name is that of the item (2026-07-28, Mcp-Name)', () => {
  const named = METHODS.filter((row) => row.dialects.includes('modern') && row.named !== undefined);
  expect(Object.fromEntries(named.map((row) => [row.method, row.named]))).toEqual({
    'tools/call': 'name',
    'prompts/get': 'name',
    'tasks/cancel': 'taskId',
    'tasks/get': 'taskId',
    'tasks/update': 'taskId',
    'resources/read': 'uri',
  });
});
