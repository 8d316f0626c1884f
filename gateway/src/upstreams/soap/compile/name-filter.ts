/** Which operations an entry takes, by their names. */

export interface NameFilter {
  /** Patterns with `*`; [] for all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export function compileFilter({ include, exclude }: NameFilter): (name: string) => boolean {
  return (name) =>
    (include.length === 0 || include.some((one) => fits(one, name))) &&
    !exclude.some((one) => fits(one, name));
}

function fits(pattern: string, name: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
}
