/** Rules that can never apply, or that others make idle. */
import { ADMIN_KIND, compilePattern, type ItemPattern } from '../kernel/index.ts';
import type { EndpointFacts, UpstreamFacts } from './labels.ts';
import { compileRules, type Rule } from './rule.ts';
import type { PolicyConfig } from './schema.ts';

export interface LintFinding {
  readonly rule: string;
  /** Place in the configuration. */
  readonly index: number;
  readonly text: string;
}

/** What the rest of the configuration knows. */
export interface Surroundings {
  readonly upstreams: ReadonlyMap<string, UpstreamFacts>;
  readonly endpoints: readonly string[];
  /** What is said of items at endpoints. */
  readonly given?: ReadonlyMap<string, EndpointFacts>;
}

const ANNOTATED = ['read-only', 'destructive', 'additive', 'idempotent', 'open-world'];

/** Looks at the rules alone; what upstreams list is not known. */
export function lintPolicy(config: PolicyConfig, around: Surroundings): readonly LintFinding[] {
  const rules = compileRules(config);
  const names = new Map<string, number>();
  return rules.flatMap((rule) => {
    const first = names.get(rule.label);
    names.set(rule.label, first ?? rule.index);
    const twin = first === undefined ? [] : [`has the same name as the rule at place ${first + 1}`];
    const texts = [...twin, ...idle(rule, around), ...shadowed(rule, rules)];
    return texts.map((text) => ({ rule: rule.label, index: rule.index, text }));
  });
}

function idle(rule: Rule, { upstreams, endpoints, given }: Surroundings): string[] {
  const { items, labels, who, effect } = rule;
  const texts: string[] = [];
  const ids = [...upstreams.keys()];
  const reached = (pattern: ItemPattern): boolean =>
    (pattern.kind === ADMIN_KIND ? ['drawbridge'] : ids).some((id) => reaches(pattern, id));
  for (const pattern of items ?? []) {
    if (!reached(pattern)) texts.push(`names no upstream that there is: "${pattern.text}"`);
  }
  for (const endpoint of who?.endpoints ?? []) {
    if (!endpoints.includes(endpoint)) texts.push(`names no endpoint that there is: "${endpoint}"`);
  }
  const facts = [...upstreams.values()];
  for (const label of labels ?? []) {
    const isOwn = facts.some((each) => each.labels.includes(label)) || isGiven(label, given);
    if (isOwn) continue;
    if (!ANNOTATED.includes(label)) texts.push(`names a label that nothing has: "${label}"`);
    else if (effect === 'allow' && label !== 'read-only' && !facts.some((one) => one.isTrusted)) {
      texts.push(`"${label}" allows nothing: no upstream has trustAnnotations`);
    }
  }
  return texts;
}

function isGiven(label: string, given: Surroundings['given']): boolean {
  const all = [...(given?.values() ?? [])].flatMap(({ labels }) => [...labels.values()]);
  return all.some((labels) => labels.includes(label));
}

function shadowed(rule: Rule, rules: readonly Rule[]): string[] {
  if (rule.items === undefined) return [];
  const stronger = rules.find(
    (other) =>
      other !== rule &&
      isStronger(other, rule) &&
      other.condition === undefined &&
      (other.labels === undefined || same(other.labels, rule.labels)) &&
      (other.who === undefined || same(other.who, rule.who)) &&
      rule.items?.every((one) => other.items?.some((wider) => isWithin(one, wider)) === true),
  );
  return stronger === undefined ? [] : [`never decides: the rule "${stronger.label}" does`];
}

/** Of two rules with the same effect the first decides. */
function isStronger(other: Rule, rule: Rule): boolean {
  const order = ['deny', 'approve', 'allow'];
  const difference = order.indexOf(other.effect) - order.indexOf(rule.effect);
  return difference < 0 || (difference === 0 && other.index < rule.index);
}

/** A star of the narrower one is a letter to the wider one, which only its own star can take. */
function isWithin(one: ItemPattern, wider: ItemPattern): boolean {
  if (wider.kind !== '' && wider.kind !== one.kind) return false;
  const { upstream, name } = one;
  return wider.matches({ upstream, kind: one.kind === '' ? 'tool' : one.kind, name });
}

function reaches({ upstream }: ItemPattern, id: string): boolean {
  const pattern = compilePattern(`${upstream}/*`);
  return typeof pattern !== 'string' && pattern.matches({ upstream: id, kind: 'tool', name: '' });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
