import { describe, expect, test } from 'vitest';
import type { Decision, ItemId, Target } from '../kernel/index.ts';
import { makeExchange } from '../../../test/kit/exchange.ts';
import { createApprovals } from './index.ts';

const { approve } = createApprovals();

const id: ItemId = { upstream: 'crm', kind: 'tool', name: 'send_mail' };
const item = {
  id,
  publicName: 'crm__send_mail',
  definition: Buffer.alloc(0),
  era: 'modern' as const,
  headerBindings: [],
};

function decided(needsApproval: boolean, target: Target) {
  const decision: Decision = { id: 'd-1', outcome: 'allow', rule: 'mail', needsApproval };
  return Object.assign(makeExchange(), { decision, target, asked: 'vendor/method' });
}

describe('approvals', () => {
  test('let a call on for which nobody has to be asked', () => {
    const x = decided(false, { kind: 'item', item, originalName: id.name });
    expect(approve(x)).toBe(x);
  });

  test.each([
    ['an item', { kind: 'item', item, originalName: id.name }, 'tool:crm/send_mail'],
    ['a subscription', { kind: 'subscription', item, originalName: '' }, 'tool:crm/send_mail'],
    ['a vendor method', { kind: 'passthrough', upstream: 'crm' }, '"vendor/method"'],
  ] as const)('refuse %s and say what was asked', (_case, target, words) => {
    const step = approve(decided(true, target));
    expect(step).toMatchObject({
      reason: 'approval_required',
      detail: { data: { decision: 'd-1' } },
    });
    expect('text' in step && step.text).toContain(words);
    expect('text' in step && step.text).toContain('"mail"');
  });
});
