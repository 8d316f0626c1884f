/** The parts of a message of either version of SOAP. */
import { ENVELOPES } from '../wsdl/namespaces.ts';
import { attributeOf, elementsOf, type XmlElement } from '../xml/element.ts';

/** @returns undefined where it is no message of SOAP */
export function bodyOf(root: XmlElement): readonly XmlElement[] | undefined {
  if (root.local !== 'Envelope' || !isEnvelope(root.uri)) return undefined;
  const body = partOf(root, 'Body');
  return body === undefined ? [] : elementsOf(body);
}

export function faultIn(body: readonly XmlElement[]): XmlElement | undefined {
  const [first] = body;
  return first?.local === 'Fault' && isEnvelope(first.uri) ? first : undefined;
}

/** Headers that say nothing on which the meaning of the body depends: addressing, times, signatures. */
const KNOWN_HEADERS =
  /^http:\/\/(?:www\.w3\.org\/2005\/08\/addressing|schemas\.xmlsoap\.org\/ws\/2004\/08\/addressing|docs\.oasis-open\.org\/wss\/)/;

/**
 * A header that the receiver has to understand and the gateway does not (SOAP 1.1, section 4.2.3;
 * SOAP 1.2 part 1, section 5.2.3).
 */
export function unknownHeader(root: XmlElement): XmlElement | undefined {
  const header = partOf(root, 'Header');
  if (header === undefined) return undefined;
  return elementsOf(header).find((one) => {
    const must = attributeOf(one, 'mustUnderstand', root.uri)?.trim();
    const isMust = must === '1' || must === 'true';
    return isMust && isForReceiver(one, root.uri) && !KNOWN_HEADERS.test(one.uri);
  });
}

function isForReceiver(header: XmlElement, envelope: string): boolean {
  const role = attributeOf(header, 'actor', envelope) ?? attributeOf(header, 'role', envelope);
  return role === undefined || role === '' || /\/(?:next|ultimateReceiver)$/.test(role.trim());
}

function partOf(root: XmlElement, local: string): XmlElement | undefined {
  return elementsOf(root).find((one) => one.local === local && one.uri === root.uri);
}

function isEnvelope(uri: string): boolean {
  return uri === ENVELOPES['1.1'] || uri === ENVELOPES['1.2'];
}
