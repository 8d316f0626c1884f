/** The configuration file, from bytes to a validated value or to a list of everything wrong. */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { ExpansionSources, Filled } from './expand.ts';
import { parseFile, type ParsedFile } from './parse.ts';
import type { Finding, Problem } from './problem.ts';
import { validate } from './validate.ts';

/** Bound on the file's size; a configuration of a thousand upstreams is a fifth of it. */
export const MAX_CONFIG_BYTES = 1_048_576;

/** Bound on the text behind one `${file:…}`. */
const MAX_SECRET_BYTES = 65_536;

/** Shorter texts than this are no secrets, and replacing them would garble the message. */
const MIN_SECRET = 4;

export interface LoadOptions<T> {
  readonly file: string;
  readonly schema: z.ZodType<T>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a whole file, or throws (an Error with a `code`) when there is none or it is larger. */
  readonly readFile: (path: string, maxBytes: number) => Uint8Array;
  /** The text of a secret of the vault, or why it cannot be had; without this, none can. */
  readonly secret?: ExpansionSources['secret'];
  /** What has to hold beyond the schema; runs only on a value that fits it. */
  readonly check?: (value: T, directory: string) => readonly Finding[];
}

export type Loaded<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** The file's directory, absolute: paths in the value are relative to it. */
      readonly directory: string;
      readonly warnings: readonly Problem[];
      readonly text: string;
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly text: string };

/**
 * Loads and validates a configuration file. Never throws for what the file or its surroundings
 * hold: everything wrong comes back at once, in the order of the file, each with line and column.
 */
export function loadConfig<T>(options: LoadOptions<T>): Loaded<T> {
  const { file } = options;
  const read = readText(file, options);
  if (!read.ok) return { ok: false, text: '', problems: [wholeFile(file, read.why, read.hint)] };
  const parsed = parseFile(file, read.text, sourcesOf(options));
  const refused = (problems: readonly Problem[]): Loaded<T> => ({
    ok: false,
    text: read.text,
    problems: inOrder(problems.map((problem) => hideFilled(problem, parsed.filled))),
  });
  if (parsed.value === undefined) return refused(parsed.problems);
  const validated = validate(options.schema, parsed.value ?? {}, parsed.filledPaths);
  if (!validated.ok) return refused([...parsed.problems, ...located(parsed, validated.findings)]);
  if (parsed.problems.length > 0) return refused(parsed.problems);
  const directory = dirname(resolve(file));
  const findings = options.check?.(validated.value, directory) ?? [];
  const errors = findings.filter((finding) => finding.severity !== 'warning');
  if (errors.length > 0) return refused(located(parsed, errors));
  const warnings = located(parsed, findings).map((each) => hideFilled(each, parsed.filled));
  return { ok: true, value: validated.value, directory, warnings, text: read.text };
}

function located(parsed: ParsedFile, findings: readonly Finding[]): Problem[] {
  return findings.map((finding) => parsed.map.at(finding));
}

/** By place; two alternatives of the schema may say the same thing of the same place. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .filter((problem) => {
      const key = `${problem.line}:${problem.column}:${problem.message}`;
      return !seen.has(key) && seen.add(key);
    });
}

/** What came out of a placeholder may be a secret: it is shown as the placeholder. */
function hideFilled(problem: Problem, filled: readonly Filled[]): Problem {
  const hide = (text: string) =>
    filled.reduce(
      (rest, each) =>
        each.text.length < MIN_SECRET ? rest : rest.replaceAll(each.text, each.placeholder),
      text,
    );
  if (filled.length === 0) return problem;
  const hidden = { ...problem, message: hide(problem.message) };
  return problem.hint === undefined ? hidden : { ...hidden, hint: hide(problem.hint) };
}

function sourcesOf<T>(options: LoadOptions<T>): ExpansionSources {
  const directory = dirname(resolve(options.file));
  return {
    variable: (name) => (Object.hasOwn(options.env, name) ? options.env[name] : undefined),
    file: (path) => {
      const result = tryRead(resolve(directory, path), MAX_SECRET_BYTES, options.readFile);
      return result.ok ? { text: result.text.replace(/\r?\n$/, '') } : { why: result.why };
    },
    secret: options.secret ?? (() => ({ why: 'secrets cannot be read here' })),
  };
}

type ReadResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: string; readonly hint?: string };

function readText<T>(file: string, options: LoadOptions<T>): ReadResult {
  const result = tryRead(file, MAX_CONFIG_BYTES, options.readFile);
  if (result.ok) return result;
  const missing = result.why === 'it does not exist';
  const hint = missing
    ? 'create it, for example with: drawbridge add <url or command>; or name another with --config'
    : 'check the path and its permissions';
  return { ok: false, why: `the configuration cannot be read: ${result.why}`, hint };
}

function tryRead(
  path: string,
  maxBytes: number,
  readFile: LoadOptions<unknown>['readFile'],
): ReadResult {
  try {
    const bytes = readFile(path, maxBytes);
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { ok: false, why: whyUnreadable(error, maxBytes) };
  }
}

function whyUnreadable(error: unknown, maxBytes: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'it does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'permission is denied';
    case 'EISDIR':
      return 'it is no regular file';
    case 'EFBIG':
      return `it is larger than ${maxBytes} bytes`;
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'it is not UTF-8 text';
    default:
      return error instanceof Error ? error.message : 'unknown error';
  }
}

function wholeFile(file: string, message: string, hint: string | undefined): Problem {
  const problem = { file, line: 1, column: 1, path: '', message };
  return hint === undefined ? problem : { ...problem, hint };
}
