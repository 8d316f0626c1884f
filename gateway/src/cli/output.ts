/** Everything the commands write, and to whom: people, or programs that asked for `--json`. */
import {
  printable,
  printableJson,
  renderProblem,
  type Paint,
  type Problem,
} from '../config/index.ts';
import type { ExitCode } from './exit-codes.ts';

/** The process as the commands see it; tests give their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
}

export interface OutStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Why a command failed. */
export interface Failure {
  readonly exit: ExitCode;
  /** A stable word for programs. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export class Output {
  readonly surroundings: Surroundings;
  readonly json: boolean;
  readonly paint: Paint;

  constructor(surroundings: Surroundings, json: boolean) {
    this.surroundings = surroundings;
    this.json = json;
    this.paint = paintFor(surroundings.stderr, surroundings.env);
  }

  /** Colours for standard output, which may be a file while standard error is a terminal. */
  get outPaint(): Paint {
    return paintFor(this.surroundings.stdout, this.surroundings.env);
  }

  /** Whether questions can be asked. */
  get isInteractive(): boolean {
    const { stdout, stderr, env } = this.surroundings;
    return !this.json && stdout.isTTY === true && stderr.isTTY === true && env['CI'] === undefined;
  }

  /** A line of the result, for people; foreign text in it has been made printable. */
  line(text = ''): void {
    if (!this.json) this.surroundings.stdout.write(`${text}\n`);
  }

  /** The whole result, for programs: one JSON text on one line. */
  result(value: unknown): void {
    if (this.json) this.surroundings.stdout.write(`${printableJson(value)}\n`);
  }

  /** The whole result, for programs, as a JSON text that has to stay as it is. */
  raw(json: string): void {
    if (this.json) this.surroundings.stdout.write(`${json}\n`);
  }

  /** A remark beside the result; never part of it. */
  note(text: string): void {
    this.surroundings.stderr.write(`${text}\n`);
  }

  /** Reports a failure in the form that was asked for. @returns the exit code */
  fail({ exit, code, message, hint }: Failure): ExitCode {
    const error = hint === undefined ? { code, message } : { code, message, hint };
    if (this.json) this.result({ ok: false, error });
    else {
      this.note(`${this.paint.alarm('error:')} ${printable(message)}`);
      if (hint !== undefined) this.note(`  ${printable(hint)}`);
    }
    return exit;
  }

  /** Shows problems of a configuration file with their lines, for people. */
  problems(problems: readonly Problem[], text: string, severity: 'error' | 'warning'): void {
    if (this.json) return;
    for (const problem of problems) {
      this.note(`${this.paint.alarm(`${severity}:`)} ${renderProblem(problem, text, this.paint)}`);
      this.note('');
    }
  }
}

function paintFor(stream: OutStream, env: Surroundings['env']): Paint {
  const isOn = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const wrap = (open: number, close: number) => (text: string) =>
    isOn ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { strong: wrap(1, 22), alarm: wrap(31, 39), faint: wrap(2, 22) };
}
