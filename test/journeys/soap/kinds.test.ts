/** Every form of binding and of values, to an endpoint that another library makes from the same WSDL and back. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from 'soap';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { callTool } from '../../kit/rest-request.ts';
import { callerOf, done, type Caller } from '../apis/world.ts';

const TYPES = `
<xs:complexType name="Part"><xs:sequence><xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType>
<xs:complexType name="Special"><xs:complexContent><xs:extension base="t:Part"><xs:sequence><xs:element name="extra" type="xs:boolean"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
<xs:complexType name="Price"><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="currency" type="xs:string" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:complexType name="Item"><xs:sequence>
  <xs:element name="id" type="xs:long"/><xs:element name="price" type="t:Price"/><xs:element name="when" type="xs:dateTime"/>
  <xs:element name="data" type="xs:base64Binary" minOccurs="0"/><xs:element name="note" type="xs:string" nillable="true" minOccurs="0"/>
  <xs:choice><xs:element name="card" type="xs:string"/><xs:element name="account" type="xs:string"/></xs:choice>
  <xs:element name="tag" type="xs:string" minOccurs="0" maxOccurs="unbounded"/><xs:element name="part" type="t:Part" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence><xs:attribute name="unit" type="xs:string"/></xs:complexType>
<xs:element name="Item" type="t:Item"/>
<xs:element name="Send"><xs:complexType><xs:sequence><xs:element name="item" type="t:Item" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="SendResponse"><xs:complexType><xs:sequence><xs:element name="item" type="t:Item" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>`;

interface Binding {
  readonly version: '1.1' | '1.2';
  readonly style: 'document' | 'rpc';
  readonly parts: readonly [taken: string, given: string];
}

const WRAPPED = [
  '<w:part name="p" element="t:Send"/>',
  '<w:part name="p" element="t:SendResponse"/>',
] as const;
const BARE = [
  '<w:part name="p" element="t:Item"/>',
  '<w:part name="p" element="t:Item"/>',
] as const;
const RPC = ['<w:part name="item" type="t:Item"/>', '<w:part name="item" type="t:Item"/>'] as const;
const BINDINGS: Readonly<Record<string, Binding>> = {
  wrapped: { version: '1.1', style: 'document', parts: WRAPPED },
  bare: { version: '1.1', style: 'document', parts: BARE },
  rpc: { version: '1.1', style: 'rpc', parts: RPC },
  'wrapped-12': { version: '1.2', style: 'document', parts: WRAPPED },
  'rpc-12': { version: '1.2', style: 'rpc', parts: RPC },
};

function wsdlOf({ version, style, parts: [taken, given] }: Binding): string {
  const uri = version === '1.1' ? 'soap' : 'soap12';
  const body =
    style === 'rpc' ? '<s:body use="literal" namespace="urn:t"/>' : '<s:body use="literal"/>';
  return `<w:definitions name="D" xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/${uri}/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"><w:types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">${TYPES}</xs:schema></w:types><w:message name="In">${taken}</w:message><w:message name="Out">${given}</w:message><w:portType name="T"><w:operation name="Send"><w:input message="t:In"/><w:output message="t:Out"/></w:operation></w:portType><w:binding name="B" type="t:T"><s:binding style="${style}" transport="http://schemas.xmlsoap.org/soap/http"/><w:operation name="Send"><s:operation soapAction="urn:t/Send"/><w:input>${body}</w:input><w:output>${body}</w:output></w:operation></w:binding><w:service name="S"><w:port name="P" binding="t:B"><s:address location="http://127.0.0.1:9/"/></w:port></w:service></w:definitions>`;
}

/** What each service was sent, and said by which headers. */
const heard = new Map<string, { readonly xml: string; readonly headers: object }>();
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-soap-'));
const server = createServer((_request, response) => void response.writeHead(404).end());
let gateway: TestGateway;
let caller: Caller;

/** The library leaves out what is nil, and writes it only where it is told to. */
function echoOf(value: object): unknown {
  const note = { attributes: { 'xsi:nil': 'true' } };
  return JSON.parse(
    JSON.stringify(value, (_key, one: unknown) =>
      typeof one === 'object' && one !== null && 'id' in one ? { note, ...one } : one,
    ),
  );
}

/** Says again what it hears. The library would make numbers and dates of its own of some texts. */
async function serve(name: string, wsdl: string): Promise<void> {
  const same = (text: string): string => text;
  const customDeserializer = { long: same, decimal: same, dateTime: same, Price: same };
  const forceSoap12Headers = name.endsWith('-12');
  const services = { S: { P: { Send: echoOf } } };
  const { promise, resolve } = Promise.withResolvers<void>();
  const options = { customDeserializer, forceSoap12Headers };
  const path = `/${name}`;
  const made = listen(server, { path, services, xml: wsdl, callback: () => resolve(), ...options });
  made.log = (type, data, request) => {
    if (type === 'received')
      heard.set(name, { xml: String(data), headers: { ...request?.headers } });
  };
  await promise;
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const upstreams: Record<string, object> = {};
  for (const [name, binding] of Object.entries(BINDINGS)) {
    const wsdl = join(folder, `${name}.wsdl`);
    writeFileSync(wsdl, wsdlOf(binding));
    await serve(name, wsdlOf(binding));
    upstreams[name] = { soap: { wsdl, url: `http://127.0.0.1:${port}/${name}` } };
  }
  gateway = await startGateway({ upstreams, policy: { default: 'allow' } });
  caller = await callerOf('modern', gateway);
});

afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await gateway.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ITEM = {
  '@unit': 'box',
  tag: ['a', 'b & c'],
  account: 'ü "x"',
  note: null,
  part: [{ name: 'p' }, { '@xsi:type': 'Special', name: 'q', extra: true }],
  when: '2026-01-31T09:30:00.5+02:00',
  data: 'aGVsbG8=',
  price: { '@currency': 'EUR', '#text': 19.25 },
  id: 42,
};
const ORDER = ['id', 'price', 'when', 'data', 'note', 'account', 'tag', 'part', 'name'];

describe.each(Object.keys(BINDINGS))('%s', (name) => {
  const isWrapped = name.startsWith('wrapped');
  const { '@unit': unit, ...rest } = ITEM;
  const given = isWrapped ? { item: [ITEM] } : name === 'bare' ? { unit, ...rest } : { item: ITEM };
  const back = name === 'bare' ? ITEM : given;

  test('values come back equal', async () => {
    const { text } = await done(caller, `${name}__send`, given);
    expect(JSON.parse(text)).toEqual(back);
  });

  test('numbers are exact there and back', async () => {
    const exact = JSON.stringify(given)
      .replace('"id":42', '"id":9007199254740993')
      .replace('19.25', '12345678901234567890.10');
    const { text, status } = await callTool(gateway, `${name}__send`, exact);
    expect([status, text]).toEqual([200, expect.stringContaining('"id":9007199254740993')]);
    expect(text).toContain('"#text":12345678901234567890.10');
    expect(heard.get(name)?.xml).toContain('>12345678901234567890.10</');
  });

  test('elements stand in the order of the schema, in their namespaces', async () => {
    await done(caller, `${name}__send`, given);
    const { xml = '' } = heard.get(name) ?? {};
    const names = [...xml.matchAll(/<n\d:(\w+)/g)].map(([, local]) => local);
    expect(names.filter((one) => ORDER.includes(String(one)))).toEqual([
      ...ORDER.slice(0, 7),
      'tag',
      'part',
      'name',
      'part',
      'name',
    ]);
    expect(xml).toContain('xsi:type="n');
    expect(xml).toContain('xsi:nil="true"');
    expect(xml).toContain('>b &amp; c<');
  });

  test('the action stands where the version of SOAP wants it', async () => {
    await done(caller, `${name}__send`, given);
    expect(heard.get(name)?.headers).toMatchObject(
      name.endsWith('-12')
        ? { 'content-type': 'application/soap+xml; charset=utf-8; action="urn:t/Send"' }
        : { 'content-type': 'text/xml; charset=utf-8', soapaction: '"urn:t/Send"' },
    );
  });
});
