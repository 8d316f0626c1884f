/**
 * May this principal make exactly this call. One function answers both questions that are asked of a
 * policy: whether an item exists for a principal, and whether a call of it is allowed.
 */
import { randomBytes } from 'node:crypto';
import type {
  Clock,
  Decision,
  Exchange,
  ItemId,
  JudgedItem,
  Principal,
  Step,
  Target,
} from '../kernel/index.ts';
import { Callers } from './callers.ts';
import { markAuthorized, type Authorized } from './evidence.ts';
import type { EndpointFacts, UpstreamFacts } from './labels.ts';
import type { PolicyConfig } from './schema.ts';
import { refusal } from './refusal.ts';
import { settled } from './settled.ts';
import { itemOf, NOTHING, open } from './targets.ts';
import type { Verdict } from './verdict.ts';
import type { Viewer } from './viewer.ts';

export {
  ADMIN_ROLES,
  adminRolesSchema,
  compileAdminRules,
  rolesAllowing,
  rolesGranted,
  type AdminJudge,
  type AdminRole,
  type AdminRoles,
} from './admin-rules.ts';
export type { Authorized } from './evidence.ts';
export { createExplainer, type Asked, type Explanation } from './explain.ts';
export {
  askedBy,
  callerSchema,
  expectationsSchema,
  isMet,
  itemIdIn,
  principalFor,
  resultOf,
} from './expectations.ts';
export { lintPolicy, type LintFinding } from './lint.ts';
export { argumentPath } from './argument-path.ts';
export { bindingsSchema, type BindingConfig } from './binding-schema.ts';
export type { EndpointFacts, UpstreamFacts } from './labels.ts';
export type { Viewer } from './viewer.ts';
export { policySchema, type PolicyConfig } from './schema.ts';

export interface Policy {
  /** What a caller may see at an endpoint; the same object for all about whom the same holds. */
  viewerOf(principal: Principal, endpoint: string): Viewer;
  /** Refuses with `policy_denied`. The decision stands on the exchange either way. */
  readonly authorize: <X extends Decidable>(x: X) => Step<X & Authorized>;
  /**
   * Puts a decision on an exchange whose item does not exist for its caller.
   * @param hidden the item where there is one
   * @returns the decision's id, the only thing that a caller is told of it
   */
  notFound(x: Undecided, hidden: JudgedItem | undefined): string;
}

type Undecided = Exchange & { readonly principal: Principal };
type Decidable = Undecided & { readonly target: Target };

export interface PolicyDeps {
  readonly clock: Clock;
  /** What the configuration says of upstreams, by their ids. */
  readonly upstreams: ReadonlyMap<string, UpstreamFacts>;
  /** What it says of items at endpoints, by their names. */
  readonly endpoints?: ReadonlyMap<string, EndpointFacts>;
}

/** Compiles rules once. @param config checked by `policySchema` */
export function compilePolicy(
  config: PolicyConfig,
  { clock, upstreams, endpoints = new Map() }: PolicyDeps,
): Policy {
  const callers = new Callers(config, upstreams, endpoints);
  const whole = new Map<string, JudgedItem>();
  // Ids of decisions: random per policy, then counted. A UUID each costs more than the decision.
  const series = randomBytes(9).toString('base64url');
  let decided = 0;
  const decide = (x: Undecided, verdict: Verdict, hidden?: ItemId): Decision => {
    const decision: Decision = {
      id: `${series}-${++decided}`,
      outcome: verdict.outcome === 'allow' ? 'allow' : 'deny',
      rule: verdict.rule,
      needsApproval: verdict.needsApproval,
      because: verdict.because,
      considered: verdict.considered,
      failed: verdict.failed.map((each) => each.rule),
      hidden,
    };
    x.decision = decision;
    return decision;
  };
  return {
    viewerOf: (principal, endpoint) => callers.classOf(principal, endpoint),
    authorize: (x) => {
      const item = itemOf(x.target, whole);
      const verdict =
        item === undefined ? open(x.target.kind) : settled(x, item, callers, clock.nowMs());
      const decision = decide(x, verdict);
      if (decision.outcome === 'deny') return refusal(decision);
      markAuthorized(x, decision);
      return x;
    },
    notFound: (x, hidden) => {
      const verdict =
        hidden === undefined ? NOTHING : callers.classOf(x.principal, x.endpoint).verdictOn(hidden);
      return decide(x, { ...verdict, outcome: 'deny', needsApproval: false }, hidden?.id).id;
    },
  };
}
