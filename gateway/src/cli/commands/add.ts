/** `drawbridge add`: works out what it was given, tries it, and writes it into the configuration. */
import { existsSync, readFileSync } from 'node:fs';
import { configSchema } from '../../compose/index.ts';
import {
  addUpstream,
  loadConfig,
  readBounded,
  replaceFile,
  type Entry,
} from '../../config/index.ts';
import { UPSTREAM_ID } from '../../kernel/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { freeId, guessUpstream } from '../guess-upstream.ts';
import type { Output } from '../output.ts';
import { pairs } from '../pairs.ts';
import { askForId, askWhetherToWrite } from '../questions.ts';
import { configFile, failOnProblems, type CommonOptions } from '../session.ts';
import { tryUpstream, type Trial } from '../try-upstream.ts';
import { showTools } from './tools.ts';

export interface AddOptions extends CommonOptions {
  readonly name?: string;
  readonly header?: readonly string[];
  readonly env?: readonly string[];
  readonly shared?: boolean;
  readonly dryRun?: boolean;
  readonly connect?: boolean;
}

interface Addition {
  readonly id: string;
  readonly entry: Entry;
  readonly file: string;
  /** The file's whole text with the entry, and the entry's own lines. */
  readonly text: string;
  readonly added: string;
}

/** Exit 1 when it cannot be written as asked, 3 when it was tried and does not answer. */
export async function runAdd(
  out: Output,
  words: readonly string[],
  options: AddOptions,
): Promise<ExitCode> {
  const addition = await prepare(out, words, options);
  if (typeof addition === 'number') return addition;
  const trial = options.connect === false ? undefined : await tryUpstream(out, addition, options);
  if (typeof trial === 'number') return trial;
  if (trial !== undefined) showTrial(out, trial);
  if (trial?.ok === false && !(await askWhetherToWrite(out))) {
    return out.fail({
      exit: EXIT.upstream,
      code: 'upstream_unavailable',
      message: `"${addition.id}" was not added: ${trial.why}`,
      hint: 'mend it and try again, or write it without trying: --no-connect',
    });
  }
  return finish(out, addition, trial, options);
}

/** The file as it will be, or the exit code after saying why it cannot be. */
async function prepare(
  out: Output,
  words: readonly string[],
  options: AddOptions,
): Promise<Addition | ExitCode> {
  const headers = pairs(options.header ?? [], /^([^:=]+)[:=]\s*(.*)$/s);
  const env = pairs(options.env ?? [], /^([^=]+)=(.*)$/s);
  if (typeof headers === 'string') return usage(out, headers, `write --header 'Name: value'`);
  if (typeof env === 'string') return usage(out, env, 'write --env NAME=value');
  const isFile = (path: string) => existsSync(path);
  const guess = guessUpstream({ words, headers, env, shared: options.shared === true, isFile });
  if (!guess.ok) return usage(out, guess.why, guess.hint);
  const file = configFile(out, options);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const isTaken = (id: string) => new RegExp(`^\\s+${id}\\s*:`, 'm').test(before);
  const id = options.name ?? (await askForId(out, freeId(guess.id, isTaken)));
  if (!UPSTREAM_ID.test(id)) {
    return usage(
      out,
      `"${id}" cannot be an id`,
      'small letters, digits and dashes, a letter first, at most 31',
    );
  }
  const edited = addUpstream(before, id, guess.entry);
  if (!edited.ok) {
    return out.fail({ exit: EXIT.problem, code: 'not_added', message: edited.why });
  }
  const addition = { id, entry: guess.entry, file, text: edited.text, added: edited.added };
  return verify(out, addition) ?? addition;
}

/** Refuses to write what `serve` would not take. */
function verify(out: Output, { file, text }: Addition): ExitCode | undefined {
  const loaded = loadConfig({
    file,
    schema: configSchema,
    env: out.surroundings.env,
    readFile: (each, maxBytes) => (each === file ? Buffer.from(text) : readBounded(each, maxBytes)),
  });
  return loaded.ok ? undefined : failOnProblems(out, loaded);
}

function showTrial(out: Output, trial: Trial): void {
  if (!trial.ok) return;
  showTools(out, trial.tools);
  out.line();
}

function finish(
  out: Output,
  { id, entry, file, text, added }: Addition,
  trial: Trial | undefined,
  options: AddOptions,
): ExitCode {
  const written = options.dryRun !== true;
  if (written) replaceFile(file, text);
  out.result({
    ok: true,
    id,
    file,
    written,
    entry,
    ...(trial?.ok === true ? { tools: trial.tools.map((tool) => tool.name) } : {}),
  });
  out.line(written ? `Added to ${file}:` : `Would add to ${file}:`);
  out.line();
  out.line(`upstreams:\n${added}`.trimEnd());
  out.line();
  if (written)
    out.line('A running gateway takes it up by itself; otherwise start one: drawbridge serve');
  return EXIT.ok;
}

function usage(out: Output, message: string, hint: string): ExitCode {
  return out.fail({ exit: EXIT.usage, code: 'usage', message, hint });
}
