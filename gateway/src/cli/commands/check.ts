/** `drawbridge check`: everything that is wrong with the configuration, without starting anything. */
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { failOnProblems, load, type CommonOptions } from '../session.ts';

/** Exit 0 when `serve` would take the file, 1 otherwise. */
export async function runCheck(out: Output, options: CommonOptions): Promise<ExitCode> {
  const loaded = await load(out, options);
  if (!loaded.ok) return failOnProblems(out, loaded);
  const { warnings, value, text } = loaded;
  out.problems(warnings, text, 'warning');
  const upstreams = Object.keys(value.upstreams);
  const endpoints = Object.keys(value.endpoints);
  const bindings = Object.entries(value.endpoints).flatMap(
    ([endpoint, { arguments: bound = [] }]) =>
      bound.map(({ items, argument, hide, ...said }) => ({
        endpoint,
        items,
        argument,
        // Never the value: it may be a secret.
        how: 'fix' in said ? 'fix' : 'default' in said ? 'default' : 'hide',
        isHidden: hide,
      })),
  );
  out.result({ ok: true, upstreams, endpoints, bindings, problems: [], warnings });
  const bound = bindings.length === 0 ? '' : `, ${count(bindings.length, 'bound argument')}`;
  out.line(
    `ok: ${count(upstreams.length, 'upstream')}, ${count(endpoints.length, 'endpoint')}${bound}`,
  );
  return EXIT.ok;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
