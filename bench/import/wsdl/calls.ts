/** Schemas of what stands around messages. */
import type { Part, Wire } from './expected.ts';
import { escaped, localOf, uriOf } from './trees.ts';

/** Schemas of one element that holds what stands in the body, in its order, and of one for the header. */
export function callOf(name: string, { parts, headers, hasOpenHeaders }: Wire): string {
  const body = parts.map((part, at) => partIn(part, at)).join('');
  const header = headers.map((part, at) => partIn(part, at)).join('');
  const optional = header.replaceAll('<xs:element ', '<xs:element minOccurs="0" ');
  const open = '<xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/>';
  return holder(name, body) + holder(`${name}h`, hasOpenHeaders ? open : optional);
}

function holder(name: string, items: string): string {
  return `<xs:element name="${name}"><xs:complexType><xs:sequence>${items}</xs:sequence></xs:complexType></xs:element>`;
}

function partIn({ name, element, type }: Part, at: number): string {
  const uri = uriOf(element ?? type ?? '{}');
  const prefix = ` xmlns:p${at}="${escaped(uri)}"`;
  const local = localOf(element ?? type ?? '{}');
  const written = uri === '' ? local : `p${at}:${local}`;
  return element === undefined
    ? `<xs:element name="${name}" form="unqualified" type="${written}"${uri === '' ? '' : prefix}/>`
    : `<xs:element ref="${written}"${uri === '' ? '' : prefix}/>`;
}
