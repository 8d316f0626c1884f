/** Addresses of further pages. */

const MAX_HEADER_CHARS = 16_384;
const MAX_ADDRESS_CHARS = 2000;
/** One value of the header: the address, then its parameters up to the comma that ends it. */
const LINK =
  /\s*,?\s*<([^<>\s]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/y;
const PARAMETER = /;\s*([^\s=;,"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))/g;

/**
 * The target of the first link with the relation `next` in the values of a `Link` header (RFC 8288,
 * section 3), as written. A link with an `anchor` speaks of something else and is not taken.
 * @returns '' where there is none or the header cannot be read
 */
export function nextOfLink(header: string): string {
  if (header.length > MAX_HEADER_CHARS) return '';
  const pattern = new RegExp(LINK.source, 'y');
  for (let link = pattern.exec(header); link !== null; link = pattern.exec(header)) {
    const [, target = '', parameters = ''] = link;
    if (isNext(parameters) && target.length <= MAX_ADDRESS_CHARS) return target;
  }
  return '';
}

function isNext(parameters: string): boolean {
  let relation: string | undefined;
  for (const [, name = '', quoted, plain = ''] of parameters.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (key === 'anchor') return false;
    // Of a relation that is given twice only the first counts (section 3.3).
    if (key === 'rel') relation ??= quoted ?? plain;
  }
  return relation !== undefined && relation.toLowerCase().split(/\s+/).includes('next');
}

/** Whether a text can be an address at all: not empty, not too long, without blanks and controls. */
export function isPlainAddress(text: string): boolean {
  return text !== '' && text.length <= MAX_ADDRESS_CHARS && /^[\x21-\x7e]+$/.test(text);
}
