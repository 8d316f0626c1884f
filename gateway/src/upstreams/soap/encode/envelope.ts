/** A call as the message that is sent. */
import { ownMember, type Json, type JsonObject } from '../../../kernel/index.ts';
import type { Unsendable } from '../../api/http/request.ts';
import type { MessageElement, SoapRequest } from '../compile/request.ts';
import type { ShapeTable } from '../shape/fields.ts';
import { ENVELOPES, SOAP_11_ENCODING } from '../wsdl/namespaces.ts';
import { Writers, type Written } from './writer.ts';

export type Enveloped = { readonly kind: 'envelope'; readonly xml: string } | Unsendable;

type WriteRoot = (value: Json, path: string) => Written;

interface Element {
  readonly element: MessageElement;
  readonly write: WriteRoot;
}

export class EnvelopeWriter {
  private readonly request: SoapRequest;
  private readonly body: readonly Element[];
  private readonly headers: readonly Element[];

  constructor(request: SoapRequest, table: ShapeTable) {
    this.request = request;
    // Each element declares its own namespaces, so that its prefixes are its own.
    const writerOf = ({ shape }: MessageElement) =>
      new Writers(table, request.isEncoded).root(shape);
    this.headers = request.headers.map((element) => ({ element, write: writerOf(element) }));
    this.body = request.body.map((element) => {
      const write = writerOf(element);
      return { element, write: request.isEncoded ? encoded(write, request) : write };
    });
  }

  /** @param security the header that says who calls; '' for none */
  write(values: JsonObject, security: string): Enveloped {
    const parts = this.parts(values);
    if (!('body' in parts)) return parts;
    const { soap } = this.request;
    const head = security + parts.headers;
    const header = head === '' ? '' : `<s:Header>${head}</s:Header>`;
    return {
      kind: 'envelope',
      xml: `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${ENVELOPES[soap]}">${header}<s:Body>${parts.body}</s:Body></s:Envelope>`,
    };
  }

  /** The elements inside of body and header, each with all its namespaces. */
  parts(values: JsonObject): { readonly body: string; readonly headers: string } | Unsendable {
    const headers = written(this.headers, values, true);
    if (typeof headers !== 'string') return headers;
    const body = written(this.body, values, false);
    if (typeof body !== 'string') return body;
    return { body, headers };
  }
}

function written(
  elements: readonly Element[],
  values: JsonObject,
  isHeader: boolean,
): string | Unsendable {
  let xml = '';
  for (const { element, write } of elements) {
    const given = valueOf(element, values, isHeader);
    if (given === undefined) continue;
    const made = write(given, element.argument);
    if (made.problem !== undefined) {
      const { path, text } = made.problem;
      return { kind: 'unsendable', argument: argumentOf(path, element), text };
    }
    xml += made.xml;
  }
  return xml;
}

/** With words that say how values are written (SOAP 1.1, section 4.1.1). */
function encoded(write: WriteRoot, { soap }: SoapRequest): WriteRoot {
  const words = ` xmlns:e="${ENVELOPES[soap]}" e:encodingStyle="${SOAP_11_ENCODING}"`;
  return (value, path) => {
    const { xml, problem } = write(value, path);
    return { xml: xml.replace(/^<[^\s/>]+/, (start) => start + words), problem };
  };
}

function valueOf({ argument, spread }: MessageElement, values: JsonObject, isHeader: boolean) {
  if (argument !== '') {
    const given = ownMember(values, argument);
    return isHeader && (given === undefined || given === null) ? undefined : (given ?? {});
  }
  const members: [string, Json][] = [];
  for (const [name, property] of spread) {
    const value = ownMember(values, name);
    if (value !== undefined) members.push([property, value]);
  }
  return Object.fromEntries(members);
}

/** A path within an element as the arguments are called. */
function argumentOf(path: string, { spread }: MessageElement): string {
  const [first = ''] = /^[^.[]+/.exec(path) ?? [];
  const name = spread.find(([, property]) => property === first)?.[0];
  return name === undefined ? path : name + path.slice(first.length);
}
