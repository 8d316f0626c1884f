/** Readers of the answers to one operation of a small service, for tests. */
import type { Reply, ReplyBody } from '../../api/model.ts';
import { draftOf } from '../compile/operation.ts';
import { readDocument } from '../document.ts';
import { collectAtHand, isCollectFault } from '../import/collect.ts';
import { ShapeTable } from '../shape/fields.ts';
import { AnswerReader } from './answer.ts';

export const NS = 'urn:t';
const SCHEMA = `<xs:complexType name="Base"><xs:sequence><xs:element name="id" type="xs:long"/></xs:sequence></xs:complexType>
<xs:complexType name="More"><xs:complexContent><xs:extension base="t:Base"><xs:sequence><xs:element name="tag" type="xs:token" maxOccurs="unbounded"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
<xs:element name="Ask"><xs:complexType><xs:sequence><xs:element name="sku" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="Told"><xs:complexType><xs:sequence>
<xs:element name="name" type="xs:string"/><xs:element name="price" type="xs:decimal" minOccurs="0" nillable="true"/>
<xs:element name="data" type="xs:base64Binary" minOccurs="0"/><xs:element name="when" type="xs:dateTime" minOccurs="0"/>
<xs:element name="row" type="t:Base" minOccurs="0" maxOccurs="unbounded"/><xs:element name="flags" minOccurs="0"><xs:simpleType><xs:list itemType="xs:boolean"/></xs:simpleType></xs:element>
</xs:sequence><xs:attribute name="unit" type="xs:string"/></xs:complexType></xs:element>
<xs:element name="Problem"><xs:complexType><xs:sequence><xs:element name="limit" type="xs:int"/><xs:element name="seen" type="xs:int" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>`;

export function readerOf(style: 'document' | 'rpc', use: 'literal' | 'encoded'): AnswerReader {
  const [part, back] =
    style === 'rpc'
      ? ['type="xs:string"', 'type="t:More"']
      : ['element="t:Ask"', 'element="t:Told"'];
  const body = `<s:body use="${use}" namespace="${NS}"/>`;
  const wsdl = `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="${NS}" targetNamespace="${NS}"><w:types><xs:schema targetNamespace="${NS}" elementFormDefault="qualified">${SCHEMA}</xs:schema></w:types><w:message name="i"><w:part name="sku" ${part}/></w:message><w:message name="o"><w:part name="back" ${back}/></w:message><w:message name="f"><w:part name="f" element="t:Problem"/></w:message><w:portType name="pt"><w:operation name="ask"><w:input message="t:i"/><w:output message="t:o"/><w:fault name="f" message="t:f"/></w:operation></w:portType><w:binding name="b" type="t:pt"><s:binding style="${style}" transport="http://schemas.xmlsoap.org/soap/http"/><w:operation name="ask"><s:operation soapAction="urn:a"/><w:input>${body}</w:input><w:output>${body}</w:output></w:operation></w:binding><w:service name="S"><w:port name="P" binding="t:b"><s:address location="http://127.0.0.1:9/"/></w:port></w:service></w:definitions>`;
  const documents = collectAtHand({ location: '/a.wsdl', bytes: Buffer.from(wsdl) }, () => 'no');
  if (isCollectFault(documents)) throw new Error(documents.text);
  const settings = { service: '', port: '', include: [], exclude: [], knownNames: new Map() };
  const document = readDocument(documents, '/a.wsdl', settings);
  if (typeof document === 'string') throw new Error(document);
  const [operation] = document.index.operations;
  const draft = operation === undefined ? 'nothing' : draftOf(document, operation);
  if (typeof draft === 'string') throw new Error(draft);
  return new AnswerReader(
    draft.request,
    new ShapeTable(draft.request.types),
    new Set(['sku', 'count']),
  );
}

const SOAP_11 = 'http://schemas.xmlsoap.org/soap/envelope/';
export const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope';

export function enveloped(body: string, envelope = SOAP_11): string {
  return `<s:Envelope xmlns:s="${envelope}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="${NS}"><s:Body>${body}</s:Body></s:Envelope>`;
}

export async function read(
  reader: AnswerReader,
  body: ReplyBody,
  failed?: Partial<Reply>,
): Promise<Reply> {
  const plain = { status: '200', body, nextUrl: '' };
  const more = { complaints: [], retryAfterMs: -1, authHint: '', status: '500' };
  const reply: Reply =
    failed === undefined
      ? { kind: 'answer', ...plain }
      : { kind: 'failure', class: 'server_error', ...more, body, ...(failed as object) };
  return await reader.read(reply, (text) => text);
}

export const asText = (text: string): ReplyBody => ({ kind: 'text', text, mimeType: 'text/xml' });

export async function valueOf(reader: AnswerReader, body: ReplyBody): Promise<unknown> {
  const reply = await read(reader, body);
  if (reply.kind === 'broken') return reply.text;
  if (reply.kind !== 'answer') return reply.kind;
  return reply.body.kind === 'json' ? reply.body.value : reply.body.kind;
}
