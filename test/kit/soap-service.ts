/** A SOAP service of plain operations: its WSDL, and envelopes to answer with. */

const WSDL_NS = 'http://schemas.xmlsoap.org/wsdl/';
const SOAP_NS = `${WSDL_NS}soap/`;
export const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const NS = 'urn:test:soap';

/** Operations that take texts and say a text and a list of numbers, document/literal. */
export function wsdlOf(operations: Readonly<Record<string, readonly string[]>>): string {
  const names = Object.keys(operations);
  const element = (name: string, inner: string): string =>
    `<xs:element name="${name}"><xs:complexType><xs:sequence>${inner}</xs:sequence></xs:complexType></xs:element>`;
  const said =
    '<xs:element name="said" type="xs:string" minOccurs="0"/><xs:element name="count" type="xs:long" minOccurs="0" maxOccurs="unbounded"/>';
  const elements = names.flatMap((name) => [
    element(
      name,
      (operations[name] ?? [])
        .map((one) => `<xs:element name="${one}" type="xs:string" minOccurs="0"/>`)
        .join(''),
    ),
    element(`${name}Response`, said),
  ]);
  const problem = element(
    'Problem',
    '<xs:element name="field" type="xs:string"/><xs:element name="limit" type="xs:int"/>',
  );
  const messages = names.map(
    (name) =>
      `<w:message name="${name}In"><w:part name="p" element="t:${name}"/></w:message><w:message name="${name}Out"><w:part name="p" element="t:${name}Response"/></w:message>`,
  );
  const abstract = names.map(
    (name) =>
      `<w:operation name="${name}"><w:input message="t:${name}In"/><w:output message="t:${name}Out"/><w:fault name="f" message="t:Refused"/></w:operation>`,
  );
  const bound = names.map(
    (name) =>
      `<w:operation name="${name}"><s:operation soapAction="urn:${name}"/><w:input><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output></w:operation>`,
  );
  return `<w:definitions xmlns:w="${WSDL_NS}" xmlns:s="${SOAP_NS}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="${NS}" targetNamespace="${NS}"><w:types><xs:schema targetNamespace="${NS}" elementFormDefault="qualified">${elements.join('')}${problem}</xs:schema></w:types>${messages.join('')}<w:message name="Refused"><w:part name="p" element="t:Problem"/></w:message><w:portType name="P">${abstract.join('')}</w:portType><w:binding name="B" type="t:P"><s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>${bound.join('')}</w:binding><w:service name="S"><w:port name="P" binding="t:B"><s:address location="http://127.0.0.1:9/"/></w:port></w:service></w:definitions>`;
}

/** A message with this inside of its body. @param head what stands before the envelope */
export function enveloped(body: string, head = '', header = ''): string {
  return `${head}<s:Envelope xmlns:s="${ENVELOPE}">${header}<s:Body>${body}</s:Body></s:Envelope>`;
}

/** What an operation answers with. @param inner elements without prefixes */
export function answerOf(operation: string, inner: string): string {
  return `<${operation}Response xmlns="${NS}">${inner}</${operation}Response>`;
}

/** @param detail elements without prefixes in the namespace of the service */
export function faultOf(code: string, words: string, detail = ''): string {
  const more = detail === '' ? '' : `<detail xmlns:t="${NS}">${detail}</detail>`;
  return `<s:Fault><faultcode>s:${code}</faultcode><faultstring>${words}</faultstring>${more}</s:Fault>`;
}
