/** Places of a model where other elements may stand (XML Schema 1.0, section 3.10). */
import { XSD } from '../wsdl/namespaces.ts';
import { attributeOf, qnameIn, type XmlElement } from '../xml/element.ts';
import { escapeAttribute } from '../xml/write.ts';
import type { Component, SchemaContext, SchemaIndex } from './schema-index.ts';

export interface Wildcard {
  /** Namespaces that are allowed, in words; undefined for all. */
  readonly allows: string | undefined;
  /** An element that fits, as XML; '' where none is known, undefined where any fits. */
  readonly example: string | undefined;
}

const MAX_SEARCHED = 2000;

/** @param node an `any` */
export function wildcardOf(
  node: XmlElement,
  { targetUri }: SchemaContext,
  index: SchemaIndex,
): Wildcard {
  const written = attributeOf(node, 'namespace')?.trim() ?? '##any';
  const isStrict = (attributeOf(node, 'processContents') ?? 'strict').trim() === 'strict';
  const isOther = written === '##other';
  const uris = written
    .split(/\s+/)
    .map((one) => (one === '##targetNamespace' ? targetUri : one === '##local' ? '' : one));
  const isAny = written === '##any' || written === '';
  const fits = (uri: string): boolean =>
    isAny || (isOther ? uri !== targetUri && uri !== '' : uris.includes(uri));
  const allows = isAny
    ? undefined
    : isOther
      ? `any namespace but "${targetUri}"`
      : `namespace ${uris.map((one) => `"${one}"`).join(' or ')}`;
  if (isStrict) return { allows: said(allows), example: declaredIn(index, fits) ?? '' };
  const [first = ''] = uris;
  return { allows, example: isAny || isOther ? undefined : exampleOf(first) };
}

function said(allows: string | undefined): string {
  return `${allows ?? 'any namespace'}, an element that its schema declares`;
}

/** The first element of plain text that the schemas declare in a namespace that fits. */
function declaredIn(index: SchemaIndex, fits: (uri: string) => boolean): string | undefined {
  let count = 0;
  for (const one of index.elements.values()) {
    if (++count > MAX_SEARCHED) return undefined;
    if (!fits(one.name.uri) || !isText(one)) continue;
    return `<${one.name.local} xmlns="${escapeAttribute(one.name.uri)}">text</${one.name.local}>`;
  }
  return undefined;
}

function isText({ node }: Component): boolean {
  const written = attributeOf(node, 'type');
  const type = written === undefined ? undefined : qnameIn(node, written);
  return type?.uri === XSD && type.local === 'string' && attributeOf(node, 'abstract') !== 'true';
}

function exampleOf(uri: string): string {
  return uri === '' ? '<example xmlns=""/>' : `<example xmlns="${escapeAttribute(uri)}"/>`;
}
