/** Conditions of rules: parsed and checked at load, bounded when they are evaluated. */
import type * as Cel from '@marcbachmann/cel-js';
import { celEnvironment } from './cel.ts';
import { surveyCondition } from './condition-survey.ts';
import { ItemFacts, NetworkFacts, PrincipalFacts, type Facts } from './facts.ts';

export interface Condition {
  readonly text: string;
  /** Only the call itself shows whether it holds: it looks at args, time or network. */
  readonly needsCall: boolean;
  /** Whether it holds, or why that cannot be said. */
  test(facts: Facts): boolean | string;
}

export interface Conditions {
  /** @returns the condition, or a sentence that says what is wrong with it and where */
  compile(text: string): Condition | string;
}

/** Most values in arguments, by how deep loops stand in one another. */
const MAX_VALUES = [65_536, 20_000, 300];

/** Loads CEL. */
export function createConditions(): Conditions {
  const environment = celEnvironment();
  return { compile: (text) => compile(environment, text) };
}

function compile(environment: Cel.Environment, text: string): Condition | string {
  let parsed: Cel.ParseResult;
  try {
    parsed = environment.parse(text);
  } catch (error) {
    return problemOf(error, text);
  }
  const checked = parsed.check();
  if (!checked.valid) return problemOf(checked.error, text);
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    return `must be true or false, not ${checked.type ?? 'anything else'}`;
  }
  const survey = surveyCondition(parsed.ast);
  if (survey.problem !== undefined) return survey.problem;
  const { names, loops } = survey;
  const needsCall = CALL_FACTS.some((name) => names.has(name));
  const usesArguments = names.has('args');
  const maxValues = MAX_VALUES[loops] ?? 0;
  return {
    text,
    needsCall,
    test: (facts) => {
      const { call } = facts;
      if (needsCall && call === undefined) return 'the call is not known';
      if (usesArguments && typeof call?.args === 'string') return call.args;
      if (usesArguments && (call?.values ?? 0) > maxValues) return 'the arguments are too many';
      return evaluate(parsed, facts);
    },
  };
}

const CALL_FACTS = ['args', 'time', 'network'];

function evaluate(parsed: Cel.ParseResult, facts: Facts): boolean | string {
  const { call } = facts;
  try {
    const value: unknown = parsed({
      principal: new PrincipalFacts(facts.principal),
      item: new ItemFacts(facts.item, facts.labels),
      endpoint: facts.endpoint,
      args: call?.args ?? {},
      time: call?.time,
      network: new NetworkFacts(call?.address ?? ''),
    });
    return typeof value === 'boolean' ? value : 'it is neither true nor false';
  } catch (error) {
    return summaryOf(error);
  }
}

/** The first line says all: the others repeat the text and point at the place. */
function summaryOf(error: unknown): string {
  const summary = partOf(error, 'summary');
  if (typeof summary === 'string' && summary !== '') return summary;
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0]?.slice(0, 200) ?? '';
}

function problemOf(error: unknown, text: string): string {
  const start = partOf(partOf(error, 'range'), 'start');
  const at = typeof start === 'number' ? start : 0;
  const near = text.slice(at, at + 24).split('\n', 1)[0] ?? '';
  const place = near === '' ? 'at its end' : `at character ${at + 1}, ${JSON.stringify(near)}`;
  return `is no condition: ${summaryOf(error)} (${place})`;
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
