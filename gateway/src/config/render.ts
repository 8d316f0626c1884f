/** Problems as people read them: the place, the sentence, the line of the file and a caret. */
import type { Problem } from './problem.ts';

/** How parts of a rendered problem are marked; identity functions where colours are off. */
export interface Paint {
  readonly strong: (text: string) => string;
  readonly alarm: (text: string) => string;
  readonly faint: (text: string) => string;
}

const MAX_LINE = 160;

/**
 * ```text
 * drawbridge.yaml:4:3 upstreams.files.cmd
 *   unknown key "cmd"; did you mean "command"?
 *     4 |   cmd: npx
 *       |   ^
 * ```
 * @param text the file's text; an empty one leaves the excerpt out
 */
export function renderProblem(problem: Problem, text: string, paint: Paint): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const head = problem.path === '' ? place : `${place} ${problem.path}`;
  const hint = problem.hint === undefined ? '' : `; ${problem.hint}`;
  const lines = [
    paint.strong(printable(head)),
    `  ${paint.alarm(printable(problem.message))}${printable(hint)}`,
  ];
  const source = text.split(/\r\n|\r|\n/)[problem.line - 1];
  if (source !== undefined && source.trim() !== '') lines.push(...excerpt(problem, source, paint));
  return lines.join('\n');
}

function excerpt(problem: Problem, source: string, paint: Paint): string[] {
  const number = String(problem.line).padStart(5);
  const from = Math.max(0, problem.column - 1 - MAX_LINE / 2);
  const shown = printable(source.slice(from, from + MAX_LINE));
  const before = shown.slice(0, problem.column - 1 - from).replaceAll(/[^\t]/g, ' ');
  return [
    paint.faint(`${number} | `) + shown,
    paint.faint(`${' '.repeat(5)} | `) + before + paint.alarm('^'),
  ];
}

const UNPRINTABLE =
  /[^\P{Cc}\t\n]|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e0fff}]/gu;

/**
 * Text of files and upstreams, made safe for a terminal: control characters (tabs and line ends
 * stay) and characters that reorder or hide text become a dot.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, '\u00b7');
}

/** The same on one line: no text of others begins a line of ours. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' '));
}

/** A value as JSON on one line that means the same and is as safe for a terminal. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNPRINTABLE, (character) =>
    character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
