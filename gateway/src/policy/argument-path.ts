/** How the configuration names an argument. */

const MAX_DEPTH = 16;

/**
 * A name is one member of the arguments; a text that begins with `/` is a JSON pointer (RFC 6901).
 * @returns the names of members from the root, or a sentence that says what is wrong
 */
export function argumentPath(text: string): readonly string[] | string {
  if (text === '') return 'name an argument';
  if (!text.startsWith('/')) return [text];
  const keys = text.slice(1).split('/');
  if (keys.some((key) => /~(?![01])/.test(key)))
    return '"~" is written as ~0 in a pointer, "/" as ~1';
  if (keys.length > MAX_DEPTH) return `at most ${MAX_DEPTH} levels`;
  const path = keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return path.includes('') ? 'a part of the pointer is empty' : path;
}

/** What records and callers call the argument. */
export function argumentName(path: readonly string[]): string {
  const [only = ''] = path;
  if (path.length === 1 && !only.startsWith('/')) return only;
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
