/** Options that come as name and value in one word. */

/** The pairs as an object, or a sentence about the first word that is none. */
export function pairs(words: readonly string[], shape: RegExp): Record<string, string> | string {
  const result: [string, string][] = [];
  for (const word of words) {
    const [, name = '', value = ''] = shape.exec(word) ?? [];
    if (name.trim() === '') return `"${word}" has no name and value`;
    result.push([name.trim(), value]);
  }
  return Object.fromEntries(result);
}
