/** The schemas of a service as files that validators read: nothing of them is changed but where they are. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Declared, Missing, Schema } from './declared.ts';
import {
  attribute,
  children,
  escaped,
  localOf,
  nameAt,
  nameOf,
  placeOf,
  SOAP_ENC,
  uriOf,
  XML,
  XSD,
  type Node,
} from './trees.ts';

const XML_SCHEMA = `<xs:schema xmlns:xs="${XSD}" targetNamespace="${XML}"><xs:attribute name="lang" type="xs:string"/><xs:attribute name="base" type="xs:anyURI"/><xs:attribute name="space" type="xs:string"/><xs:attribute name="id" type="xs:ID"/></xs:schema>`;

const SIMPLE =
  'string boolean float double decimal integer int long short byte unsignedInt unsignedLong unsignedShort unsignedByte positiveInteger nonNegativeInteger negativeInteger nonPositiveInteger date dateTime time duration base64Binary hexBinary anyURI QName token NMTOKEN Name NCName language normalizedString';

/** What of section 5 of SOAP 1.1 messages are validated against. */
const ENCODING_SCHEMA = `<xs:schema xmlns:xs="${XSD}" xmlns:e="${SOAP_ENC}" targetNamespace="${SOAP_ENC}"><xs:attribute name="arrayType" type="xs:string"/><xs:attribute name="offset" type="xs:string"/><xs:attribute name="position" type="xs:string"/><xs:attributeGroup name="commonAttributes"><xs:attribute name="id" type="xs:ID"/><xs:attribute name="href" type="xs:anyURI"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:attributeGroup><xs:attributeGroup name="arrayAttributes"><xs:attribute ref="e:arrayType"/><xs:attribute ref="e:offset"/></xs:attributeGroup><xs:complexType name="Array"><xs:sequence><xs:any namespace="##any" minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence><xs:attributeGroup ref="e:arrayAttributes"/><xs:attributeGroup ref="e:commonAttributes"/></xs:complexType><xs:element name="Array" type="e:Array"/><xs:complexType name="Struct"><xs:sequence><xs:any namespace="##any" minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence><xs:attributeGroup ref="e:commonAttributes"/></xs:complexType>${SIMPLE.split(
  ' ',
)
  .map(
    (one) =>
      `<xs:complexType name="${one}"><xs:simpleContent><xs:extension base="xs:${one}"><xs:attributeGroup ref="e:commonAttributes"/></xs:extension></xs:simpleContent></xs:complexType>`,
  )
  .join(
    '',
  )}<xs:simpleType name="base64"><xs:restriction base="xs:base64Binary"/></xs:simpleType></xs:schema>`;

/** Elements around messages, written by the judge: a schema's inner text and its namespace. */
export interface Calls {
  readonly uri: string;
  readonly inner: string;
}

/** Writes all below a folder. @returns the file that leads to them */
export function writeSchemas({ schemas, missing }: Declared, calls: Calls, folder: string): string {
  const byUri = new Map<string, number[]>();
  for (const [at, { node, targets, isIncluded }] of schemas.entries()) {
    const own = attribute(node, 'targetNamespace');
    for (const uri of own === undefined ? targets : [own]) {
      const known = byUri.get(uri) ?? [];
      byUri.set(uri, isIncluded ? known : [...known, at]);
    }
  }
  for (const { name } of missing) if (!byUri.has(uriOf(name))) byUri.set(uriOf(name), []);
  const given = [
    { uri: XML, text: XML_SCHEMA },
    { uri: SOAP_ENC, text: ENCODING_SCHEMA },
  ];
  for (const { uri } of given) byUri.delete(uri);
  const uris = [...byUri.keys()];
  const imports = [
    ...uris.map((uri, at) => ({ uri, file: `u${at}.xsd` })),
    ...given.map(({ uri }, at) => ({ uri, file: `g${at}.xsd` })),
  ];
  for (const [at, { text }] of given.entries()) writeFileSync(join(folder, `g${at}.xsd`), text);
  for (const [at, schema] of schemas.entries()) {
    writeFileSync(join(folder, `s${at}.xsd`), written(schema, schemas, imports));
  }
  for (const [at, uri] of uris.entries()) {
    const includes = (byUri.get(uri) ?? []).map(
      (one) => `<xs:include schemaLocation="s${one}.xsd"/>`,
    );
    const stubs = missing.filter(({ name }) => uriOf(name) === uri).map(stubOf);
    const target = uri === '' ? '' : ` targetNamespace="${escaped(uri)}"`;
    writeFileSync(
      join(folder, `u${at}.xsd`),
      `<xs:schema xmlns:xs="${XSD}"${target}>${includes.join('')}${stubs.join('')}</xs:schema>`,
    );
  }
  const main = join(folder, 'main.xsd');
  writeFileSync(
    main,
    `<xs:schema xmlns:xs="${XSD}" targetNamespace="${calls.uri}">${imports.map((one) => importOf(one, 'xs')).join('')}${calls.inner}</xs:schema>`,
  );
  return main;
}

/** What was not to be had takes anything, as far as its place allows. */
function stubOf({ name, kind }: Missing): string {
  const local = escaped(localOf(name));
  switch (kind) {
    case 'element':
      return `<xs:element name="${local}"/>`;
    case 'attribute':
      return `<xs:attribute name="${local}"/>`;
    case 'simple':
      return `<xs:simpleType name="${local}"><xs:restriction base="xs:string"/></xs:simpleType>`;
    case 'group':
      return `<xs:group name="${local}"><xs:sequence><xs:any minOccurs="0" processContents="skip"/></xs:sequence></xs:group>`;
    case 'attributeGroup':
      return `<xs:attributeGroup name="${local}"/>`;
    case 'base':
      return `<xs:complexType name="${local}"><xs:sequence/><xs:anyAttribute processContents="skip"/></xs:complexType>`;
    case 'type':
      return `<xs:complexType name="${local}" mixed="true"><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType>`;
  }
}

interface Import {
  readonly uri: string;
  readonly file: string;
}

function importOf({ uri, file }: Import, prefix: string): string {
  const namespace = uri === '' ? '' : ` namespace="${escaped(uri)}"`;
  return `<${prefix}:import${namespace} schemaLocation="${file}"/>`;
}

function declarationsOf(prefixes: ReadonlyMap<string, string>): string {
  return [...prefixes]
    .map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escaped(uri)}"`)
    .join('');
}

/** A prefix of the judge's own, so that names of the schema keep theirs. */
const OWN = 'judge-xs';

function written(
  { node, locations, prefixes }: Schema,
  schemas: readonly Schema[],
  imports: readonly Import[],
): string {
  const own = attribute(node, 'targetNamespace') ?? '';
  const all = imports.filter(({ uri }) => uri !== own).map((one) => importOf(one, OWN));
  const inner = node.children.map((one) =>
    typeof one === 'string' ? '' : innerOf(one, locations[0] ?? '', schemas),
  );
  return `<${OWN}:schema xmlns:${OWN}="${XSD}"${declarationsOf(prefixes)}${attributesOf(node)}>${all.join('')}${inner.join('')}</${OWN}:schema>`;
}

function innerOf(node: Node, location: string, schemas: readonly Schema[]): string {
  if (isSchemaReference(node)) return anySchemaOf(node);
  if (node.uri !== XSD || node.local === 'annotation' || node.local === 'import') return '';
  let attributes = attributesOf(node);
  if (node.local === 'include' || node.local === 'redefine') {
    const place = placeOf(location, attribute(node, 'schemaLocation') ?? '');
    const at = schemas.findIndex(({ locations }) => locations.includes(place));
    if (at < 0) return '';
    attributes = ` schemaLocation="s${at}.xsd"`;
  }
  const inner = node.children.map((one) =>
    typeof one === 'string' ? '' : innerOf(one, location, schemas),
  );
  if (isBareArray(node)) inner.unshift(ANY_ITEMS);
  return `<${OWN}:${node.local}${declarationsOf(node.scope.own)}${attributes}>${inner.join('')}</${OWN}:${node.local}>`;
}

/** By WSDL 1.1, section 2.2, an array says its items by an attribute only, which no validator knows. */
function isBareArray(node: Node): boolean {
  const written = node.local === 'restriction' ? attribute(node, 'base') : undefined;
  const isArray = written !== undefined && nameAt(node, written) === nameOf(SOAP_ENC, 'Array');
  return isArray && children(node, XSD, 'sequence', 'all', 'choice', 'group').length === 0;
}

const ANY_ITEMS = `<${OWN}:sequence><${OWN}:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></${OWN}:sequence>`;

/** Whether a whole schema stands there, as in messages that bring their own; no validator has one for those. */
function isSchemaReference(node: Node): boolean {
  const written = node.local === 'element' ? attribute(node, 'ref') : undefined;
  return written !== undefined && nameAt(node, written) === nameOf(XSD, 'schema');
}

function anySchemaOf(node: Node): string {
  const counts = node.attributes
    .filter(({ local }) => local === 'minOccurs' || local === 'maxOccurs')
    .map(({ local, value }) => ` ${local}="${value}"`);
  return `<${OWN}:any namespace="${XSD}" processContents="skip"${counts.join('')}/>`;
}

function attributesOf(node: Node): string {
  return node.attributes
    .filter(({ uri }) => uri === '')
    .map(({ local, value }) => ` ${local}="${escaped(value)}"`)
    .join('');
}
