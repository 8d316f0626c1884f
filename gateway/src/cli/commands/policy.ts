/** `drawbridge policy`: what the rules say, without a gateway. */
import { resolve } from 'node:path';
import { loadConfig, printable, readBounded } from '../../config/index.ts';
import { upstreamFacts } from '../../compose/index.ts';
import { DEFAULT_ENDPOINT, itemIdText, systemClock } from '../../kernel/index.ts';
import {
  askedBy,
  createExplainer,
  expectationsSchema,
  isMet,
  itemIdIn,
  lintPolicy,
  resultOf,
  type Asked,
  type Explanation,
} from '../../policy/index.ts';
import type { CommonOptions } from '../config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { callerOf } from '../policy-caller.ts';
import { findDecision, type DecisionRecord } from '../policy-record.ts';
import { failOnProblems, loadOrFail } from '../session.ts';

export type PolicyOptions = CommonOptions;

export interface ExplainOptions extends PolicyOptions {
  readonly as?: string;
  readonly tool?: string;
  readonly args?: string;
  readonly endpoint?: string;
  readonly address?: string;
  readonly decision?: string;
}

/** Exit 0 where the call would be allowed, 4 where it would not, 1 where it cannot be said. */
export async function runExplain(out: Output, options: ExplainOptions): Promise<ExitCode> {
  const loaded = loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const { value: config, directory } = loaded;
  const stateDir = resolve(directory, config.server.stateDir);
  let record: DecisionRecord | undefined;
  if (options.decision !== undefined) {
    const file = resolve(directory, config.audit.file ?? resolve(stateDir, 'audit.jsonl'));
    record = await findDecision(file, options.decision);
    if (record === undefined) {
      return failed(out, `the record has no decision "${options.decision}"`, `looked in ${file}`);
    }
    showRecord(out, record);
  }
  const item = itemIdIn(record?.item ?? options.tool ?? '');
  if (item === undefined) {
    if (record !== undefined) return shownOnly(out, record);
    return failed(out, 'name the tool as upstream/name', 'for example --tool crm/delete_contact');
  }
  const principal = await callerOf(options.as ?? record?.principal, stateDir);
  if (typeof principal === 'string') return failed(out, principal, 'see --help for --as');
  const args = argumentsIn(options.args);
  if (args === false) return failed(out, '--args must be a JSON object', `--args '{"id":7}'`);
  const asked: Asked = {
    principal,
    endpoint: options.endpoint ?? record?.endpoint ?? DEFAULT_ENDPOINT,
    item: { id: item },
    args,
    nowMs: systemClock.nowMs(),
    address: options.address ?? '',
  };
  const explanation = createExplainer(config.policy, upstreamFacts(config))(asked);
  out.result({ ok: true, record, caller: principal, endpoint: asked.endpoint, ...explanation });
  showExplanation(out, asked, explanation);
  return explanation.outcome === 'deny' ? EXIT.denied : EXIT.ok;
}

/** Exit 0 where every expectation is met, 1 otherwise. */
export function runTest(out: Output, file: string, options: PolicyOptions): ExitCode {
  const loaded = loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const expected = loadConfig({
    file,
    schema: expectationsSchema,
    env: {},
    readFile: readBounded,
    check: () => [],
  });
  if (!expected.ok) return failOnProblems(out, expected);
  const { policy } = loaded.value;
  const explain = createExplainer(policy, upstreamFacts(loaded.value));
  const nowMs = systemClock.nowMs();
  const results = expected.value.tests.map((test, index) => {
    const asked = askedBy(test, nowMs);
    const explanation = asked === undefined ? undefined : explain(asked);
    const result = explanation === undefined ? 'no item' : resultOf(explanation);
    const isOk = result !== 'no item' && isMet(test.expect, result);
    return { test: index + 1, item: test.item, expect: test.expect, result, isOk, explanation };
  });
  const wrong = results.filter(({ isOk }) => !isOk);
  out.result({ ok: wrong.length === 0, tests: results.length, failed: wrong });
  for (const { test, item, expect, result, explanation } of wrong) {
    const rule = explanation === undefined ? '' : ` by the rule "${explanation.rule}"`;
    out.line(printable(`${test}. ${item}: expected ${expect}, is ${result}${rule}`));
  }
  out.line(`${results.length - wrong.length} of ${results.length} as expected`);
  return wrong.length === 0 ? EXIT.ok : EXIT.problem;
}

/** Exit 0 where nothing was found, 1 otherwise. */
export function runLint(out: Output, options: PolicyOptions): ExitCode {
  const loaded = loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const { value: config } = loaded;
  const findings = lintPolicy(config.policy, {
    upstreams: upstreamFacts(config),
    endpoints: Object.keys(config.endpoints),
  });
  out.result({ ok: findings.length === 0, findings });
  for (const { rule, text } of findings) out.line(printable(`the rule "${rule}" ${text}`));
  if (findings.length === 0) out.line(`ok: ${config.policy.rules.length} rules`);
  return findings.length === 0 ? EXIT.ok : EXIT.problem;
}

function failed(out: Output, message: string, hint: string): ExitCode {
  return out.fail({ exit: EXIT.problem, code: 'not_explained', message, hint });
}

/** What did not exist has no item to explain; the record says all there is. */
function shownOnly(out: Output, record: DecisionRecord): ExitCode {
  out.result({ ok: true, record });
  return EXIT.ok;
}

function argumentsIn(text: string | undefined): string | undefined | false {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? text : false;
  } catch {
    return false;
  }
}

function showRecord(out: Output, record: DecisionRecord): void {
  const { time, principal, item, asked, endpoint, decided, rule } = record;
  const what = item ?? `"${asked ?? ''}"`;
  out.line(
    printable(`${time}: ${principal} asked for ${what} at ${endpoint}: ${decided} by "${rule}"`),
  );
  out.line('What follows is what the rules say now.');
}

function showExplanation(out: Output, asked: Asked, explanation: Explanation): void {
  const { principal, endpoint, item } = asked;
  const { id, verifiedBy, user, agent, team, groups, scopes } = principal;
  const named = Object.entries({ user, agent, team, groups, scopes }).flatMap(([key, value]) =>
    value.length === 0 ? [] : [`${key} ${typeof value === 'string' ? value : value.join(', ')}`],
  );
  out.line(printable(`caller: ${id} (${verifiedBy})${named.map((each) => `; ${each}`).join('')}`));
  out.line(printable(`item:   ${itemIdText(item.id)} at ${endpoint}`));
  out.line(`labels: ${printable(explanation.labels.join(', '))}`);
  for (const { rule, effect, decided, says } of explanation.considered) {
    out.line(printable(`${decided ? '>' : ' '} ${effect} "${rule}" ${says}`));
  }
  if (explanation.others > 0) out.line(`  ${explanation.others} rules are about other items`);
  out.line(printable(verdictText(explanation)));
}

function verdictText(explanation: Explanation): string {
  const { outcome, rule, needsApproval, isListed, because } = explanation;
  const [by, no] =
    rule === 'default'
      ? ['the default', 'no rule allows it, and the default is to deny']
      : [`the rule "${rule}"`, `the rule "${rule}" denies it`];
  const why = because === undefined ? '' : ` It says: ${because}`;
  if (!isListed) return `hidden and refused: ${no}.${why}`;
  if (outcome === 'depends') return 'listed; whether a call is allowed depends on it: give --args';
  if (outcome === 'deny') return `listed, but this call is refused: ${no}.${why}`;
  return needsApproval ? `a person has to approve it, by ${by}.${why}` : `allowed by ${by}.`;
}
