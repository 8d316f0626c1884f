/** Paths of requests, taken apart by their template. */

/**
 * @param template as a document writes it; what stands behind `?` or `#` is no path
 * @param path as it arrived, encoded
 * @param declared names of the parameters in the path
 * @returns what stands for each variable, still encoded; undefined where the path is another one
 */
export function matchPath(
  template: string,
  path: string,
  declared: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const pieces = bracesOnly(template.split(/[?#]/, 1)[0] ?? '', declared).split(/(\{[^{}]*\})/);
  const names: string[] = [];
  let pattern = '';
  for (const piece of pieces) {
    if (!piece.startsWith('{')) pattern += Array.from(piece, either).join('');
    else if (!/^\{[?&]/.test(piece)) {
      names.push(nameOf(piece));
      pattern += '([^/?#]*?)';
    }
  }
  const slash = template.startsWith('/') ? '' : '/';
  const found = new RegExp(`^${slash}${pattern}$`, 'u').exec(path);
  if (found === null) return undefined;
  const values = new Map<string, string>();
  for (const [at, name] of names.entries()) values.set(name, found[at + 1] ?? '');
  // A document that declares other names means them in their order.
  const strange = declared.filter((name) => !values.has(name));
  const open = [...new Set(names)].filter((name) => !declared.includes(name));
  for (const [at, name] of strange.entries()) {
    const meant = open[at];
    if (meant !== undefined) values.set(name, values.get(meant) ?? '');
  }
  return values;
}

/** Routers write `:id` for what a template writes `{id}`. */
function bracesOnly(path: string, declared: readonly string[]): string {
  return path.replace(/(?<=\/):([\w-]+)(?=\/|$)/g, (whole, name: string) =>
    declared.includes(name) ? `{${name}}` : whole,
  );
}

/** The name without what RFC 6570 writes around it. */
function nameOf(piece: string): string {
  return piece
    .slice(1, -1)
    .trim()
    .replace(/^[+./;]/, '')
    .replace(/(?:\*|\+|:\d+)$/, '');
}

/** A character of the template, plain or encoded. */
function either(character: string): string {
  const plain = character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const isPlain = /^[\w~.!$&'()*+,;=:@/-]$/.test(character);
  return isPlain ? plain : `(?:${plain}|${encodeURIComponent(character)})`;
}
