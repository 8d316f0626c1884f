/** Namespaces that are known at an element. */
import { XML_URI, type XmlScope } from './element.ts';

export const XMLNS_URI = 'http://www.w3.org/2000/xmlns/';

/** Remembers what it was asked, so that depth costs nothing. */
export class Scope implements XmlScope {
  readonly own: ReadonlyMap<string, string>;
  private readonly parent: Scope | undefined;
  private found: Map<string, string> | undefined;

  /** @param own by prefix; not changed afterwards */
  constructor(own: ReadonlyMap<string, string>, parent: Scope | undefined) {
    this.own = own;
    this.parent = parent;
  }

  uriOf(prefix: string): string | undefined {
    const known = this.own.get(prefix) ?? this.found?.get(prefix);
    if (known !== undefined) return known;
    const uri = this.parent === undefined ? outside(prefix) : this.parent.uriOf(prefix);
    if (uri !== undefined) {
      this.found ??= new Map();
      this.found.set(prefix, uri);
    }
    return uri;
  }
}

function outside(prefix: string): string | undefined {
  if (prefix === 'xml') return XML_URI;
  return prefix === '' ? '' : undefined;
}

/** Namespaces in XML 1.0, section 3. @returns words where the prefix must not be declared so */
export function declarationFault(prefix: string, uri: string): string | undefined {
  if (prefix === 'xmlns' || uri === XMLNS_URI) return 'the prefix "xmlns" must not be declared';
  if ((prefix === 'xml') !== (uri === XML_URI)) return 'the prefix "xml" must keep its namespace';
  if (uri === '' && prefix !== '') return `the prefix "${prefix}" is declared without a namespace`;
  return undefined;
}
