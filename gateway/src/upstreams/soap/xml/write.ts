/** Writes XML: texts escaped, trees as they were read. */
import { XML_URI, type XmlElement } from './element.ts';

/** What XML 1.0 (section 2.2) cannot hold. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[^\u{9}\u{a}\u{d}\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const PLAIN = /^[\x20-\x7e\n\t]*$/;
const MAX_NAME_CHARS = 300;
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
  return write(element, undefined, NOTHING);
}

/** What stands inside of an element, each child with its own namespaces. */
export function writeChildren(element: XmlElement): string {
  return element.children
    .map((child) => (typeof child === 'string' ? escapeText(child) : writeTree(child)))
    .join('');
}

type Prefixes = ReadonlyMap<string, string>;
const NOTHING: Prefixes = new Map();

/**
 * @param around the default namespace where it is put; undefined where that is not known
 * @param known prefixes that are declared there
 */
function write(element: XmlElement, around: string | undefined, known: Prefixes): string {
  const { local, uri, children } = element;
  const own = prefixesOf(element, known);
  const inside = own.size === 0 ? known : new Map([...known, ...own]);
  const start = `<${local}${uri === around ? '' : ` xmlns="${escapeAttribute(uri)}"`}`;
  const head = start + declarations(own) + attributesOf(element, inside);
  let inner = '';
  for (const child of children) {
    inner += typeof child === 'string' ? escapeText(child) : write(child, uri, inside);
  }
  return inner === '' ? `${head}/>` : `${head}>${inner}</${local}>`;
}

function attributesOf({ attributes }: XmlElement, known: Prefixes): string {
  let text = '';
  let next = 0;
  for (const { local, uri, value } of attributes) {
    const written = `${local}="${escapeAttribute(value)}"`;
    if (uri === '') text += ` ${written}`;
    else if (uri === XML_URI) text += ` xml:${written}`;
    else {
      while (known.has(`a${next}`)) next++;
      const prefix = `a${next++}`;
      text += ` xmlns:${prefix}="${escapeAttribute(uri)}" ${prefix}:${written}`;
    }
  }
  return text;
}

/** A name with a prefix, such as the type that an element says it has. */
const QNAME = /^\s*([A-Za-z_][\w.-]{0,100}):[A-Za-z_][\w.-]*\s*$/;

/** Prefixes that values speak of and that nothing around them declares so. */
function prefixesOf({ attributes, children, scope }: XmlElement, known: Prefixes): Prefixes {
  let found: Map<string, string> | undefined;
  const look = (value: string): void => {
    const prefix = value.length < MAX_NAME_CHARS ? QNAME.exec(value)?.[1] : undefined;
    const uri = prefix === undefined || prefix === 'xml' ? undefined : scope.uriOf(prefix);
    if (prefix === undefined || uri === undefined || known.get(prefix) === uri) return;
    found ??= new Map();
    found.set(prefix, uri);
  };
  for (const { value } of attributes) look(value);
  for (const child of children) if (typeof child === 'string') look(child);
  return found ?? NOTHING;
}

function declarations(prefixes: Prefixes): string {
  let text = '';
  for (const [prefix, uri] of prefixes) text += ` xmlns:${prefix}="${escapeAttribute(uri)}"`;
  return text;
}
