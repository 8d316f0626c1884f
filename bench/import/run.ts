/** Runs every document through a fresh process and judges what came out. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { judge, type JudgedTool, type Judgement } from './judge.ts';
import { readDeclared } from './operations.ts';

const run = promisify(execFile);
const ONE = fileURLToPath(new URL('one.ts', import.meta.url));

export interface DocumentResult {
  readonly file: string;
  readonly version: string;
  readonly bytes: number;
  /** Why there are no tools; '' where there are, or where the document has no operations. */
  readonly error: string;
  /** The process ended by itself, in time and with an answer. */
  readonly hasEnded: boolean;
  /** The error is none of the document but one of the converter. */
  readonly isBug: boolean;
  /** CPU of importing, least of all runs, milliseconds. */
  readonly importMs: number;
  /** CPU of importing and compiling every operation. */
  readonly allMs: number;
  readonly importMb: number;
  readonly judgement: Judgement;
}

export interface RunOptions {
  readonly plugIn: string;
  /** Fresh processes per document; the least CPU counts. */
  readonly times: number;
  readonly timeoutMs: number;
}

interface Figures {
  readonly error: string;
  readonly isBug: boolean;
  readonly importMs: number;
  readonly allMs: number;
  readonly importMb: number;
}

const NOTHING: Judgement = {
  operations: 0,
  tools: 0,
  valid: 0,
  complete: 0,
  tokens: 0,
  faults: {},
};

export async function runDocument(file: string, options: RunOptions): Promise<DocumentResult> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-import-'));
  try {
    const out = join(folder, 'out');
    const figures: Figures[] = [];
    let failure = '';
    for (let time = 0; time < options.times && failure === ''; time++) {
      try {
        await run(
          process.execPath,
          ['--expose-gc', '--max-old-space-size=4096', ONE, file, out, options.plugIn],
          { timeout: options.timeoutMs, maxBuffer: 1 << 20 },
        );
        figures.push(JSON.parse(firstLine(readFileSync(out, 'utf8'))));
      } catch (error) {
        failure = `the process ended badly: ${String(error).slice(-300)}`;
      }
    }
    const best = figures.toSorted((a, b) => a.importMs - b.importMs)[0];
    return resultOf(file, best, failure, failure === '' ? readFileSync(out, 'utf8') : '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultOf(
  file: string,
  figures: Figures | undefined,
  failure: string,
  output: string,
): DocumentResult {
  const declared = declaredOf(file);
  const tools: readonly JudgedTool[] | null =
    output === '' ? null : JSON.parse(output.slice(firstLine(output).length + 1));
  return {
    file,
    version: declared.version,
    bytes: statSync(file).size,
    error: failure === '' ? (figures?.error ?? '') : failure,
    hasEnded: failure === '',
    isBug: figures?.isBug ?? false,
    importMs: figures?.importMs ?? 0,
    allMs: figures?.allMs ?? 0,
    importMb: figures?.importMb ?? 0,
    judgement:
      tools === null
        ? { ...NOTHING, operations: declared.operations.length }
        : judge(tools, declared.operations),
  };
}

function declaredOf(file: string): ReturnType<typeof readDeclared> {
  try {
    return readDeclared(file);
  } catch {
    return { version: '', operations: [] };
  }
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\n'));
}
