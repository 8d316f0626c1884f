/** Rules as they are asked: compiled patterns, in the order of their weight. */
import { compilePattern, type ItemId, type ItemPattern } from '../kernel/index.ts';
import type { PolicyConfig } from './schema.ts';

/** What the rules say of one item, whoever calls it with whatever arguments. */
export interface Verdict {
  readonly outcome: 'allow' | 'deny';
  readonly rule: string;
  readonly needsApproval: boolean;
}

interface Rule {
  readonly label: string;
  readonly patterns: readonly ItemPattern[];
}

/** Deny wins over approve, approve over allow, any rule over the default. */
export class Rules {
  private readonly deny: readonly Rule[];
  private readonly approve: readonly Rule[];
  private readonly allow: readonly Rule[];
  private readonly fallback: Verdict;

  /** @param config patterns are valid: the schema has compiled each once */
  constructor(config: PolicyConfig) {
    const labelled = config.rules.map((rule, index) => ({
      rule,
      label: rule.name ?? `#${index + 1}`,
    }));
    this.deny = labelled.flatMap(({ rule, label }) =>
      'deny' in rule ? [compile(label, rule.deny)] : [],
    );
    this.approve = labelled.flatMap(({ rule, label }) =>
      'approve' in rule ? [compile(label, rule.approve)] : [],
    );
    this.allow = labelled.flatMap(({ rule, label }) =>
      'allow' in rule ? [compile(label, rule.allow)] : [],
    );
    const isOpen = this.allow.length === 0 && this.approve.length === 0;
    const outcome = config.default ?? (isOpen ? 'allow' : 'deny');
    this.fallback = { outcome, rule: 'default', needsApproval: false };
  }

  judge(id: ItemId): Verdict {
    const denied = match(this.deny, id);
    if (denied !== undefined) return { outcome: 'deny', rule: denied, needsApproval: false };
    const approvable = match(this.approve, id);
    if (approvable !== undefined)
      return { outcome: 'allow', rule: approvable, needsApproval: true };
    const allowed = match(this.allow, id);
    if (allowed !== undefined) return { outcome: 'allow', rule: allowed, needsApproval: false };
    return this.fallback;
  }
}

function compile(label: string, texts: readonly string[]): Rule {
  return {
    label,
    patterns: texts.map((text) => compilePattern(text)).filter((each) => typeof each !== 'string'),
  };
}

function match(rules: readonly Rule[], id: ItemId): string | undefined {
  return rules.find((rule) => rule.patterns.some((pattern) => pattern.matches(id)))?.label;
}
