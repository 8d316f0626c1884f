/** What servers make of one segment of a path beyond what the standard says. */

/** A text that is still encoded after so many decodings was made to deceive. */
const MAX_DECODINGS = 4;

/**
 * Whether a segment would lead somewhere else than to itself: nothing at all, `.` and `..`; also
 * `..` as a step within it, for servers that decode `%2F` before they look for steps, decode twice,
 * take `\` for `/`, cut off what stands behind `;` or read the full stops of other scripts as dots.
 * @param segment as it is sent, without `/`
 */
export function leavesItsPlace(segment: string): boolean {
  if (segment === '') return true;
  if (!/%|\.\.|^\.(?:$|;)/.test(segment)) return false;
  let text = segment;
  for (let turn = 0; turn <= MAX_DECODINGS; turn++) {
    if (isStep(text)) return true;
    const once = decoded(text);
    if (once === text) return false;
    text = once;
  }
  return true;
}

function isStep(text: string): boolean {
  const steps = text.normalize('NFKC').split(/[/\\]/).map(bareStep);
  return steps.includes('..') || (steps.length === 1 && steps[0] === '.');
}

/** Without path parameters, and without what some servers drop. */
function bareStep(step: string): string {
  return (step.split(';', 1)[0] ?? '').replace(/[\p{Cc}\s]+/gu, '');
}

/** Escapes that are not valid stay. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
