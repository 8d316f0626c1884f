/** XML that a caller wrote, before it may stand in a message. */
import { elementsOf, type XmlElement } from '../xml/element.ts';
import { isXmlFault, parseXml, type XmlLimits } from '../xml/parse.ts';
import { writeChildren } from '../xml/write.ts';

const LIMITS: XmlLimits = {
  maxDepth: 100,
  maxElements: 50_000,
  maxAttributes: 100,
  maxAttributeChars: 65_536,
};

/** Read and written anew; undefined where it is not well-formed or holds no element. */
export function rawXml(text: string): string | undefined {
  const root = readWhole(text);
  return root === undefined || elementsOf(root).length === 0 ? undefined : writeChildren(root);
}

function readWhole(text: string): XmlElement | undefined {
  const inner = text.replace(/^\s*<\?xml[^>]{0,200}\?>/, '');
  const read = parseXml(`<r>${inner}</r>`, LIMITS);
  return isXmlFault(read) ? undefined : read;
}
