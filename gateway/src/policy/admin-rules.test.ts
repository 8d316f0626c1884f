import { describe, expect, test } from 'vitest';
import { principalOf } from '../kernel/index.ts';
import { adminRolesSchema, compileAdminRules, compilePolicy, policySchema } from './index.ts';
import { systemClock } from '../kernel/index.ts';

const ANN = principalOf({
  id: 'key:1',
  kind: 'user',
  verifiedBy: 'key 1',
  user: 'ann',
  groups: ['ops'],
});

function outcome(
  action: string,
  { rules = [], roles = {}, grants = [], fallback, address = '10.0.0.1' }: Partial<Given>,
): string {
  const policy = policySchema.parse({ default: fallback, rules });
  const judge = compileAdminRules(policy, adminRolesSchema.parse(roles));
  const said = judge({ principal: ANN, action, grants, nowMs: 0, address });
  return `${said.outcome} by ${said.rule}`;
}

interface Given {
  readonly rules: readonly object[];
  readonly roles: object;
  readonly grants: readonly { readonly subject: string; readonly role: string }[];
  readonly fallback: 'allow' | undefined;
  readonly address: string;
}

const asAdmin = { admin: { users: ['ann'] } };
const toAnn = (role: string) => [{ subject: 'user:ann', role }];

describe('an action on the gateway itself', () => {
  test.each<[string, string, Partial<Given>, string]>([
    ['nobody says anything', 'keys.read', {}, 'deny by default'],
    ['the default is to allow', 'keys.read', { fallback: 'allow' }, 'deny by default'],
    ['every item is allowed', 'keys.read', { rules: [{ allow: ['*'] }] }, 'deny by default'],
    ['every upstream is', 'keys.read', { rules: [{ allow: ['*/*'] }] }, 'deny by default'],
    [
      'whatever is read-only is',
      'keys.read',
      { rules: [{ allow: { labels: ['read-only'] } }] },
      'deny by default',
    ],
    [
      'an admin pattern with a label',
      'keys.write',
      { rules: [{ allow: { items: ['admin:*/*'], labels: ['read-only'] } }] },
      'deny by default',
    ],
    [
      'a rule of the operator',
      'keys.read',
      { rules: [{ allow: ['admin:drawbridge/keys.*'] }] },
      'allow by #1',
    ],
    ['a role by configuration', 'roles.write', { roles: asAdmin }, 'allow by role admin'],
    [
      'a role of a group',
      'keys.write',
      { roles: { operator: { groups: ['ops'] } } },
      'allow by role operator',
    ],
    ['a role of others', 'keys.read', { roles: { admin: { users: ['bob'] } } }, 'deny by default'],
    ['a granted role', 'roles.write', { grants: toAnn('admin') }, 'allow by granted role admin'],
    [
      'a role granted to the principal',
      'audit.read',
      { grants: [{ subject: 'principal:key:1', role: 'auditor' }] },
      'allow by granted role auditor',
    ],
    [
      'one granted to another',
      'audit.read',
      { grants: [{ subject: 'user:ANN', role: 'admin' }] },
      'deny by default',
    ],
    ['a role that there is not', 'audit.read', { grants: toAnn('root') }, 'deny by default'],
    ['an operator grants', 'roles.write', { grants: toAnn('operator') }, 'deny by default'],
    ['an auditor writes', 'keys.write', { grants: toAnn('auditor') }, 'deny by default'],
    ['a viewer reads records', 'audit.read', { grants: toAnn('viewer') }, 'deny by default'],
    [
      'a viewer reads items',
      'items.read',
      { grants: toAnn('viewer') },
      'allow by granted role viewer',
    ],
    [
      'a deny of the operator',
      'keys.write',
      { roles: asAdmin, rules: [{ allow: ['*'] }, { deny: ['admin:drawbridge/keys.write'] }] },
      'deny by #2',
    ],
    [
      'a deny of everything else',
      'keys.write',
      { roles: asAdmin, rules: [{ deny: ['*'] }] },
      'allow by role admin',
    ],
    [
      'what a person would have to approve',
      'keys.write',
      { roles: asAdmin, rules: [{ approve: ['admin:*/*'] }] },
      'deny by #1',
    ],
    [
      'a condition on the network that holds',
      'keys.write',
      {
        roles: asAdmin,
        rules: [{ deny: ['admin:*/*'], when: '!inNetwork(network.address, "10.0.0.0/8")' }],
      },
      'allow by role admin',
    ],
    [
      'a condition on the network that does not',
      'keys.write',
      {
        roles: asAdmin,
        address: '192.0.2.1',
        rules: [{ deny: ['admin:*/*'], when: '!inNetwork(network.address, "10.0.0.0/8")' }],
      },
      'deny by #1',
    ],
  ])('%s: %s', (_what, action, given, expected) => {
    expect(outcome(action, given)).toBe(expected);
  });
});

test('rules about the gateway itself change nothing for items', () => {
  const policy = compilePolicy(policySchema.parse({ rules: [{ allow: ['admin:*/*'] }] }), {
    clock: systemClock,
    upstreams: new Map(),
  });
  const local = principalOf({ id: 'local', kind: 'local', verifiedBy: 'loopback' });
  const item = { id: { upstream: 'crm', kind: 'tool', name: 'get' } } as const;
  expect(policy.viewerOf(local, 'default').mayInvoke(item)).toBe(true);
  expect(policy.viewerOf(ANN, 'default').mayInvoke(item)).toBe(false);
  expect(policy.viewerOf(ANN, 'default').mayReach('crm')).toBe(false);
});
