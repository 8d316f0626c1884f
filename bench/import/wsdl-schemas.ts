/** The schemas of a WSDL as files that xmllint reads: nothing of them is changed but where they are. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OfflineSoap } from '../../gateway/src/upstreams/index.ts';

type Schema = OfflineSoap['schemas'][number];
type Node = Schema['node'];

const XSD = 'http://www.w3.org/2001/XMLSchema';

/** Writes them below a folder. @returns the file that leads to all */
export function writeSchemas(
  schemas: readonly Schema[],
  stubs: readonly Missing[],
  folder: string,
): string {
  const byUri = new Map<string, number[]>();
  for (const [at, { node }] of schemas.entries()) {
    const uri = targetOf(node);
    if (uri !== undefined || !isIncluded(schemas, at))
      byUri.set(uri ?? '', [...(byUri.get(uri ?? '') ?? []), at]);
  }
  for (const { uri } of stubs) if (!byUri.has(uri)) byUri.set(uri, []);
  byUri.delete(XML);
  writeFileSync(join(folder, 'xml.xsd'), XML_SCHEMA);
  const uris = [...byUri.keys()];
  for (const [at, { node }] of schemas.entries()) {
    writeFileSync(
      join(folder, `s${at}.xsd`),
      written(node, schemas, schemas[at]?.location ?? '', uris),
    );
  }
  for (const [at, uri] of uris.entries()) {
    const includes = (byUri.get(uri) ?? []).map(
      (one) => `<xs:include schemaLocation="s${one}.xsd"/>`,
    );
    const target = uri === '' ? '' : ` targetNamespace="${escaped(uri)}"`;
    writeFileSync(
      join(folder, `u${at}.xsd`),
      `<xs:schema xmlns:xs="${XSD}"${target}>${includes.join('')}${stubs
        .filter((one) => one.uri === uri)
        .map(stubOf)
        .join('')}</xs:schema>`,
    );
  }
  const imports = uris.map((uri, at) => importOf(uri, `u${at}.xsd`));
  const main = join(folder, 'main.xsd');
  writeFileSync(
    main,
    `<xs:schema xmlns:xs="${XSD}" targetNamespace="urn:main">${imports.join('')}</xs:schema>`,
  );
  return main;
}

/** A component that was not to be had. */
export interface Missing {
  readonly uri: string;
  readonly local: string;
  readonly kind: string;
}

const XML = 'http://www.w3.org/XML/1998/namespace';
const XML_SCHEMA = `<xs:schema xmlns:xs="${XSD}" targetNamespace="${XML}"><xs:attribute name="lang" type="xs:string"/><xs:attribute name="base" type="xs:anyURI"/><xs:attribute name="space" type="xs:string"/><xs:attribute name="id" type="xs:ID"/></xs:schema>`;

/** What was not to be had takes anything. */
function stubOf({ local, kind }: Missing): string {
  if (kind === 'namespace') return '';
  if (kind === 'element') return `<xs:element name="${local}"/>`;
  if (kind === 'attribute') return `<xs:attribute name="${local}"/>`;
  if (kind === 'simple')
    return `<xs:simpleType name="${local}"><xs:restriction base="xs:string"/></xs:simpleType>`;
  if (kind === 'group')
    return `<xs:group name="${local}"><xs:sequence><xs:any minOccurs="0" processContents="skip"/></xs:sequence></xs:group>`;
  return `<xs:complexType name="${local}" mixed="true"><xs:sequence/><xs:anyAttribute processContents="skip"/></xs:complexType>`;
}

function importOf(uri: string, file: string): string {
  return `<xs:import${uri === '' ? '' : ` namespace="${escaped(uri)}"`} schemaLocation="${file}"/>`;
}

function targetOf(node: Node): string | undefined {
  return node.attributes.find(({ local }) => local === 'targetNamespace')?.value;
}

/** A schema without a namespace that others include is part of them. */
function isIncluded(schemas: readonly Schema[], at: number): boolean {
  const { location } = schemas[at] ?? { location: '' };
  const name = location.split('/').at(-1) ?? '';
  return schemas.some(({ node }) =>
    node.children.some(
      (child) =>
        typeof child === 'object' && child.local === 'include' && locationOf(child).endsWith(name),
    ),
  );
}

function locationOf(node: Node): string {
  return node.attributes.find(({ local }) => local === 'schemaLocation')?.value ?? '';
}

/** Prefixes that are declared where a node stands. */
function prefixesOf(node: Node): ReadonlyMap<string, string> {
  const prefixes = new Map<string, string>();
  for (
    let scope: Node['scope'] | undefined = node.scope;
    scope !== undefined;
    scope = scope.parent
  ) {
    for (const [prefix, uri] of scope.own) if (!prefixes.has(prefix)) prefixes.set(prefix, uri);
  }
  return prefixes;
}

function declarationOf(prefix: string, uri: string): string {
  return ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escaped(uri)}"`;
}

function written(
  node: Node,
  schemas: readonly Schema[],
  location: string,
  uris: readonly string[],
): string {
  const declared = [...prefixesOf(node)].map(([prefix, uri]) => declarationOf(prefix, uri));
  const own = targetOf(node) ?? '';
  const imports = uris.flatMap((uri, at) =>
    uri === own ? [] : [importOf(uri, `u${at}.xsd`).replaceAll('xs:', 'x:')],
  );
  imports.push(importOf(XML, 'xml.xsd').replaceAll('xs:', 'x:'));
  const write = (one: Node, isRoot: boolean): string => {
    if (one.uri === XSD && (one.local === 'annotation' || one.local === 'import')) return '';
    let attributes = one.attributes
      .filter(({ uri }) => uri === '')
      .map((a) => ({ name: a.local, value: a.value }));
    if (one.uri === XSD && (one.local === 'include' || one.local === 'redefine')) {
      const name = locationOf(one).split('/').at(-1) ?? '';
      const at = schemas.findIndex(
        (s) => s.location !== location && s.location.endsWith(`/${name}`),
      );
      if (at < 0) return '';
      attributes = [{ name: 'schemaLocation', value: `s${at}.xsd` }];
    }
    const text = attributes.map(({ name, value }) => ` ${name}="${escaped(value)}"`).join('');
    const prefixed = isRoot
      ? declared.join('')
      : [...one.scope.own].map(([prefix, uri]) => declarationOf(prefix, uri)).join('');
    const inner = one.children
      .map((child) => (typeof child === 'string' ? '' : write(child, false)))
      .join('');
    return one.uri === XSD
      ? `<x:${one.local}${isRoot ? ` xmlns:x="${XSD}"` : ''}${prefixed}${text}>${isRoot ? inserted(one, inner) : inner}</x:${one.local}>`
      : '';
  };
  // Imports stand after includes, before all else.
  const inserted = (_root: Node, inner: string): string => imports.join('') + inner;
  return write(node, true);
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
