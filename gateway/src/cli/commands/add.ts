/** `drawbridge add`: works out what it was given, tries it, and writes it into the configuration. */
import { existsSync } from 'node:fs';
import { chooseId, finishAddition, makeAddition, type Addition } from '../addition.ts';
import type { AdditionOptions } from '../addition.ts';
import { addApi, type ApiOptions } from '../add-api.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { givenHeaders } from '../given-headers.ts';
import { guessUpstream } from '../guess-upstream.ts';
import type { Output } from '../output.ts';
import { pairs } from '../pairs.ts';
import { askWhetherToWrite } from '../questions.ts';
import { tryUpstream, type Trial } from '../try-upstream.ts';
import { showTools } from './tools.ts';

export interface AddOptions extends AdditionOptions, ApiOptions {
  readonly header?: readonly string[];
  readonly env?: readonly string[];
}

/** Exit 1 when it cannot be written as asked, 3 when it was tried and does not answer. */
export async function runAdd(
  out: Output,
  words: readonly string[],
  options: AddOptions,
): Promise<ExitCode> {
  const headers = givenHeaders(out, options.header ?? []);
  if (typeof headers === 'number') return headers;
  const api = await addApi(out, words, headers, options);
  if (api !== undefined) return api;
  const addition = await prepare(out, words, headers, options);
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
  const tools = trial?.ok === true ? { tools: trial.tools.map((tool) => tool.name) } : {};
  const exit = finishAddition(out, addition, tools, options);
  if (options.dryRun !== true) {
    out.line('A running gateway takes it up by itself; otherwise start one: drawbridge serve');
  }
  return exit;
}

/** The file as it will be, or the exit code after saying why it cannot be. */
async function prepare(
  out: Output,
  words: readonly string[],
  headers: Readonly<Record<string, string>>,
  options: AddOptions,
): Promise<Addition | ExitCode> {
  const env = pairs(options.env ?? [], /^([^=]+)=(.*)$/s);
  if (typeof env === 'string') return usage(out, env, 'write --env NAME=value');
  const isFile = (path: string) => existsSync(path);
  const guess = guessUpstream({ words, headers, env, shared: options.shared === true, isFile });
  if (!guess.ok) return usage(out, guess.why, guess.hint);
  const id = await chooseId(out, guess.id, options);
  return typeof id === 'number' ? id : makeAddition(out, id, guess.entry, options);
}

function showTrial(out: Output, trial: Trial): void {
  if (!trial.ok) return;
  showTools(out, trial.tools);
  out.line();
}

function usage(out: Output, message: string, hint: string): ExitCode {
  return out.fail({ exit: EXIT.usage, code: 'usage', message, hint });
}
