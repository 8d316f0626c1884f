/** The command line. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { addressLast } from './address-last.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { Output, type Surroundings } from './output.ts';
import { createProgram } from './program.ts';
import { Interrupted } from './questions.ts';
import { CoordinationError } from '../coordination/index.ts';
import { KeyringError } from '../secrets/index.ts';
import { StoreError } from '../store/index.ts';

/**
 * Runs one command of this process.
 * @param argv as `process.argv`: the words begin at the third
 * @returns the exit code, when everything has been closed
 */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const surroundings: Surroundings = {
    env: process.env,
    version: ownVersion(),
    stdout: process.stdout,
    stderr: process.stderr,
  };
  let exit: ExitCode = EXIT.ok;
  const program = createProgram(surroundings, (code) => (exit = code));
  const words = argv.slice(2);
  try {
    await program.parseAsync(addressLast(words), { from: 'user' });
    return exit;
  } catch (error) {
    return failed(new Output(surroundings, words.includes('--json')), error);
  }
}

function failed(out: Output, error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    if (out.json) out.result({ ok: false, error: { code: 'usage', message: error.message } });
    return EXIT.usage;
  }
  if (error instanceof Interrupted) return EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CoordinationError) {
    return out.fail({ exit: EXIT.problem, code: 'coordination', message });
  }
  if (error instanceof KeyringError || error instanceof StoreError) {
    return out.fail({ exit: EXIT.problem, code: 'state', message });
  }
  if (out.surroundings.env['DRAWBRIDGE_DEBUG'] !== undefined && error instanceof Error) {
    out.note(error.stack ?? '');
  }
  const hint = 'this should not happen; DRAWBRIDGE_DEBUG=1 shows where it did';
  return out.fail({ exit: EXIT.problem, code: 'unexpected', message, hint });
}

/** The version of the package that this file belongs to, in the sources and when compiled. */
function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}
