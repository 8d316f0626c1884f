/** Why a call is decided as it is: every rule about the item, and what became of it. */
import { bindArguments, splice, type JudgedItem, type Principal } from '../kernel/index.ts';
import { explainBindings, type ExplainedBinding } from './explain-bindings.ts';
import { Callers } from './callers.ts';
import { readArguments, type CallFacts } from './facts.ts';
import {
  givenLabels,
  labelsOf,
  type EndpointFacts,
  type Labels,
  type UpstreamFacts,
} from './labels.ts';
import { believed, isAbout, type Rule } from './rule.ts';
import type { PolicyConfig } from './schema.ts';
import { settle } from './verdict.ts';
import { misfit } from './who.ts';

/** A call that is not made. */
export interface Asked {
  readonly principal: Principal;
  readonly endpoint: string;
  readonly item: JudgedItem;
  /** JSON text of the arguments; undefined where only the list is asked about. */
  readonly args: string | undefined;
  readonly nowMs: number;
  readonly address: string;
}

export interface Explanation {
  readonly outcome: 'allow' | 'deny' | 'depends';
  readonly isListed: boolean;
  readonly needsApproval: boolean;
  /** The rule that decided; `default` for none. */
  readonly rule: string;
  readonly because: string | undefined;
  readonly labels: readonly string[];
  /** Rules about the item, in the order of the configuration. */
  readonly considered: readonly ConsideredRule[];
  /** Rules that are about other items. */
  readonly others: number;
  /** Arguments that are decided at this endpoint for this caller. */
  readonly bindings: readonly ExplainedBinding[];
  /** Why these arguments are refused before any rule is asked; '' where they are not. */
  readonly fault: string;
}

export interface ConsideredRule {
  readonly rule: string;
  readonly effect: Rule['effect'];
  readonly decided: boolean;
  /** What became of it, in words. */
  readonly says: string;
}

/** Explains calls under one configuration; built once for many. */
export function createExplainer(
  config: PolicyConfig,
  upstreams: ReadonlyMap<string, UpstreamFacts>,
  endpoints: ReadonlyMap<string, EndpointFacts> = new Map(),
): (asked: Asked) => Explanation {
  const callers = new Callers(config, upstreams, endpoints);
  return (asked) => {
    const { principal, endpoint, item } = asked;
    const caller = callers.classOf(principal, endpoint);
    const verdict = caller.verdictOn(item);
    const bindings = caller.bindingsOf(item);
    const bound =
      asked.args === undefined || bindings === undefined
        ? undefined
        : bindArguments(Buffer.from(asked.args), bindings, principal);
    const fault = typeof bound === 'string' ? bound : '';
    const args =
      typeof bound === 'object' && asked.args !== undefined
        ? splice(Buffer.from(asked.args), bound.edits).toString()
        : asked.args;
    const call = callOf({ ...asked, args });
    const settled =
      call === undefined ? verdict : settle(verdict, { principal, endpoint, item: item.id, call });
    const given = givenLabels(item.id, endpoints.get(endpoint));
    const labels = labelsOf(item, upstreams.get(item.id.upstream), given);
    const about = callers.rules.filter((rule) => isAbout(rule, item.id, labels));
    return {
      outcome: fault === '' ? settled.outcome : 'deny',
      isListed: verdict.outcome !== 'deny',
      needsApproval: settled.needsApproval,
      rule: settled.rule,
      because: settled.because,
      labels: labels.all,
      considered: about.map((rule) => ({
        rule: rule.label,
        effect: rule.effect,
        decided: rule.label === settled.rule,
        says: fate(rule, asked, labels, call),
      })),
      others: callers.rules.length - about.length,
      bindings: explainBindings(bindings),
      fault,
    };
  };
}

function callOf({ args, nowMs, address }: Asked): CallFacts | undefined {
  if (args === undefined) return undefined;
  return { ...readArguments(args), time: new Date(nowMs), address };
}

function fate(
  rule: Rule,
  { principal, endpoint, item }: Asked,
  labels: Labels,
  call: CallFacts | undefined,
): string {
  const { who, condition, effect } = rule;
  const field = who === undefined ? undefined : misfit(who, principal, endpoint);
  if (field !== undefined) return `is about other callers: ${field} ${wanted(rule, field)}`;
  if (condition === undefined) return 'applies';
  if (condition.needsCall && call === undefined) {
    return `depends on the call: ${condition.text}`;
  }
  const facts = { principal, endpoint, item: item.id, labels: believed(rule, labels), call };
  const holds = condition.test(facts);
  if (holds === true) return `applies: ${condition.text}`;
  if (holds === false) return `does not apply: ${condition.text}`;
  const result = effect === 'allow' ? 'does not apply' : 'denies';
  return `${result}, since its condition cannot be evaluated (${holds}): ${condition.text}`;
}

function wanted({ who }: Rule, field: keyof NonNullable<Rule['who']>): string {
  return JSON.stringify(who?.[field]);
}
