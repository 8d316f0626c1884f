/** Headers of the command line, as they are sent and as they are written into the file. */
import { dirname, resolve } from 'node:path';
import { expand, readBounded } from '../config/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writtenAll } from './guess-upstream.ts';
import type { Output } from './output.ts';
import { pairs } from './pairs.ts';
import { configFile, type CommonOptions } from './session.ts';

type Headers = Readonly<Record<string, string>>;

const MAX_FILE_BYTES = 65_536;

/** The words of `--header` by name; says what is wrong with them. */
export function givenHeaders(out: Output, words: readonly string[]): Headers | ExitCode {
  const headers = pairs(words, /^([^:=]+)[:=]\s*(.*)$/s);
  if (typeof headers !== 'string') return headers;
  const hint = `write --header 'Name: value'`;
  return out.fail({ exit: EXIT.usage, code: 'usage', message: headers, hint });
}

/** The values that placeholders in them stand for now; says which of them stands for nothing. */
export function filledHeaders(
  out: Output,
  headers: Headers,
  options: CommonOptions,
): Headers | ExitCode {
  const folder = dirname(resolve(configFile(out, options)));
  const filled: [string, string][] = [];
  for (const [name, written] of Object.entries(writtenAll(headers))) {
    const expanded = expand(written, {
      variable: (variable) => out.surroundings.env[variable],
      file: (path) => textOf(resolve(folder, path)),
      secret: () => ({ why: 'secrets are not read here' }),
    });
    if (!expanded.ok) {
      const [fault] = expanded.faults;
      const message = `--header "${name}": ${fault?.message ?? 'cannot be read'}`;
      return out.fail({ exit: EXIT.problem, code: 'header_unset', message });
    }
    filled.push([name, expanded.text]);
  }
  return Object.fromEntries(filled);
}

/** The text of a file, without the line break at its end. */
function textOf(path: string): { text: string } | { why: string } {
  try {
    const text = Buffer.from(readBounded(path, MAX_FILE_BYTES)).toString('utf8');
    return { text: text.replace(/\r?\n$/, '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { why: code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})` };
  }
}
