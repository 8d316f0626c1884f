/** What calls send, feature by feature of XML Schema. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../kernel/index.ts';
import { bodyOf, callOf, opened, service } from '../test-service.ts';

const element = (inner: string): string =>
  `<xs:element name="In"><xs:complexType>${inner}</xs:complexType></xs:element>`;
const sequence = (inner: string): string => element(`<xs:sequence>${inner}</xs:sequence>`);
const IN = 'n0:In xmlns:n0="urn:t"';
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

test.each<[string, string, JsonObject, string]>([
  [
    'a group, and one within it',
    `<xs:group name="g"><xs:sequence><xs:element name="a" type="xs:int"/><xs:group ref="t:h"/></xs:sequence></xs:group><xs:group name="h"><xs:choice><xs:element name="b" type="xs:int"/><xs:element name="c" type="xs:int"/></xs:choice></xs:group>${element('<xs:group ref="t:g"/>')}`,
    { c: 2, a: 1 },
    `<${IN}><n0:a>1</n0:a><n0:c>2</n0:c></n0:In>`,
  ],
  [
    'a group of attributes, one that is fixed and one that is prohibited',
    `<xs:attributeGroup name="g"><xs:attribute name="a" type="xs:int"/><xs:attribute name="f" type="xs:string" fixed="x" use="required"/></xs:attributeGroup><xs:complexType name="B"><xs:attributeGroup ref="t:g"/></xs:complexType>${element('<xs:complexContent><xs:restriction base="t:B"><xs:attribute name="a" use="prohibited"/></xs:restriction></xs:complexContent>')}`,
    {},
    `<${IN} f="x"></n0:In>`,
  ],
  [
    'elements of any kind, all of them in any order',
    element(
      '<xs:all><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int" minOccurs="0"/></xs:all>',
    ),
    { b: 2, a: 1 },
    `<${IN}><n0:a>1</n0:a><n0:b>2</n0:b></n0:In>`,
  ],
  [
    'a list of a simple type',
    `<xs:simpleType name="L"><xs:list itemType="xs:int"/></xs:simpleType>${sequence('<xs:element name="l" type="t:L"/>')}`,
    { l: [1, 2] },
    `<${IN}><n0:l>1 2</n0:l></n0:In>`,
  ],
  [
    'a union takes what its members take',
    `<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:boolean"/></xs:simpleType>${sequence('<xs:element name="u" type="t:U" maxOccurs="2"/>')}`,
    { u: [1, true] },
    `<${IN}><n0:u>1</n0:u><n0:u>true</n0:u></n0:In>`,
  ],
  [
    'an extension of simple content',
    `<xs:complexType name="M"><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="cur" type="xs:string" use="required"/></xs:extension></xs:simpleContent></xs:complexType>${sequence('<xs:element name="m" type="t:M"/>')}`,
    { m: { '@cur': 'CHF', '#text': 1.5 } },
    `<${IN}><n0:m cur="CHF">1.5</n0:m></n0:In>`,
  ],
  [
    'what a type extends comes first',
    `<xs:complexType name="B"><xs:sequence><xs:element name="b" type="xs:int"/></xs:sequence></xs:complexType>${element('<xs:complexContent><xs:extension base="t:B"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent>')}`,
    { a: 1, b: 2 },
    `<${IN}><n0:b>2</n0:b><n0:a>1</n0:a></n0:In>`,
  ],
  [
    'an element and a type of the same name',
    `<xs:complexType name="In"><xs:sequence><xs:element ref="t:In" minOccurs="0"/><xs:element name="x" type="xs:int"/></xs:sequence></xs:complexType><xs:element name="In" type="t:In"/>`,
    { x: 1, In: { x: 2 } },
    `<${IN}><n0:In><n0:x>2</n0:x></n0:In><n0:x>1</n0:x></n0:In>`,
  ],
  [
    'a type that may stand for another says so where it is one of several, and not by itself',
    `<xs:complexType name="B"><xs:sequence/></xs:complexType><xs:complexType name="D"><xs:complexContent><xs:extension base="t:B"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>${sequence('<xs:element name="b" type="t:B"/><xs:element name="d" type="t:D"/>')}`,
    { b: { '@xsi:type': 'D', x: 1 }, d: { x: 2 } },
    `<${IN} ${XSI}><n0:b xsi:type="n0:D"><n0:x>1</n0:x></n0:b><n0:d><n0:x>2</n0:x></n0:d></n0:In>`,
  ],
])('%s', (_what, schema, values, xml) => {
  expect(bodyOf(opened(service({ schema })), values).replaceAll('/>', '></n0:In>')).toBe(xml);
});

test('a redefinition takes the place of what it redefines, and begins with it', () => {
  const a =
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"><xs:complexType name="T"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType></xs:schema>';
  const schema = `<xs:redefine schemaLocation="a.xsd"><xs:complexType name="T"><xs:complexContent><xs:extension base="t:T"><xs:sequence><xs:element name="b" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:redefine><xs:element name="In" type="t:T"/>`;
  const api = opened(service({ schema }), { 'a.xsd': a });
  expect(bodyOf(api, { b: 2, a: 1 })).toBe(`<${IN}><n0:a>1</n0:a><n0:b>2</n0:b></n0:In>`);
});

test('what is included without a namespace is in that of the includer', () => {
  const a =
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"><xs:element name="In" type="T"/><xs:complexType name="T"><xs:sequence><xs:element name="a" type="S"/></xs:sequence></xs:complexType><xs:simpleType name="S"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>';
  const api = opened(service({ schema: '<xs:include schemaLocation="a.xsd"/>' }), { 'a.xsd': a });
  expect(bodyOf(api, { a: 1 })).toBe(`<${IN}><n0:a>1</n0:a></n0:In>`);
});

test('several schemas of one namespace, without a word of where the others are', () => {
  const more =
    '<xs:schema targetNamespace="urn:o"><xs:import namespace="urn:t"/><xs:element name="o" type="xs:int"/></xs:schema><xs:schema targetNamespace="urn:o"><xs:element name="p" type="xs:int"/></xs:schema>';
  const schema = `<xs:import namespace="urn:o"/>${sequence('<xs:element xmlns:o="urn:o" ref="o:o"/><xs:element xmlns:o="urn:o" ref="o:p"/>')}`;
  expect(bodyOf(opened(service({ schema, schemas: more })), { o: 1, p: 2 })).toBe(
    `<${IN} xmlns:n2="urn:o"><n2:o>1</n2:o><n2:p>2</n2:p></n0:In>`,
  );
});

test.each([1999, '2000/10'])('the draft of %s is read as the recommendation', (year) => {
  const draft = `<d:schema xmlns:d="http://www.w3.org/${year}/XMLSchema" targetNamespace="urn:t"><d:element name="In"><d:complexType><d:all><d:element name="a" type="d:int"/><d:element name="b" type="string"/></d:all></d:complexType></d:element></d:schema>`;
  const api = opened(service({ schemas: draft }));
  expect(callOf(api).input).toMatchObject({
    properties: { a: { type: 'integer' }, b: { type: 'string' } },
  });
  expect(bodyOf(api, { a: 1, b: 'x' })).toBe(`<${IN}><a>1</a><b>x</b></n0:In>`);
});

test.each<[string, string, JsonObject]>([
  [
    'any element',
    '<xs:any processContents="lax"/>',
    { examples: ['<example xmlns="urn:example"/>'] },
  ],
  [
    'one of the same namespace',
    '<xs:any namespace="##targetNamespace" processContents="lax"/>',
    { description: 'XML of one element, with its namespace. Of namespace "urn:t".' },
  ],
  [
    'one of another that is declared',
    '<xs:any namespace="##other"/>',
    { examples: ['<o xmlns="urn:o">text</o>'] },
  ],
])('a wildcard for %s says what fits', (_what, any, said) => {
  const more =
    '<xs:schema targetNamespace="urn:o"><xs:element name="o" type="xs:string"/></xs:schema>';
  const api = opened(service({ schema: sequence(any), schemas: more }));
  expect(callOf(api).input).toMatchObject({ properties: { any: said }, required: ['any'] });
});
