/** What changes in a client's file, without showing what else stands in it. */

const MAX_LINES = 60;

/**
 * Lines with `-` and `+` in front. A line of the file itself is shown only where it is nothing but
 * brackets: other lines may hold other servers' credentials.
 * @param isUndone the change is taken back
 */
export function diffLines(before: string, after: string, isUndone: boolean): readonly string[] {
  const old = before.split(/\r?\n/);
  const now = after.split(/\r?\n/);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  ) {
    end += 1;
  }
  const gone = old.slice(start, old.length - end);
  const come = now.slice(start, now.length - end);
  const hidden = new Set(gone.filter((line) => !/^[\s{}[\],]*$/.test(line)));
  const show = (sign: string) => (line: string) => {
    const isForeign = [...hidden].some((each) => each.trim() !== '' && line.includes(each.trim()));
    return `${sign} ${isForeign ? '(a line of the file)' : line}`;
  };
  const [minus, plus] = isUndone ? ['+', '-'] : ['-', '+'];
  const lines = [...gone.map(show(minus)), ...come.map(show(plus))];
  return [`@@ line ${start + 1} @@`, ...lines.slice(0, MAX_LINES)];
}
