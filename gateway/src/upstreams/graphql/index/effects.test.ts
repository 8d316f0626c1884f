import { expect, test } from 'vitest';
import { effectsOf } from './effects.ts';

test.each([
  ['query', 'orders', 'read'],
  ['query', 'deletedOrders', 'read'],
  ['query', 'deleteEverything', 'unknown'],
  ['mutation', 'addOrder', 'write'],
  ['mutation', 'orderCreate', 'write'],
  ['mutation', 'createOrReplaceOrder', 'destroy'],
  ['mutation', 'updateOrder', 'destroy'],
  ['mutation', 'orderDelete', 'destroy'],
  ['mutation', 'doIt', 'destroy'],
] as const)('%s %s: %s', (kind, field, effect) => {
  expect(effectsOf(kind, [field])).toMatchObject({ effect });
});

test('of several fields the worst decides', () => {
  expect(effectsOf('mutation', ['addOrder', 'removeOrder']).effect).toBe('destroy');
  expect(effectsOf('mutation', []).effect).toBe('destroy');
});
