/** Reading of trees, for the judge alone: beyond the parser it shares nothing with what it judges. */
import { dirname, resolve } from 'node:path';
import type { OfflineSoap } from '../../../gateway/src/upstreams/index.ts';

export type Documents = OfflineSoap['documents'];
export type Node = Exclude<Documents extends ReadonlyMap<string, infer One> ? One : never, string>;

export const XSD = 'http://www.w3.org/2001/XMLSchema';
export const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
export const XML = 'http://www.w3.org/XML/1998/namespace';
export const SOAP_ENC = 'http://schemas.xmlsoap.org/soap/encoding/';

/** A name in a namespace, `{namespace}name`. */
export type Name = string;

export function nameOf(uri: string, local: string): Name {
  return `{${uri}}${local}`;
}

export function uriOf(name: Name): string {
  return name.slice(1, name.lastIndexOf('}'));
}

export function localOf(name: Name): string {
  return name.slice(name.lastIndexOf('}') + 1);
}

export function attribute(node: Node, local: string, uri = ''): string | undefined {
  return node.attributes.find((one) => one.local === local && one.uri === uri)?.value.trim();
}

export function children(node: Node, uri: string, ...locals: readonly string[]): readonly Node[] {
  return node.children.filter(
    (one): one is Node =>
      typeof one === 'object' &&
      one.uri === uri &&
      (locals.length === 0 || locals.includes(one.local)),
  );
}

/** The name that a text means at a node; undefined where its prefix is not declared. */
export function nameAt(node: Node, written: string, ownUri = ''): Name | undefined {
  const colon = written.indexOf(':');
  const uri = node.scope.uriOf(colon < 0 ? '' : written.slice(0, colon));
  if (uri === undefined) return undefined;
  return nameOf(uri === '' ? ownUri : uri, written.slice(colon + 1));
}

export function placeOf(base: string, written: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(written)) return URL.parse(written)?.href ?? written;
  if (/^https?:/i.test(base)) return URL.parse(written, base)?.href ?? '';
  return resolve(dirname(base), written.replaceAll('\\', '/').replace(/#.*$/s, ''));
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
