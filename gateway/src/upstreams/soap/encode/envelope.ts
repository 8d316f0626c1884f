/** A call as the message that is sent. */
import { ownMember, type JsonObject } from '../../../kernel/index.ts';
import type { MessageElement, SoapRequest } from '../compile/request.ts';
import type { ShapeTable } from '../shape/fields.ts';
import { ENVELOPES, SOAP_11_ENCODING } from '../wsdl/namespaces.ts';
import { Writer } from './writer.ts';

export type Enveloped =
  | { readonly kind: 'envelope'; readonly xml: string }
  | { readonly kind: 'unsendable'; readonly argument: string; readonly text: string };

export class EnvelopeWriter {
  private readonly request: SoapRequest;
  private readonly table: ShapeTable;

  constructor(request: SoapRequest, table: ShapeTable) {
    this.request = request;
    this.table = table;
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
  parts(
    values: JsonObject,
  ):
    | { readonly body: string; readonly headers: string }
    | Extract<Enveloped, { kind: 'unsendable' }> {
    const { body, headers, isEncoded, soap } = this.request;
    const texts = { body: '', headers: '' };
    for (const [place, elements] of [
      ['body', body],
      ['headers', headers],
    ] as const) {
      for (const element of elements) {
        const given = valueOf(element, values, place === 'headers');
        if (given === undefined) continue;
        const writer = new Writer(this.table, isEncoded);
        const written = writer.root(element.shape, given, element.argument);
        const { problem } = writer;
        if (problem !== undefined) {
          return {
            kind: 'unsendable',
            argument: argumentOf(problem.path, element),
            text: problem.text,
          };
        }
        texts[place] += isEncoded && place === 'body' ? encoded(written, ENVELOPES[soap]) : written;
      }
    }
    return texts;
  }
}

function encoded(xml: string, envelope: string): string {
  return xml.replace(
    /^<[^\s/>]+/,
    (start) => `${start} xmlns:e="${envelope}" e:encodingStyle="${SOAP_11_ENCODING}"`,
  );
}

function valueOf({ argument, spread }: MessageElement, values: JsonObject, isHeader: boolean) {
  if (argument !== '') {
    const given = ownMember(values, argument);
    return isHeader && (given === undefined || given === null) ? undefined : (given ?? {});
  }
  const members = spread.flatMap(([name, property]) => {
    const value = ownMember(values, name);
    return value === undefined ? [] : [[property, value] as const];
  });
  return Object.fromEntries(members);
}

/** A path within an element as the arguments are called. */
function argumentOf(path: string, { spread }: MessageElement): string {
  const [first = ''] = /^[^.[]+/.exec(path) ?? [];
  const name = spread.find(([, property]) => property === first)?.[0];
  return name === undefined ? path : name + path.slice(first.length);
}
