/** `drawbridge import`: takes over what the clients of this machine have in their own files. */
import { replaceFile, printable } from '../../config/index.ts';
import { thisMachine } from '../clients/machine.ts';
import { CLIENTS } from '../clients/table.ts';
import { configFile, type CommonOptions } from '../config-file.ts';
import { count } from '../counted.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { asWritten, checkText, readDocument, withUpstreams } from '../importing/document.ts';
import { planImport, type Plan, type Taken } from '../importing/plan.ts';
import { showPlan, showWanted, type Wanting } from '../importing/show.ts';
import { findSources } from '../importing/sources.ts';
import type { Output } from '../output.ts';
import { askYesNo } from '../questions.ts';
import { failOnProblems } from '../session.ts';

export interface ImportOptions extends CommonOptions {
  /** A client, or a file; all clients where it is left out. */
  readonly from?: string;
  readonly yes?: boolean;
}

/** Exit 0 when it was written or there is nothing new, 1 when it was not confirmed or cannot be. */
export async function runImport(out: Output, options: ImportOptions): Promise<ExitCode> {
  const { env } = out.surroundings;
  const machine = thisMachine(env);
  const found = findSources(options.from, machine);
  if (found === undefined) return unknownSource(out, options.from ?? '');
  const document = readDocument(configFile(out, options));
  if ('ok' in document) return failOnProblems(out, document);
  const { file, existing, own } = document;
  const plan = planImport(found.entries, { machine, own, existing, asWritten });
  const wanted = wantedBy(plan.taken, env);
  showPlan(out, plan, found.bad, machine);
  const edited = withUpstreams(document.text, plan.taken);
  if (typeof edited === 'string') {
    return out.fail({ exit: EXIT.problem, code: 'not_added', message: edited });
  }
  const loaded = checkText(file, edited.text, env);
  // What was wrong before is not the import's doing.
  if (!loaded.ok && (document.text === '' || checkText(file, document.text, env).ok)) {
    return failOnProblems(out, loaded);
  }
  const { length } = plan.taken;
  if (length > 0 && options.yes !== true) {
    const isSure = await askYesNo(out, `Add ${count(length, 'upstream')} to ${file}?`);
    if (!isSure) return notConfirmed(out);
  }
  if (length > 0) replaceFile(file, edited.text);
  return report(out, { file, plan, wanted, bad: found.bad, added: edited.added });
}

interface Report {
  readonly file: string;
  readonly plan: Plan;
  readonly wanted: Wanting;
  readonly bad: readonly object[];
  readonly added: string;
}

function report(out: Output, { file, plan, wanted, bad, added }: Report): ExitCode {
  const taken = plan.taken.map(({ wanted: variables, ...each }) => ({
    ...each,
    variables: variables.map(({ name }) => name),
  }));
  const written = taken.length > 0;
  out.result({ ok: true, file, written, imported: taken, skipped: plan.skipped, unread: bad });
  if (!written) {
    out.line('Nothing new was found.');
    return EXIT.ok;
  }
  out.line(`Added to ${file}:`);
  out.line();
  out.line(printable(`upstreams:\n${added}`.trimEnd()));
  out.line();
  showWanted(out, wanted);
  out.line(
    'Their clients still start them by themselves. To lead a client here: drawbridge connect',
  );
  return EXIT.ok;
}

/** The variables that are not set yet, each once. */
function wantedBy(
  taken: readonly Taken[],
  env: Readonly<Record<string, string | undefined>>,
): Wanting {
  const all = taken.flatMap(({ id, wanted }) => wanted.map((each) => ({ id, ...each })));
  const first = new Map(all.toReversed().map((each) => [each.name, each]));
  return [...first.values()].toReversed().filter(({ name }) => env[name] === undefined);
}

function unknownSource(out: Output, from: string): ExitCode {
  return out.fail({
    exit: EXIT.usage,
    code: 'usage',
    message: `"${from}" is neither a client nor a file`,
    hint: `clients: ${CLIENTS.map(({ id }) => id).join(', ')}`,
  });
}

function notConfirmed(out: Output): ExitCode {
  const failure = { exit: EXIT.problem, code: 'not_confirmed', message: 'nothing was written' };
  return out.fail(
    out.isInteractive ? failure : { ...failure, hint: 'write it without being asked: --yes' },
  );
}
