import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openSoap } from './offline.ts';
import { parseXml, DOCUMENT_LIMITS, isXmlFault } from './xml/parse.ts';
import { rawXml } from './encode/raw-xml.ts';
import { faultReply } from './decode/fault.ts';
import { simpleText } from './encode/simple-text.ts';
import { jsPattern } from './shape/pattern.ts';
import { effectsOf } from './compile/effects.ts';

const NS =
  'xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"';

/** A service with one operation whose input is the element `In` of the given schema. */
function wsdl(schema: string): string {
  return `<w:definitions ${NS} targetNamespace="urn:t"><w:types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">${schema}</xs:schema></w:types><w:message name="m"><w:part name="p" element="t:In"/></w:message><w:portType name="pt"><w:operation name="getIt"><w:input message="t:m"/><w:output message="t:m"/></w:operation></w:portType><w:binding name="b" type="t:pt"><s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/><w:operation name="getIt"><s:operation soapAction="urn:a"/><w:input><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output></w:operation></w:binding><w:service name="S"><w:port name="P" binding="t:b"><s:address location="http://127.0.0.1:9/"/></w:port></w:service></w:definitions>`;
}

function opened(text: string) {
  const api = openSoap({ location: '/x/a.wsdl', bytes: Buffer.from(text) }, () => 'not there');
  if (typeof api === 'string') throw new Error(api);
  const [operation] = api.operations;
  const call = operation === undefined ? 'nothing' : api.callOf(operation);
  if (typeof call === 'string') throw new Error(call);
  return call;
}

function body(schema: string, values: Record<string, never>): string {
  const made = opened(wsdl(schema)).write(values);
  return 'body' in made ? made.body : `FAULT ${made.fault}`;
}

const element = (inner: string): string =>
  `<xs:element name="In"><xs:complexType>${inner}</xs:complexType></xs:element>`;

test.each<[string, string, object, string]>([
  [
    'order is restored and texts are escaped',
    element(
      '<xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int"/></xs:sequence>',
    ),
    { b: 1, a: '<&>' },
    '<n0:In xmlns:n0="urn:t"><n0:a>&lt;&amp;&gt;</n0:a><n0:b>1</n0:b></n0:In>',
  ],
  [
    'a group that repeats takes its values in turn',
    element(
      '<xs:sequence maxOccurs="unbounded"><xs:element name="k" type="xs:string"/><xs:element name="v" type="xs:string"/></xs:sequence>',
    ),
    { v: ['1', '2'], k: ['a', 'b'] },
    '<n0:In xmlns:n0="urn:t"><n0:k>a</n0:k><n0:v>1</n0:v><n0:k>b</n0:k><n0:v>2</n0:v></n0:In>',
  ],
  [
    'nil and forms of single elements',
    element(
      '<xs:sequence><xs:element name="a" type="xs:string" nillable="true"/><xs:element name="b" type="xs:string" form="unqualified"/></xs:sequence>',
    ),
    { a: null, b: 'x' },
    '<n0:In xmlns:n0="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><n0:a xsi:nil="true"/><b>x</b></n0:In>',
  ],
  [
    'one of a choice is needed',
    element(
      '<xs:choice><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:choice>',
    ),
    {},
    'FAULT a: one of a, b must be given.',
  ],
  [
    'members of a substitution group are choices',
    `<xs:element name="h" abstract="true" type="xs:string"/><xs:element name="m1" substitutionGroup="t:h" type="xs:string"/><xs:element name="m2" substitutionGroup="t:h" type="xs:string"/>${element('<xs:sequence><xs:element ref="t:h"/></xs:sequence>')}`,
    { m2: 'x' },
    '<n0:In xmlns:n0="urn:t"><n0:m2>x</n0:m2></n0:In>',
  ],
  [
    'a derived type is told by its name',
    `<xs:complexType name="B" abstract="true"><xs:sequence/></xs:complexType><xs:complexType name="D"><xs:complexContent><xs:extension base="t:B"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>${element('<xs:sequence><xs:element name="b" type="t:B"/></xs:sequence>')}`,
    { b: { '@xsi:type': 'D', x: 1 } },
    '<n0:In xmlns:n0="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><n0:b xsi:type="n0:D"><n0:x>1</n0:x></n0:b></n0:In>',
  ],
])('%s', (_what, schema, values, xml) => {
  expect(body(schema, values as Record<string, never>)).toBe(xml);
});

describe('hostile documents', () => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>';
  test.each<[string, string, RegExp]>([
    ['an entity bomb', bomb, /document type/],
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      /document type/,
    ],
    ['an entity that nobody declared', '<a>&x;</a>', /entity/],
    ['depth', '<a>'.repeat(300), /200 levels/],
    ['a huge attribute', `<a b="${'x'.repeat(70_000)}"/>`, /too long/],
    [
      'many attributes',
      `<a ${Array.from({ length: 300 }, (_, at) => `a${at}=""`).join(' ')}/>`,
      /too many/,
    ],
  ])('%s is refused', (_what, text, why) => {
    const read = parseXml(text, DOCUMENT_LIMITS);
    expect(isXmlFault(read) ? read.text : 'taken').toMatch(why);
  });

  test.each([
    [
      'a type that is its own base',
      '<xs:complexType name="T"><xs:complexContent><xs:extension base="t:T"/></xs:complexContent></xs:complexType>',
    ],
    [
      'types that are bases of each other',
      '<xs:complexType name="T"><xs:complexContent><xs:extension base="t:U"/></xs:complexContent></xs:complexType><xs:complexType name="U"><xs:complexContent><xs:extension base="t:T"/></xs:complexContent></xs:complexType>',
    ],
    [
      'a group that holds itself',
      '<xs:group name="g"><xs:sequence><xs:group ref="t:g"/></xs:sequence></xs:group><xs:complexType name="T"><xs:group ref="t:g"/></xs:complexType>',
    ],
    [
      'attribute groups in a ring',
      '<xs:attributeGroup name="g"><xs:attributeGroup ref="t:g"/></xs:attributeGroup><xs:complexType name="T"><xs:attributeGroup ref="t:g"/></xs:complexType>',
    ],
    [
      'a simple type below itself',
      '<xs:simpleType name="T"><xs:restriction base="t:T"/></xs:simpleType>',
    ],
    [
      'a type within itself',
      '<xs:complexType name="T"><xs:sequence><xs:element name="t" type="t:T" minOccurs="0"/></xs:sequence></xs:complexType>',
    ],
  ])('%s is contained', (_what, schema) => {
    const call = opened(
      wsdl(
        `${schema}${element('<xs:sequence><xs:element name="a" type="t:T" minOccurs="0"/></xs:sequence>')}`,
      ),
    );
    expect(JSON.stringify(call.input).length).toBeLessThan(2000);
  });

  test('imports in a ring are read once, and none is asked for that is not listed', () => {
    const asked: string[] = [];
    const ring =
      '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="a.xsd"/><xs:import namespace="urn:o" schemaLocation="http://127.0.0.1:9/o.xsd"/></xs:schema>';
    const main = wsdl(`<xs:include schemaLocation="a.xsd"/>${element('<xs:sequence/>')}`);
    const api = openSoap({ location: '/x/a.wsdl', bytes: Buffer.from(main) }, (location) => {
      asked.push(location);
      if (location.startsWith('http')) return 'addresses elsewhere are not read';
      return location === '/x/a.xsd' ? Buffer.from(ring) : 'there is no such file';
    });
    expect(asked).toEqual(['/x/a.xsd', 'http://127.0.0.1:9/o.xsd', '/x/o.xsd']);
    expect(typeof api === 'string' ? api : api.skipped.map(({ why }) => why)).toEqual([
      'It was not loaded: addresses elsewhere are not read',
    ]);
  });

  test('XML of a caller cannot leave its place', () => {
    expect(rawXml('</r><x/><r>')).toBeUndefined();
    expect(rawXml('<!DOCTYPE a><a/>')).toBeUndefined();
    expect(rawXml('<a b="1">x</a>')).toBe('<a xmlns="" b="1">x</a>');
  });
});

test('a fault of SOAP 1.2 says which argument is wrong', () => {
  const env = 'http://www.w3.org/2003/05/soap-envelope';
  const fault = parseXml(
    `<e:Fault xmlns:e="${env}"><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text xml:lang="en">sku is unknown</e:Text></e:Reason></e:Fault>`,
    DOCUMENT_LIMITS,
  );
  if (isXmlFault(fault)) throw new Error(fault.text);
  const reply = { kind: 'answer', status: '200', body: { kind: 'none' }, nextUrl: '' } as const;
  const context = { wires: new Set(['sku', 'count']), declared: () => undefined };
  expect(faultReply(fault, reply, context)).toMatchObject({
    class: 'invalid',
    complaints: [{ wire: 'sku', text: 'sku is unknown' }],
  });
});

test.each<[unknown, string, string]>([
  [1e21, 'decimal', '1000000000000000000000'],
  [1e-7, 'decimal', '0.0000001'],
  [1e-7, 'double', '1e-7'],
  [true, 'boolean', 'true'],
])('%s as %s is %s', (value, xsd, text) => {
  expect(simpleText(value as number, { kind: 'simple', json: 'number', xsd })).toBe(text);
});

test.each([
  ['[A-Z]{2}', '^(?:[A-Z]{2})$'],
  ['a$', String.raw`^(?:a\$)$`],
  [String.raw`\i\c*`, String.raw`^(?:[\p{L}_:][\p{L}\p{N}._:-]*)$`],
  ['[a-z-[aeiou]]', undefined],
])('pattern %s', (xsd, pattern) => expect(jsPattern(xsd)).toBe(pattern));

test.each([
  ['GetOrder', 'read'],
  ['DeleteOrder', 'destroy'],
  ['CreateOrder', 'write'],
  ['GetAndDelete', 'destroy'],
  ['Frobnicate', 'destroy'],
])('%s: %s', (name, effect) => expect(effectsOf(name).effect).toBe(effect));

test('the WSDL of the example and what it imports are read', () => {
  const path = fileURLToPath(new URL('../../../../examples/soap/stock.wsdl', import.meta.url));
  const api = openSoap({ location: path, bytes: readFileSync(path) }, (one) => readFileSync(one));
  expect(typeof api === 'string' ? api : api.operations.map(({ title }) => title)).toEqual([
    'GetArticle',
    'PlaceOrder',
  ]);
});
