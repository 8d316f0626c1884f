/** XML as a tree, every name with its namespace. */

export interface XmlAttribute {
  readonly local: string;
  /** '' for none. */
  readonly uri: string;
  readonly value: string;
}

/** Namespaces by prefix that are known at an element. */
export interface XmlScope {
  /** What was declared last; what was not is found around it. */
  readonly own: ReadonlyMap<string, string>;
  /** '' for the prefix '' where nothing declares it, undefined for any other. */
  uriOf(prefix: string): string | undefined;
}

export interface XmlElement {
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (XmlElement | string)[];
  readonly scope: XmlScope;
  /** Counted from 1. */
  readonly line: number;
}

/** A name in a namespace. */
export interface QName {
  readonly uri: string;
  readonly local: string;
}

export const XML_URI = 'http://www.w3.org/XML/1998/namespace';

export function elementsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** Elements of one name among the children. */
export function childrenNamed(
  element: XmlElement,
  uri: string,
  ...locals: readonly string[]
): readonly XmlElement[] {
  return elementsOf(element).filter((child) => child.uri === uri && locals.includes(child.local));
}

export function childNamed(
  element: XmlElement | undefined,
  uri: string,
  local: string,
): XmlElement | undefined {
  return element === undefined ? undefined : childrenNamed(element, uri, local)[0];
}

/** @returns undefined where it is not there */
export function attributeOf(element: XmlElement, local: string, uri = ''): string | undefined {
  return element.attributes.find((one) => one.local === local && one.uri === uri)?.value;
}

/** All text below, in its order. */
export function textIn({ children }: XmlElement): string {
  const [only] = children;
  if (only === undefined) return '';
  if (typeof only === 'string' && children.length === 1) return only;
  return children.map((child) => (typeof child === 'string' ? child : textIn(child))).join('');
}

/** A name as the value of an attribute or a text; undefined where its prefix is not declared. */
export function qnameIn(element: XmlElement, written: string): QName | undefined {
  const text = written.trim();
  const colon = text.indexOf(':');
  const uri = element.scope.uriOf(colon < 0 ? '' : text.slice(0, colon));
  return uri === undefined ? undefined : { uri, local: text.slice(colon + 1) };
}

export function keyOf({ uri, local }: QName): string {
  return `{${uri}}${local}`;
}
