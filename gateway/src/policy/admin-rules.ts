/**
 * Who may do what to the gateway itself. Roles are rules like any other, in front of those of the
 * configuration: a deny of the operator wins, and what nothing allows is denied in every mode.
 */
import { z } from 'zod';
import { ADMIN_KIND, compilePattern, type Principal } from '../kernel/index.ts';
import { createExplainer, type Explanation } from './explain.ts';
import { who, type PolicyConfig, type RuleConfig } from './schema.ts';

export const ADMIN_ROLES = ['admin', 'operator', 'auditor', 'viewer'] as const;
export type AdminRole = (typeof ADMIN_ROLES)[number];

/** The upstream that stands for the gateway itself in patterns: `admin:drawbridge/keys.write`. */
const ITSELF = 'drawbridge';

const ALLOWED: Readonly<Record<AdminRole, readonly string[]>> = {
  admin: ['*'],
  operator: ['*.read', 'keys.write', 'upstreams.write'],
  auditor: ['*.read'],
  viewer: ['health.read', 'upstreams.read', 'endpoints.read', 'items.read'],
};

/** `admin.roles`: who has which role. */
export const adminRolesSchema = z.strictObject({
  admin: who.describe('Who may do all, granting roles included.'),
  operator: who.describe('Who may see all, and change keys and upstreams.'),
  auditor: who.describe('Who may see all and change nothing.'),
  viewer: who.describe('Who may see upstreams, endpoints, items and health.'),
});

export type AdminRoles = z.infer<typeof adminRolesSchema>;

/** A role of a subject: `user:<user>`, or `principal:<id>`. */
export interface GrantedRole {
  readonly subject: string;
  readonly role: string;
}

/** An action on the gateway itself that somebody wants to take. */
export interface AdminAsked {
  readonly principal: Principal;
  /** `keys.write` */
  readonly action: string;
  readonly grants: readonly GrantedRole[];
  readonly nowMs: number;
  readonly address: string;
}

export type AdminJudge = (asked: AdminAsked) => Pick<Explanation, 'outcome' | 'rule' | 'because'>;

/**
 * Compiles the roles and the operator's own rules about `admin:` items.
 * @returns judges an action; `deny` also where a person would have to approve it
 */
export function compileAdminRules(policy: PolicyConfig, roles: AdminRoles): AdminJudge {
  const byGranted = new Map<string, ReturnType<typeof createExplainer>>();
  return ({ principal, action, grants, nowMs, address }) => {
    const granted = rolesGranted(principal, grants);
    const key = granted.join(' ');
    let explain = byGranted.get(key);
    if (explain === undefined) {
      explain = createExplainer(withRoles(policy, roles, granted), new Map());
      byGranted.set(key, explain);
    }
    const { outcome, rule, because, needsApproval } = explain({
      principal,
      endpoint: ADMIN_KIND,
      item: { id: { upstream: ITSELF, kind: ADMIN_KIND, name: action } },
      args: '{}',
      nowMs,
      address,
    });
    return { outcome: outcome === 'allow' && !needsApproval ? 'allow' : 'deny', rule, because };
  };
}

/** The roles that rows grant to somebody, each once. */
export function rolesGranted(principal: Principal, grants: readonly GrantedRole[]): AdminRole[] {
  const subjects = [`principal:${principal.id}`];
  if (principal.user !== '') subjects.push(`user:${principal.user}`);
  return ADMIN_ROLES.filter((role) =>
    grants.some((grant) => grant.role === role && subjects.includes(grant.subject)),
  );
}

function withRoles(
  policy: PolicyConfig,
  roles: AdminRoles,
  granted: readonly AdminRole[],
): PolicyConfig {
  const rules: RuleConfig[] = granted.map((role) => ruleOf(role, `granted role ${role}`));
  for (const role of ADMIN_ROLES) {
    const whose = roles[role];
    if (whose !== undefined) rules.push({ ...ruleOf(role, `role ${role}`), who: whose });
  }
  const own = policy.rules.map((rule, index) => ({ ...rule, name: rule.name ?? `#${index + 1}` }));
  return { default: 'deny', rules: [...rules, ...own] };
}

function ruleOf(role: AdminRole, name: string): RuleConfig {
  return { name, allow: ALLOWED[role].map((each) => `${ADMIN_KIND}:${ITSELF}/${each}`) };
}

/** The roles that allow an action, as long as no rule of the operator says otherwise. */
export function rolesAllowing(action: string): AdminRole[] {
  const id = { upstream: ITSELF, kind: ADMIN_KIND, name: action } as const;
  return ADMIN_ROLES.filter((role) =>
    ALLOWED[role].some((each) => {
      const pattern = compilePattern(`${ADMIN_KIND}:${ITSELF}/${each}`);
      return typeof pattern !== 'string' && pattern.matches(id);
    }),
  );
}
