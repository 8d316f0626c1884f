/** An upstream on its way into the configuration file. */
import { existsSync, readFileSync } from 'node:fs';
import { configSchema } from '../compose/index.ts';
import {
  addUpstream,
  loadConfig,
  readBounded,
  replaceFile,
  printable,
  type Entry,
} from '../config/index.ts';
import { UPSTREAM_ID } from '../kernel/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { freeId } from './guess-upstream.ts';
import type { Output } from './output.ts';
import { askForId } from './questions.ts';
import { configFile, failOnProblems, type CommonOptions } from './session.ts';

export interface AdditionOptions extends CommonOptions {
  readonly name?: string;
  readonly dryRun?: boolean;
}

export interface Addition {
  readonly id: string;
  readonly entry: Entry;
  readonly file: string;
  /** The file's whole text with the entry, and the entry's own lines. */
  readonly text: string;
  readonly added: string;
}

/** The id that was asked for, or the first like `suggestion` that is free; asks where it can. */
export async function chooseId(
  out: Output,
  suggestion: string,
  options: AdditionOptions,
): Promise<string | ExitCode> {
  const before = textOf(configFile(out, options));
  const isTaken = (id: string) => new RegExp(`^\\s+${id}\\s*:`, 'm').test(before);
  const id = options.name ?? (await askForId(out, freeId(suggestion, isTaken)));
  if (UPSTREAM_ID.test(id)) return id;
  const hint = 'small letters, digits and dashes, a letter first, at most 31';
  return out.fail({
    exit: EXIT.usage,
    code: 'usage',
    message: `"${id}" cannot be an id`,
    hint,
  });
}

/**
 * The file as it will be; refuses what `serve` would not take.
 * @param env variables that need not be set yet, beside those that are
 */
export function makeAddition(
  out: Output,
  id: string,
  entry: Entry,
  options: AdditionOptions,
  env: Readonly<Record<string, string>> = {},
): Addition | ExitCode {
  const file = configFile(out, options);
  const edited = addUpstream(textOf(file), id, entry);
  if (!edited.ok) {
    return out.fail({ exit: EXIT.problem, code: 'not_added', message: edited.why });
  }
  const { text, added } = edited;
  const loaded = loadConfig({
    file,
    schema: configSchema,
    env: { ...env, ...out.surroundings.env },
    secret: () => ({ text: 'to-be-set' }),
    readFile: (each, maxBytes) => (each === file ? Buffer.from(text) : readBounded(each, maxBytes)),
  });
  return loaded.ok ? { id, entry, file, text, added } : failOnProblems(out, loaded);
}

/** Writes it, unless it is a dry run, and shows what was written. */
export function finishAddition(
  out: Output,
  { id, entry, file, text, added }: Addition,
  more: Readonly<Record<string, unknown>>,
  options: AdditionOptions,
): ExitCode {
  const written = options.dryRun !== true;
  if (written) replaceFile(file, text);
  out.result({ ok: true, id, file, written, entry, ...more });
  out.line(written ? `Added to ${file}:` : `Would add to ${file}:`);
  out.line();
  out.line(printable(`upstreams:\n${added}`.trimEnd()));
  out.line();
  return EXIT.ok;
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
