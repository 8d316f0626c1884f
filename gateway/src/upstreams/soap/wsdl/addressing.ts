/** Whether a port demands WS-Addressing, and the action of each message. */
import type { Documents } from '../import/collect.ts';
import { attributeOf, elementsOf, type XmlElement } from '../xml/element.ts';
import type { Addressing } from './model.ts';
import { ADDRESSING, ADDRESSING_2004, WSDL } from './namespaces.ts';

/** Namespaces of the elements and attributes that speak of it, and what they mean. */
const METADATA: Readonly<Record<string, string>> = {
  'http://www.w3.org/2007/05/addressing/metadata': ADDRESSING,
  'http://www.w3.org/2006/05/addressing/wsdl': ADDRESSING,
  'http://www.w3.org/2006/02/addressing/wsdl': ADDRESSING,
  'http://schemas.xmlsoap.org/ws/2004/08/addressing/policy': ADDRESSING_2004,
};
const ACTION_URIS = [...Object.keys(METADATA), ADDRESSING, ADDRESSING_2004];
const UTILITY =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const MAX_DEPTH = 20;

export class AddressingReader {
  private readonly policies = new Map<string, XmlElement>();

  constructor(documents: Documents) {
    for (const root of documents.values()) {
      if (typeof root === 'string' || root.uri !== WSDL) continue;
      for (const node of elementsOf(root)) {
        const id = attributeOf(node, 'Id', UTILITY) ?? attributeOf(node, 'Name');
        if (node.local === 'Policy' && id !== undefined) this.policies.set(id, node);
      }
    }
  }

  /**
   * What the elements that describe an endpoint demand: binding, port, service.
   * @returns the namespace; undefined where it is not demanded
   */
  demandedBy(nodes: readonly XmlElement[]): string | undefined {
    for (const node of nodes.flatMap(elementsOf)) {
      const found =
        node.local === 'UsingAddressing' && attributeOf(node, 'required', WSDL) === 'true'
          ? meaningOf(node)
          : this.inPolicy(this.policyAt(node), 0);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private policyAt(node: XmlElement): XmlElement | undefined {
    if (node.local === 'Policy') return node;
    if (node.local !== 'PolicyReference') return undefined;
    return this.policies.get((attributeOf(node, 'URI') ?? '').replace(/^#/, ''));
  }

  /** Whether every alternative of a policy has the assertion. */
  private inPolicy(node: XmlElement | undefined, depth: number): string | undefined {
    if (node === undefined || depth > MAX_DEPTH) return undefined;
    const isAssertion = node.local === 'UsingAddressing' || node.local === 'Addressing';
    const uri = meaningOf(node);
    if (isAssertion && uri !== undefined) return isOptional(node) ? undefined : uri;
    const nested = elementsOf(node);
    if (node.local === 'ExactlyOne') {
      const found = nested.map((one) => this.inPolicy(one, depth + 1));
      return found.includes(undefined) ? undefined : found[0];
    }
    if (node.local === 'PolicyReference') return this.inPolicy(this.policyAt(node), depth + 1);
    if (node.local !== 'Policy' && node.local !== 'All') return undefined;
    return nested.map((one) => this.inPolicy(one, depth + 1)).find((one) => one !== undefined);
  }
}

function meaningOf({ uri }: XmlElement): string | undefined {
  return Object.hasOwn(METADATA, uri) ? METADATA[uri] : undefined;
}

function isOptional(assertion: XmlElement): boolean {
  return assertion.attributes.some(
    ({ local, uri, value }) => local === 'Optional' && uri !== '' && /^(?:true|1)$/.test(value),
  );
}

/**
 * WS-Addressing 1.0, Metadata, section 4.4: the action that is said, else that of SOAP, else one made
 * of the names.
 * @param input of the operation of the port type
 */
export function addressingOf(
  uri: string,
  input: XmlElement,
  soapAction: string,
  names: { readonly target: string; readonly portType: string; readonly operation: string },
): Addressing {
  const said = input.attributes.find(
    (one) => one.local === 'Action' && ACTION_URIS.includes(one.uri),
  )?.value;
  if (said !== undefined || soapAction !== '') return { uri, action: said ?? soapAction };
  const { target, portType, operation } = names;
  const delimiter = target.startsWith('urn:') ? ':' : '/';
  const name = attributeOf(input, 'name') ?? `${operation}Request`;
  const start = target.endsWith(delimiter) ? target.slice(0, -1) : target;
  return { uri, action: [start, portType, name].join(delimiter) };
}
