/** Which operations a WSDL has, and what stands in their messages. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kernel/index.ts';
import { binding, bodyOf, bound, callOf, opened, ports, service } from '../test-service.ts';

const IN = '<xs:element name="In" type="xs:int"/>';
const ADDRESS = '<s:address location="http://127.0.0.1:9/"/>';
const PORT = `<w:port name="P" binding="t:b">${ADDRESS}</w:port>`;

/** Names of operations and addresses, what is left out, and how many things were mended. */
function seen(rest: string, portType?: string) {
  const text = service({ schema: IN, rest, ...(portType === undefined ? {} : { portType }) });
  const api = opened(text);
  return {
    has: api.operations.map((one) => `${one.key} ${callOf(api, one.title).soap.address}`),
    lacks: api.skipped.map(({ why }) => why),
  };
}

describe('ports', () => {
  const http = 'http://127.0.0.1:9/';
  test.each<[string, string, readonly string[], readonly RegExp[]]>([
    ['one port', binding(bound('Do')) + ports(PORT), [`soap:S.Do ${http}`], []],
    ['no service', binding(bound('Do')), ['soap:.Do '], []],
    [
      'a port in the wrong namespace',
      binding(bound('Do')) + ports(PORT.replace('t:b', 'w:b')),
      [`soap:S.Do ${http}`],
      [],
    ],
    [
      'a port with a prefix that is not declared',
      binding(bound('Do')) + ports(PORT.replace('t:b', 'nobody:b')),
      [`soap:S.Do ${http}`],
      [],
    ],
    [
      'a port that names a binding which is not there, where one is left',
      binding(bound('Do')) + ports(PORT.replace('t:b', 't:other')),
      [`soap:S.Do ${http}`],
      [],
    ],
    [
      'two ports for one port type are one set of tools',
      binding(bound('Do')) +
        binding(bound('Do', 's12'), 'b12', 's12') +
        ports(
          `${PORT}<w:port name="P12" binding="t:b12"><s12:address location="http://127.0.0.1:8/"/></w:port>`,
        ),
      [`soap:S.Do ${http}`],
      [],
    ],
    [
      'a port that is not spoken over HTTP stands back',
      binding(bound('Do'), 'b', 's', 'http://www.w3.org/2010/soapjms/') +
        binding(bound('Do'), 'b2') +
        ports(
          `<w:port name="J" binding="t:b">${ADDRESS}</w:port><w:port name="H" binding="t:b2">${ADDRESS}</w:port>`,
        ),
      [`soap:S.Do ${http}`],
      [/not spoken over HTTP/],
    ],
    [
      'SOAP 1.2 alone',
      binding(bound('Do', 's12'), 'b', 's12') +
        ports(
          '<w:port name="P" binding="t:b"><s12:address location="http://127.0.0.1:8/"/></w:port>',
        ),
      ['soap:S.Do http://127.0.0.1:8/'],
      [],
    ],
    [
      'two services for one port type are one set of tools',
      binding(bound('Do')) + ports(PORT) + ports(PORT, 'S2'),
      [`soap:S.Do ${http}`],
      [],
    ],
  ])('%s', (_what, rest, has, lacks) => {
    const found = seen(rest);
    expect(found.has).toEqual(has);
    expect(found.lacks).toEqual(lacks.map((one) => expect.stringMatching(one)));
  });
});

test('of operations with one name each has the message whose name the binding says', () => {
  const portType =
    '<w:operation name="Do"><w:input name="one" message="t:m"/></w:operation><w:operation name="Do"><w:input name="two" message="t:m2"/></w:operation>';
  const messages = '<w:message name="m2"><w:part name="p" element="t:Other"/></w:message>';
  const rest =
    messages +
    binding(bound('Do', 's', ' name="two"') + bound('Do', 's', ' name="one"')) +
    ports(PORT);
  const schema = `${IN}<xs:element name="Other" type="xs:string"/>`;
  const api = opened(service({ schema, portType, rest }));
  const calls = api.operations.map((one) => {
    const call = api.callOf(one);
    return typeof call === 'string' ? call : Object.keys(Object(call.input['properties']));
  });
  expect(calls).toEqual([['Other'], ['In']]);
  expect(new Set(api.operations.map(({ name }) => name)).size).toBe(2);
});

test('what sends notices takes no calls, and what is not answered does', () => {
  const portType =
    '<w:operation name="Do"><w:input message="t:m"/></w:operation><w:operation name="Told"><w:output message="t:m"/></w:operation>';
  const told =
    '<w:operation name="Told"><s:operation/><w:output><s:body use="literal"/></w:output></w:operation>';
  const { has, lacks } = seen(binding(bound('Do') + told) + ports(PORT), portType);
  expect(has).toHaveLength(1);
  expect(lacks).toEqual(['It sends notices to callers and takes no calls.']);
});

describe('parts', () => {
  const two = '<xs:element name="In" type="xs:int"/><xs:element name="H" type="xs:string"/>';
  const both = '<w:part name="p" element="t:In"/><w:part name="h" element="t:H"/>';
  test.each<[string, Parameters<typeof service>[0], JsonObject, string]>([
    ['none', { parts: '' }, {}, ''],
    [
      'several are elements beside each other',
      { schema: two, parts: both },
      { In: 1, H: 'x' },
      '<n0:In xmlns:n0="urn:t">1</n0:In><n0:H xmlns:n0="urn:t">x</n0:H>',
    ],
    [
      'only those that the binding names',
      { schema: two, parts: both, body: '<s:body use="literal" parts="p"/>' },
      { In: 1 },
      '<n0:In xmlns:n0="urn:t">1</n0:In>',
    ],
    [
      'not the one of the header',
      {
        schema: two,
        parts: both,
        body: '<s:header message="t:m" part="h" use="literal"/><s:body use="literal"/>',
      },
      { In: 1, H: 'x' },
      '<n0:In xmlns:n0="urn:t">1</n0:In>',
    ],
    [
      'of a built-in type',
      { parts: '<w:part name="p" type="xs:date"/>' },
      { p: '2026-01-31' },
      '<p>2026-01-31</p>',
    ],
    [
      'of an element in the wrong namespace',
      { schema: IN, parts: '<w:part name="p" element="w:In"/>' },
      { In: 1 },
      '<n0:In xmlns:n0="urn:t">1</n0:In>',
    ],
    [
      'of an element that no schema declares',
      { parts: '<w:part name="p" element="t:Gone"/>' },
      { Gone: '<a xmlns="urn:a">1</a>' },
      '<n0:Gone xmlns:n0="urn:t"><a xmlns="urn:a">1</a></n0:Gone>',
    ],
    [
      'in the style of rpc, in no namespace',
      {
        style: 'rpc',
        parts: '<w:part name="a" type="xs:int"/><w:part name="b" type="xs:string"/>',
        body: '<s:body use="literal" namespace="urn:call"/>',
      },
      { b: 'x', a: 1 },
      '<n0:Do xmlns:n0="urn:call"><a>1</a><b>x</b></n0:Do>',
    ],
    [
      'in the first part of a MIME message',
      {
        schema: IN,
        body: '<mime:multipartRelated><mime:part><s:body use="literal"/></mime:part></mime:multipartRelated>',
      },
      { In: 1 },
      '<n0:In xmlns:n0="urn:t">1</n0:In>',
    ],
  ])('%s', (_what, given, values, xml) => {
    expect(bodyOf(opened(service(given)), values)).toBe(xml);
  });

  test('an attachment is an argument of its own, beside the body', () => {
    const body =
      '<mime:multipartRelated><mime:part><s:body use="literal"/></mime:part><mime:part><mime:content part="f" type="image/png"/></mime:part></mime:multipartRelated>';
    const parts = '<w:part name="p" element="t:In"/><w:part name="f" type="xs:base64Binary"/>';
    const api = opened(service({ schema: IN, parts, body }));
    expect(callOf(api).input).toMatchObject({
      properties: { In: { type: 'integer' }, f: { contentMediaType: 'image/png' } },
      required: ['In', 'f'],
    });
    expect(bodyOf(api, { In: 1, f: 'AAEC' })).toBe('<n0:In xmlns:n0="urn:t">1</n0:In>');
  });
});

describe('the encoding of SOAP 1.1', () => {
  const body =
    '<s:body use="encoded" namespace="urn:call" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>';
  const sent = (schema: string, type: string, value: JsonObject | string): string => {
    const parts = `<w:part name="a" type="${type}"/>`;
    const xml = bodyOf(opened(service({ schema, parts, style: 'rpc', body })), { a: value });
    return /<a.*<\/a>/.exec(xml)?.[0] ?? xml;
  };

  test.each<[string, string, string, JsonObject | string, string]>([
    ['a simple value', '', 'xs:string', 'x', '<a xsi:type="xsd:string">x</a>'],
    [
      'a type with a name',
      '<xs:simpleType name="S"><xs:restriction base="xs:string"/></xs:simpleType>',
      't:S',
      'x',
      '<a xsi:type="n2:S">x</a>',
    ],
    [
      'an array that says of what by an attribute',
      '<xs:complexType name="A"><xs:complexContent><xs:restriction base="e:Array"><xs:attribute ref="e:arrayType" w:arrayType="xs:int[]"/></xs:restriction></xs:complexContent></xs:complexType>',
      't:A',
      { item: [1, 2] },
      '<a xsi:type="n2:A" n3:arrayType="xsd:int[2]"><item xsi:type="xsd:int">1</item><item xsi:type="xsd:int">2</item></a>',
    ],
    [
      'an array that says of what by its element',
      '<xs:complexType name="A"><xs:complexContent><xs:restriction base="e:Array"><xs:sequence><xs:element name="n" type="xs:int" maxOccurs="unbounded"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>',
      't:A',
      { n: [1] },
      '<a xsi:type="n2:A" n3:arrayType="xsd:int[1]"><n xsi:type="xsd:int">1</n></a>',
    ],
  ])('%s', (_what, schema, type, value, xml) => expect(sent(schema, type, value)).toBe(xml));
});
