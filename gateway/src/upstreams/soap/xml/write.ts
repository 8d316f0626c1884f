/** Writes XML: texts escaped, trees as they were read. */
import { XML_URI, type XmlElement } from './element.ts';

/** What XML 1.0 (section 2.2) cannot hold. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[^\u{9}\u{a}\u{d}\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const PLAIN = /^[\x20-\x7e\n\t]*$/;
const SPECIAL = /[&<>"\r\n\t]/;

/** Whether every character may stand in XML. */
export function isXmlText(text: string): boolean {
  return PLAIN.test(text) || !FORBIDDEN.test(text);
}

export function escapeText(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

export function escapeAttribute(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return escapeText(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');
}

/** The element and all below it, with the namespaces that it needs wherever it is put. */
export function writeTree(element: XmlElement): string {
  const attributes: string[] = [];
  let next = 0;
  for (const { local, uri, value } of element.attributes) {
    const text = escapeAttribute(value);
    if (uri === '') attributes.push(` ${local}="${text}"`);
    else if (uri === XML_URI) attributes.push(` xml:${local}="${text}"`);
    else {
      const prefix = `a${next++}`;
      attributes.push(` xmlns:${prefix}="${escapeAttribute(uri)}" ${prefix}:${local}="${text}"`);
    }
  }
  const start = `<${element.local}${namespace(element)}${attributes.join('')}${prefixesIn(element)}`;
  const inner = writeChildren(element);
  return inner === '' ? `${start}/>` : `${start}>${inner}</${element.local}>`;
}

/** What stands inside of an element, each child with its own namespaces. */
export function writeChildren(element: XmlElement): string {
  return element.children
    .map((child) => (typeof child === 'string' ? escapeText(child) : writeTree(child)))
    .join('');
}

function namespace({ uri }: XmlElement): string {
  return ` xmlns="${escapeAttribute(uri)}"`;
}

/** Prefixes that values may speak of, such as the type that an element says it has. */
function prefixesIn({ scope }: XmlElement): string {
  const declared = [...scope.own].filter(([prefix]) => prefix !== '' && !/^a\d+$/.test(prefix));
  return declared
    .map(([prefix, uri]) => (uri === '' ? '' : ` xmlns:${prefix}="${escapeAttribute(uri)}"`))
    .join('');
}
