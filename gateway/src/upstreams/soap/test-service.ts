/** Small services for tests, and what calls of them send. */
import type { JsonObject } from '../../kernel/index.ts';
import { openSoap, type OfflineSoap, type OfflineSoapCall } from './offline.ts';

export const NS =
  'xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" xmlns:t="urn:t"';

export interface Service {
  /** Inside of the schema of `urn:t`. */
  readonly schema?: string;
  /** Schemas beside that one. */
  readonly schemas?: string;
  /** Parts of the message of the call. */
  readonly parts?: string;
  readonly portType?: string;
  readonly style?: 'document' | 'rpc';
  /** Of the input of the binding. */
  readonly body?: string;
  /** All bindings, services and what else is beside them. */
  readonly rest?: string;
}

const HTTP = 'http://schemas.xmlsoap.org/soap/http';

/** A service with the operation `Do`, whose message is the element `In`; each thing of it can be another. */
export function service(given: Service): string {
  const {
    schema = '',
    schemas = '',
    parts = '<w:part name="p" element="t:In"/>',
    portType = '<w:operation name="Do"><w:input message="t:m"/></w:operation>',
    body = '<s:body use="literal"/>',
    style = 'document',
    rest = binding(
      `<w:operation name="Do"><s:operation soapAction="urn:do" style="${style}"/><w:input>${body}</w:input></w:operation>`,
    ) +
      ports('<w:port name="P" binding="t:b"><s:address location="http://127.0.0.1:9/"/></w:port>'),
  } = given;
  return `<w:definitions ${NS} targetNamespace="urn:t"><w:types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">${schema}</xs:schema>${schemas}</w:types><w:message name="m">${parts}</w:message><w:portType name="pt">${portType}</w:portType>${rest}</w:definitions>`;
}

/** @param transport '' for none that is said */
export function binding(operations: string, name = 'b', prefix = 's', transport = HTTP): string {
  return `<w:binding name="${name}" type="t:pt"><${prefix}:binding transport="${transport}"/>${operations}</w:binding>`;
}

export function ports(inner: string, name = 'S'): string {
  return `<w:service name="${name}">${inner}</w:service>`;
}

/** An operation of a binding whose body is literal. */
export function bound(name: string, prefix = 's', names = ''): string {
  return `<w:operation name="${name}"><${prefix}:operation soapAction="urn:${name}"/><w:input${names}><${prefix}:body use="literal"/></w:input></w:operation>`;
}

/** @param files other documents by their names */
export function opened(text: string, files: Readonly<Record<string, string>> = {}): OfflineSoap {
  const api = openSoap({ location: '/x/a.wsdl', bytes: Buffer.from(text) }, (location) => {
    const found = files[location.replace('/x/', '')];
    return found === undefined ? 'there is no such file' : Buffer.from(found);
  });
  if (typeof api === 'string') throw new Error(api);
  return api;
}

/** The first operation, or the one of a name. */
export function callOf(api: OfflineSoap, name = ''): OfflineSoapCall {
  const operation = api.operations.find(({ title }) => name === '' || title === name);
  const call = operation === undefined ? 'there is no such operation' : api.callOf(operation);
  if (typeof call === 'string') throw new Error(`${call} ${JSON.stringify(api.skipped)}`);
  return call;
}

/** What stands in the body; what is wrong after `FAULT`. */
export function bodyOf(api: OfflineSoap, values: JsonObject): string {
  const made = callOf(api).write(values);
  return 'body' in made ? made.body : `FAULT ${made.fault}`;
}
