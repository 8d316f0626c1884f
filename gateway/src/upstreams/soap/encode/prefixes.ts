/** Prefixes of namespaces in messages. */
import { XSD, XSI } from '../wsdl/namespaces.ts';
import { XML_URI } from '../xml/element.ts';

export interface Prefix {
  readonly uri: string;
  readonly text: string;
}

/** Those of one compiled message: each namespace has the same in every call. */
export class Prefixes {
  private readonly known = new Map<string, Prefix>();

  /** @returns undefined for names in no namespace */
  of(uri: string): Prefix | undefined {
    if (uri === '') return undefined;
    const known = this.known.get(uri);
    if (known !== undefined) return known;
    const made = { uri, text: FIXED.get(uri) ?? `n${this.known.size}` };
    this.known.set(uri, made);
    return made;
  }
}

const FIXED: ReadonlyMap<string, string> = new Map([
  [XSI, 'xsi'],
  [XSD, 'xsd'],
  [XML_URI, 'xml'],
]);

export function prefixed(prefix: Prefix | undefined, local: string): string {
  return prefix === undefined ? local : `${prefix.text}:${local}`;
}
