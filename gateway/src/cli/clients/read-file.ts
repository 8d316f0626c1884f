/** A client's file as a value: JSON with comments and trailing commas, or TOML. */
import { getNodeValue, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { parse, TomlError } from 'smol-toml';

export type ReadFile =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | {
      readonly ok: false;
      readonly line: number;
      readonly column: number;
      readonly why: string;
    };

/** Larger files are no settings. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** A byte order mark; editors of some systems write it. */
const MARK = '\ufeff';

/** An empty file counts as an empty table. */
export function readFileText(text: string, syntax: 'json' | 'toml'): ReadFile {
  return syntax === 'toml' ? readToml(text) : readJson(text);
}

function readJson(text: string): ReadFile {
  const bare = text.startsWith(MARK) ? text.slice(1) : text;
  if (bare.trim() === '') return { ok: true, value: {} };
  const errors: ParseError[] = [];
  const tree = parseTree(bare, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    const place = placeOf(bare, error?.offset ?? 0);
    const code = error === undefined ? 'nothing there' : words(printParseErrorCode(error.error));
    return { ok: false, ...place, why: code };
  }
  const value: unknown = getNodeValue(tree);
  if (isTable(value)) return { ok: true, value };
  return { ok: false, line: 1, column: 1, why: 'it is no object' };
}

function readToml(text: string): ReadFile {
  try {
    return { ok: true, value: parse(text.startsWith(MARK) ? text.slice(1) : text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const why = error.message.split('\n')[0] ?? 'it is not valid TOML';
    return { ok: false, line: error.line, column: error.column, why };
  }
}

/** The table behind these keys; empty where there is none. */
export function tableAt(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  let at: unknown = value;
  for (const key of keys) at = isTable(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return isTable(at) ? at : {};
}

export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `CommaExpected` as `comma expected`. */
function words(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
