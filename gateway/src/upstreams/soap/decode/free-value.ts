/** Elements that no schema speaks of, as the JSON that is nearest. */
import type { Json } from '../../../kernel/index.ts';
import { XSD, XSI } from '../wsdl/namespaces.ts';
import { builtinType } from '../xsd/builtin.ts';
import { attributeOf, elementsOf, qnameIn, textIn, type XmlElement } from '../xml/element.ts';
import { writeChildren } from '../xml/write.ts';
import { Members } from './members.ts';
import { simpleReader } from './simple-value.ts';

export function isNil(element: XmlElement): boolean {
  if (element.attributes.length === 0) return false;
  const nil = attributeOf(element, 'nil', XSI)?.trim();
  return nil === 'true' || nil === '1';
}

/** A text of a type that the element itself says is read by it. */
export function freeValue(element: XmlElement): Json {
  if (isNil(element)) return null;
  const children = elementsOf(element);
  if (children.length === 0) return typedText(element);
  const members = new Members();
  for (const child of children) members.put(child.local, freeValue(child), false);
  return members.value;
}

/** XML inside where there is any, else the text. */
export function rawValue(element: XmlElement): string {
  return elementsOf(element).length === 0 ? textIn(element) : writeChildren(element);
}

function typedText(element: XmlElement): Json {
  const text = textIn(element);
  const written = attributeOf(element, 'type', XSI);
  const name = written === undefined ? undefined : qnameIn(element, written);
  return name?.uri === XSD ? simpleReader(builtinType(name.local))(text) : text;
}
