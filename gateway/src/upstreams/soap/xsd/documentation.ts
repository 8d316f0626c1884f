/** What schemas and descriptions say of themselves in words. */
import { cleanText } from '../../api/words/clean-text.ts';
import { WSDL, XSD } from '../wsdl/namespaces.ts';
import { childrenNamed, childNamed, textIn, type XmlElement } from '../xml/element.ts';

const MAX_CHARS = 300;

/** Of a schema component; '' where it says nothing. */
export function schemaDoc(node: XmlElement): string {
  const annotation = childNamed(node, XSD, 'annotation');
  if (annotation === undefined) return '';
  const [first] = childrenNamed(annotation, XSD, 'documentation');
  return first === undefined ? '' : shortened(textIn(first), MAX_CHARS);
}

/** Of a part of a WSDL. */
export function wsdlDoc(node: XmlElement | undefined, maxChars: number): string {
  const doc = childNamed(node, WSDL, 'documentation');
  return doc === undefined ? '' : shortened(textIn(doc), maxChars);
}

function shortened(text: string, maxChars: number): string {
  return text.trim() === '' ? '' : cleanText(text.replace(/\s+/g, ' '), maxChars);
}
