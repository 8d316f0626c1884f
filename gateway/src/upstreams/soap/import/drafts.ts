/** Drafts of XML Schema that services still write: what matters of them is as in the recommendation. */
import { XSD } from '../wsdl/namespaces.ts';
import { Scope } from '../xml/scope.ts';
import type { XmlElement } from '../xml/element.ts';

/** Their namespaces. */
export const DRAFTS = /http:\/\/www\.w3\.org\/(?:1999|2000\/10)\/XMLSchema(?=["'])/;
const DRAFT = /^http:\/\/www\.w3\.org\/(?:1999|2000\/10)\/XMLSchema$/;

/** The same document with the namespace of the recommendation, in names of elements and in values. */
export function modernXsd(root: XmlElement): XmlElement {
  return rewritten(root, undefined);
}

function rewritten(node: XmlElement, parent: Scope | undefined): XmlElement {
  const own = [...node.scope.own].map(([prefix, uri]) => [prefix, modern(uri)] as const);
  const scope = new Scope(new Map(own), parent);
  return {
    ...node,
    uri: modern(node.uri),
    scope,
    children: node.children.map((one) => (typeof one === 'string' ? one : rewritten(one, scope))),
  };
}

function modern(uri: string): string {
  return DRAFT.test(uri) ? XSD : uri;
}
