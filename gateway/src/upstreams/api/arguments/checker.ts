/** Whether arguments may be sent, and if not, all that has to be changed. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { coerce } from './coerce.ts';
import { newEffort, renew, type Effort } from './effort.ts';
import { exampleObject } from './example.ts';
import {
  exampleWithout,
  HIDDEN_MISFIT,
  tellable,
  touchesHidden,
  type HiddenPath,
} from './hidden.ts';
import { expected } from './expected.ts';
import { kindOf, kindsOf, takes, type Kind } from './kinds.ts';
import { nestedRule } from './nested-rule.ts';
import { unknownText } from './nested-problems.ts';
import { below, shown, type Problem } from './problem.ts';
import { scalarRule, type Rule } from './scalar-rule.ts';
import { problemText, type Example } from './text.ts';

/** An argument that was read otherwise than it was written. */
export interface Adjustment {
  readonly argument: string;
  readonly how: string;
}

export type ArgumentCheck =
  | {
      readonly kind: 'fine';
      readonly values: JsonObject;
      readonly adjusted: readonly Adjustment[];
    }
  /** `text` says what to change, first line first, and shows a valid call. */
  | { readonly kind: 'wrong'; readonly text: string };

interface ArgumentRule {
  readonly schema: Json;
  readonly isRequired: boolean;
  readonly kinds: ReadonlySet<Kind> | undefined;
  readonly rule: Rule;
}

/** Checks the calls of one operation; made from its schema on the first of them. */
export class ArgumentChecker {
  private readonly input: JsonObject;
  private readonly others: readonly string[];
  private readonly rules: ReadonlyMap<string, ArgumentRule>;
  private readonly further: Rule | undefined;
  private readonly whole: Rule | undefined;
  private readonly effort = newEffort();

  /**
   * @param input JSON Schema 2020-12 of the arguments; its root is an object. Arguments that it does
   *   not name are taken only where `additionalProperties` says so in words
   * @param others names that are arguments too, and taken out before the check
   */
  constructor(input: JsonObject, others: readonly string[] = []) {
    this.input = input;
    this.others = others;
    this.rules = readRules(input, this.effort);
    const additional = ownMember(input, 'additionalProperties');
    this.further =
      isJsonObject(additional) || additional === true
        ? ruleFor(additional, input, this.effort)
        : undefined;
    this.whole = wholeRule(input, this.effort);
  }

  /** @param hidden arguments that callers are not shown: nothing is said of them */
  check(values: JsonObject, hidden: readonly HiddenPath[] = []): ArgumentCheck {
    renew(this.effort);
    const problems: Problem[] = [];
    const adjusted: Adjustment[] = [];
    const kept: [string, Json][] = [];
    for (const [name, value] of Object.entries(values)) {
      const read = this.read(name, value, problems, adjusted, hidden);
      if (read !== undefined) kept.push([name, read]);
    }
    this.findMissing(values, problems);
    const checked: JsonObject = Object.fromEntries(kept);
    if (problems.length === 0) this.whole?.(checked, '', problems);
    if (problems.length === 0) {
      const told = adjusted.filter(({ argument }) => !touchesHidden(below('', argument), hidden));
      return { kind: 'fine', values: checked, adjusted: told };
    }
    const told = tellable(problems, hidden);
    if (told.length === 0) return { kind: 'wrong', text: HIDDEN_MISFIT };
    const example = exampleWithout(this.example(checked), hidden);
    return { kind: 'wrong', text: problemText(told, example) };
  }

  /**
   * A call that passes this check: of the caller's own arguments those that are right, the required
   * ones otherwise as the schema shows them. Undefined where the schema does not show enough.
   */
  example(values: JsonObject): Example | undefined {
    const needed = exampleObject(this.input, this.input);
    const right = Object.entries(values).filter(([name, value]) => this.isRight(name, value));
    const own = Object.fromEntries([...Object.entries(needed), ...right]);
    const [arguments_] = [own, needed].filter((each) => this.passes(each));
    return arguments_ === undefined ? undefined : { arguments: arguments_, least: needed };
  }

  /** The value to be sent; undefined where there is none. */
  private read(
    name: string,
    value: Json,
    problems: Problem[],
    adjusted: Adjustment[],
    hidden: readonly HiddenPath[],
  ): Json | undefined {
    const found = this.rules.get(name);
    if (found === undefined) {
      if (this.further !== undefined) this.further(value, below('', name), problems);
      else problems.push({ path: below('', name), text: this.unknown(name, hidden) });
      return value;
    }
    const { kinds, isRequired, rule } = found;
    if (value === null && !isRequired && kinds !== undefined && !kinds.has('null')) {
      adjusted.push({ argument: name, how: 'null read as left out' });
      return undefined;
    }
    const read = coerce(value, kinds);
    if (read !== undefined) adjusted.push({ argument: name, how: read.how });
    const meant = read?.value ?? value;
    rule(meant, below('', name), problems);
    return meant;
  }

  private unknown(name: string, hidden: readonly HiddenPath[]): string {
    const gone = new Set(hidden.flatMap(([only = '', ...rest]) => (rest.length > 0 ? [] : [only])));
    const known = [...this.rules.keys()].filter((each) => !gone.has(each));
    return unknownText(name, [...known, ...this.others], 'argument');
  }

  private findMissing(values: JsonObject, problems: Problem[]): void {
    for (const [name, { isRequired, schema }] of this.rules) {
      if (!isRequired || Object.hasOwn(values, name)) continue;
      const text = `is missing: it must be ${expected(schema, this.input)}.`;
      problems.push({ path: below('', name), text });
    }
  }

  private isRight(name: string, value: Json): boolean {
    const found = this.rules.get(name);
    const problems: Problem[] = [];
    found?.rule(value, '', problems);
    return found !== undefined && problems.length === 0;
  }

  private passes(values: JsonObject): boolean {
    const problems: Problem[] = [];
    for (const [name, value] of Object.entries(values)) {
      const found = this.rules.get(name);
      if (found === undefined && this.further === undefined) return false;
      found?.rule(value, '', problems);
    }
    this.whole?.(values, '', problems);
    return problems.length === 0;
  }
}

function readRules(input: JsonObject, effort: Effort): ReadonlyMap<string, ArgumentRule> {
  const properties = ownMember(input, 'properties');
  const required = ownMember(input, 'required');
  const needed = new Set(isJsonArray(required) ? required : []);
  const rules = new Map<string, ArgumentRule>();
  for (const [name, schema] of Object.entries(isJsonObject(properties) ? properties : {})) {
    rules.set(name, {
      schema,
      isRequired: needed.has(name),
      kinds: kindsOf(schema, input),
      rule: ruleFor(schema, input, effort),
    });
  }
  return rules;
}

/** A mismatch of kind is told in one sentence, before anything is compiled for what nests. */
function ruleFor(schema: Json, input: JsonObject, effort: Effort): Rule {
  const flat = scalarRule(schema, input, effort);
  if (flat !== undefined) return flat;
  const kinds = kindsOf(schema, input);
  const kindOnly = kinds === undefined ? undefined : kindRule(schema, input, kinds);
  const nested = nestedRule(schema, input, effort);
  return (value, path, problems) => {
    const before = problems.length;
    kindOnly?.(value, path, problems);
    if (problems.length === before) nested(value, path, problems);
  };
}

function kindRule(schema: Json, input: JsonObject, kinds: ReadonlySet<Kind>): Rule {
  return (value, path, problems) => {
    if (takes(kinds, kindOf(value))) return;
    problems.push({ path, text: `must be ${expected(schema, input)}, not ${shown(value)}.` });
  };
}

/** Keywords of the root that speak of several arguments together. */
const TOGETHER =
  'minProperties maxProperties patternProperties propertyNames dependentSchemas anyOf oneOf allOf not if then else'.split(
    ' ',
  );

function wholeRule(input: JsonObject, effort: Effort): Rule | undefined {
  const found = TOGETHER.filter((key) => Object.hasOwn(input, key));
  if (found.length === 0) return undefined;
  const together = Object.fromEntries(found.map((key) => [key, input[key] ?? true]));
  return nestedRule(together, input, effort);
}
