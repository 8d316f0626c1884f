/** The members of one JSON value by where they stand, without parsing what is in them. */

/** Keys (or indexes) of the object or list at `start`, with the offset of each value. */
export function jsonChildren(text: string, start: number): ReadonlyMap<string, number> {
  const children = new Map<string, number>();
  const isObject = text[start] === '{';
  if (!isObject && text[start] !== '[') return children;
  let at = skipBlank(text, start + 1);
  for (let index = 0; at < text.length && !isCloser(text, at); index++) {
    let key = String(index);
    if (isObject) {
      const end = endOfString(text, at);
      key = unquote(text.slice(at, end));
      at = skipBlank(text, end);
    }
    children.set(key, at);
    at = skipBlank(text, endOfValue(text, at));
  }
  return children;
}

function unquote(literal: string): string {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

function isCloser(text: string, at: number): boolean {
  return text[at] === '}' || text[at] === ']';
}

/** Skips blanks, commas and colons: between values of a valid text nothing else stands. */
function skipBlank(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \n\r\t,:'.includes(text.charAt(at))) at++;
  return at;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (--depth <= 0) return depth === 0 ? at + 1 : at;
    } else if (depth === 0 && (char === ',' || ' \n\r\t'.includes(char ?? ''))) return at;
  }
  return text.length;
}
