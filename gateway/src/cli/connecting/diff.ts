/** What changes in a client's file, without showing what else stands in it. */

const MAX_LINES = 60;
const HIDDEN = '(a line of the file)';

export interface Change {
  readonly without: string;
  /** The text that has our entry. */
  readonly with: string;
  readonly name: string;
  readonly entry: Readonly<Record<string, unknown>>;
  /** The keys that lead to the entries. */
  readonly keys: readonly string[];
}

/**
 * Lines with `-` and `+` in front. Shown are the lines of our own entry and brackets alone: every
 * other line may hold other servers' credentials.
 * @param isUndone the change is taken back
 */
export function diffLines(change: Change, isUndone: boolean): readonly string[] {
  const old = change.without.split(/\r?\n/);
  const now = change.with.split(/\r?\n/);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const own = ownLines(change);
  const isShown = (line: string) => /^[\s{}[\],]*$/.test(line) || own.has(bare(line));
  const show = (sign: string) => (line: string) => `${sign} ${isShown(line) ? line : HIDDEN}`;
  const [minus, plus] = isUndone ? ['+', '-'] : ['-', '+'];
  const come = now.slice(start, now.length - end);
  const lines = [...old.slice(start, old.length - end).map(show(minus)), ...come.map(show(plus))];
  // Where the file is one line, the entry is shown by itself.
  const { name, entry } = change;
  if (!come.some((line) => own.has(bare(line)))) {
    lines.push(`${plus} ${JSON.stringify(name)}: ${JSON.stringify(entry)}`);
  }
  return [`@@ line ${start + 1} @@`, ...lines.slice(0, MAX_LINES)];
}

/** The lines that our entry may be written in, without indentation and commas. */
function ownLines({ name, entry, keys }: Change): ReadonlySet<string> {
  const nested = [...keys, name].reduceRight<unknown>((each, key) => ({ [key]: each }), entry);
  const lines = JSON.stringify(nested, undefined, 2).split('\n');
  const empty = [...keys].map((key) => `${JSON.stringify(key)}: {`);
  const toml = [`[${[...keys, name].join('.')}]`];
  for (const [key, value] of Object.entries(entry)) {
    const text = Array.isArray(value) ? `[ ${value.map(quoted).join(', ')} ]` : quoted(value);
    toml.push(`${key} = ${text}`);
  }
  return new Set([...lines, ...empty, ...toml].map(bare));
}

function quoted(value: unknown): string {
  return JSON.stringify(value);
}

function bare(line: string): string {
  return line.trim().replace(/,$/, '');
}
