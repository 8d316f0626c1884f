/** `drawbridge policy test` and `lint`: what the rules say, without a gateway. */
import { loadConfig, printable, readBounded } from '../../config/index.ts';
import { endpointFacts, upstreamFacts } from '../../compose/index.ts';
import { systemClock } from '../../kernel/index.ts';
import {
  askedBy,
  createExplainer,
  expectationsSchema,
  isMet,
  lintPolicy,
  resultOf,
} from '../../policy/index.ts';
import type { CommonOptions } from '../config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { failOnProblems, loadOrFail } from '../session.ts';

export type PolicyOptions = CommonOptions;

/** Exit 0 where every expectation is met, 1 otherwise. */
export async function runTest(
  out: Output,
  file: string,
  options: PolicyOptions,
): Promise<ExitCode> {
  const loaded = await loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const expected = loadConfig({
    file,
    schema: expectationsSchema,
    env: {},
    readFile: readBounded,
    check: () => [],
  });
  if (!expected.ok) return failOnProblems(out, expected);
  const { policy, endpoints } = loaded.value;
  const facts = upstreamFacts(loaded.value);
  const explain = createExplainer(policy, facts, endpointFacts(endpoints));
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
export async function runLint(out: Output, options: PolicyOptions): Promise<ExitCode> {
  const loaded = await loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const { value: config } = loaded;
  const findings = lintPolicy(config.policy, {
    upstreams: upstreamFacts(config),
    endpoints: Object.keys(config.endpoints),
    given: endpointFacts(config.endpoints),
  });
  out.result({ ok: findings.length === 0, findings });
  for (const { rule, text } of findings) out.line(printable(`the rule "${rule}" ${text}`));
  if (findings.length === 0) out.line(`ok: ${config.policy.rules.length} rules`);
  return findings.length === 0 ? EXIT.ok : EXIT.problem;
}
