/** JSON Pointer (RFC 6901) as a fragment: `#/paths/~1pets/get`. */

/** One step of a pointer, escaped. */
export function escapeStep(key: string): string {
  const escaped = key.includes('~') ? key.replaceAll('~', '~0') : key;
  return escaped.includes('/') ? escaped.replaceAll('/', '~1') : escaped;
}

/** `pointer` and the steps below it. */
export function joinPointer(pointer: string, ...keys: readonly string[]): string {
  let joined = pointer;
  for (const key of keys) joined += `/${escapeStep(key)}`;
  return joined;
}

/** The keys of a pointer with or without `#`; escapes of URIs are undone, wrong ones kept. */
export function pointerKeys(pointer: string): readonly string[] {
  const path = pointer.startsWith('#') ? pointer.slice(1) : pointer;
  if (path === '') return [];
  return (path.startsWith('/') ? path.slice(1) : path).split('/').map(unescapeStep);
}

/** One step as the key that it means. */
function unescapeStep(step: string): string {
  return step.includes('~') ? step.replaceAll('~1', '/').replaceAll('~0', '~') : step;
}

/** A fragment without the escapes of URIs; as it is where they are malformed. */
export function decodeFragment(fragment: string): string {
  if (!fragment.includes('%')) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
