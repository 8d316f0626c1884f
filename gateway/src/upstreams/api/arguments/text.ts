/** What a caller reads whose arguments cannot be sent. */
import { stringifyExact, type JsonObject } from '../../../kernel/index.ts';
import { listed, MAX_PROBLEMS, type Problem } from './problem.ts';

export interface Example {
  readonly arguments: JsonObject;
  /** Only what is required; shown where the other one is too long. */
  readonly least: JsonObject;
}

const MAX_EXAMPLE_CHARS = 1000;
const MAX_PROBLEM_CHARS = 600;
const NOTHING_SENT = 'Nothing was sent to the API.';

/** The first line says what to change. */
export function problemText(problems: readonly Problem[], example: Example | undefined): string {
  const told = problems.slice(0, MAX_PROBLEMS).map(sentence);
  const more = problems.length - told.length;
  const lines: string[] = [];
  if (told.length === 1) lines.push(told[0] ?? '');
  else {
    const names = [...new Set(problems.map(({ path }) => topOf(path)))].slice(0, MAX_PROBLEMS);
    lines.push(`Change ${listed(names, 'and')}:`, ...told.map((text) => `- ${text}`));
    if (more > 0) lines.push(`- and ${more} more.`);
  }
  lines.push(NOTHING_SENT);
  const text = example === undefined ? undefined : exampleText(example);
  if (text !== undefined) lines.push(`A valid call has the arguments ${text}`);
  return lines.join('\n');
}

function exampleText(example: Example): string | undefined {
  for (const each of [example.arguments, example.least]) {
    const text = stringifyExact(each);
    if (text.length <= MAX_EXAMPLE_CHARS) return text;
  }
  return undefined;
}

function sentence({ path, text }: Problem): string {
  const whole = `${path === '' ? 'The arguments' : path} ${text}`;
  return whole.length > MAX_PROBLEM_CHARS ? `${whole.slice(0, MAX_PROBLEM_CHARS)}…` : whole;
}

/** The argument that a place belongs to. */
function topOf(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? (path === '' ? 'the arguments' : path);
}
