/** Messages of operations as their binding sends them. */
import {
  attributeOf,
  childrenNamed,
  childNamed,
  elementsOf,
  qnameIn,
  type QName,
  type XmlElement,
} from '../xml/element.ts';
import { definedBy, type Definitions } from './definitions.ts';
import type { Attachment, Message, Part } from './model.ts';
import { UNDECLARED, WSDL } from './namespaces.ts';

export interface MessageContext {
  readonly definitions: Definitions;
  /** Of the elements that bind to SOAP. */
  readonly soapUri: string;
}

export interface BoundMessage extends Message {
  readonly isEncoded: boolean;
  readonly attached: readonly Attachment[];
}

/**
 * @param abstract `input` or `output` of a port type's operation
 * @param bound the same of the binding's
 * @returns words where it cannot be used
 */
export function readMessage(
  abstract: XmlElement,
  bound: XmlElement | undefined,
  { definitions, soapUri }: MessageContext,
): BoundMessage | string {
  const message = definedBy(abstract, 'message', definitions.messages);
  if (message === undefined) {
    return `Its message "${attributeOf(abstract, 'message') ?? ''}" is not defined.`;
  }
  const all = partsOf(message.node);
  const holder = bodyHolder(bound, soapUri);
  if (typeof holder === 'string') return holder;
  const body = holder === undefined ? undefined : childNamed(holder, soapUri, 'body');
  const wanted = body === undefined ? undefined : attributeOf(body, 'parts');
  const headers = holder === undefined ? [] : headersOf(holder, definitions, soapUri);
  const own = new Set(
    headers.filter(({ message: one }) => one === message.node).map(({ part }) => part.name),
  );
  const names = wanted?.split(/\s+/).filter((one) => one !== '');
  const attached = attachedParts(bound).filter(({ name }) => all.some((one) => one.name === name));
  for (const { name } of attached) own.add(name);
  const parts = all.filter(({ name }) =>
    names === undefined ? !own.has(name) : names.includes(name),
  );
  return {
    parts,
    headers: headers.map(({ part, isRequired }) => ({ part, isRequired })),
    uri: (body === undefined ? undefined : attributeOf(body, 'namespace')) ?? '',
    isEncoded: body !== undefined && attributeOf(body, 'use') === 'encoded',
    attached,
  };
}

/** @param abstract an operation of a port type */
export function faultParts(abstract: XmlElement, { messages }: Definitions): readonly Part[] {
  return childrenNamed(abstract, WSDL, 'fault').flatMap((node) => {
    const message = definedBy(node, 'message', messages);
    return message === undefined ? [] : partsOf(message.node);
  });
}

/** Without a wildcard, which names no type of its own. */
const MIME_TYPE = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/;
const BINARY = 'application/octet-stream';
const MIME = 'http://schemas.xmlsoap.org/wsdl/mime/';

/** Where the body stands: in the binding itself, or in the first part of a MIME message. */
function bodyHolder(
  bound: XmlElement | undefined,
  soapUri: string,
): XmlElement | string | undefined {
  const parts = mimeParts(bound);
  if (parts.length === 0) return bound;
  const holder = parts.find((one) => childNamed(one, soapUri, 'body') !== undefined);
  return holder ?? 'It is sent as attachments only, without a SOAP body.';
}

function mimeParts(bound: XmlElement | undefined): readonly XmlElement[] {
  const related = childNamed(bound, MIME, 'multipartRelated');
  return related === undefined ? [] : childrenNamed(related, MIME, 'part');
}

/** Parts of the message that go beside the body (WSDL 1.1, section 5). */
function attachedParts(bound: XmlElement | undefined): readonly Attachment[] {
  const found = new Map<string, Attachment>();
  for (const node of mimeParts(bound).flatMap((one) => childrenNamed(one, MIME, 'content'))) {
    const name = attributeOf(node, 'part') ?? '';
    const type = attributeOf(node, 'type')?.trim() ?? '';
    if (!found.has(name)) found.set(name, { name, type: MIME_TYPE.test(type) ? type : BINARY });
  }
  return [...found.values()];
}

function headersOf(bound: XmlElement, definitions: Definitions, soapUri: string) {
  return childrenNamed(bound, soapUri, 'header').flatMap((node) => {
    const message = definedBy(node, 'message', definitions.messages);
    const name = attributeOf(node, 'part');
    const part =
      message === undefined ? undefined : partsOf(message.node).find((one) => one.name === name);
    if (message === undefined || part === undefined) return [];
    const isRequired = attributeOf(node, 'required', WSDL) === 'true';
    return [{ message: message.node, part, isRequired }];
  });
}

function partsOf(message: XmlElement): readonly Part[] {
  return elementsOf(message)
    .filter(({ local, uri }) => local === 'part' && uri === WSDL)
    .map((node) => {
      const element = attributeOf(node, 'element');
      const type = attributeOf(node, 'type');
      return {
        name: attributeOf(node, 'name') ?? '',
        element: element === undefined ? undefined : nameIn(node, element),
        type: type === undefined ? undefined : nameIn(node, type),
      };
    });
}

/** A name whose prefix is not declared may still be found by its local name. */
function nameIn(node: XmlElement, written: string): QName {
  const local = written.slice(written.indexOf(':') + 1).trim();
  return qnameIn(node, written) ?? { uri: UNDECLARED, local };
}
