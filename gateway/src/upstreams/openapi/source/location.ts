/** Where sources are, as paths or addresses, and what a reference to another one means. */

const ADDRESS = /^[a-z][a-z0-9+.-]+:\/\//i;

/** A reference split at its first `#`: the source it names, and the place in it. */
export function splitReference(reference: string): readonly [source: string, fragment: string] {
  const at = reference.indexOf('#');
  return at < 0 ? [reference, ''] : [reference.slice(0, at), reference.slice(at + 1)];
}

/** @returns whether `location` is an address rather than a path */
export function isAddress(location: string): boolean {
  return ADDRESS.test(location);
}

/** `target` (a path or an address) seen from the source at `base`, without `.` and `..`. */
export function resolveLocation(target: string, base: string): string {
  if (isAddress(target)) return target;
  if (isAddress(base)) return URL.parse(target, base)?.href ?? target;
  const folder = base.slice(0, base.lastIndexOf('/') + 1);
  return target.startsWith('/') ? withoutDots(target) : withoutDots(folder + target);
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '.' || (part === '' && kept.length > 0)) continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..' && kept.at(-1) !== '') kept.pop();
    else if (part !== '..' || kept.at(-1) !== '') kept.push(part);
  }
  return kept.join('/');
}
