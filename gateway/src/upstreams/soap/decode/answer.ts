/** The answer to a call as what it means. */
import type { Json } from '../../../kernel/index.ts';
import type { Reply } from '../../api/model.ts';
import { broken } from '../../api/http/reply/reply.ts';
import type { SoapRequest } from '../compile/request.ts';
import type { ShapeTable } from '../shape/fields.ts';
import { ENVELOPES } from '../wsdl/namespaces.ts';
import { elementsOf, keyOf, type XmlElement } from '../xml/element.ts';
import { ANSWER_LIMITS, isXmlFault, parseXml } from '../xml/parse.ts';
import { faultReply } from './fault.ts';
import { freeValue, Reader } from './reader.ts';

export interface AnswerContext {
  readonly request: SoapRequest;
  readonly table: ShapeTable;
  /** Names that arguments have on the wire. */
  readonly wires: ReadonlySet<string>;
}

/** @param reply as HTTP has it; whatever is no message of SOAP stays as it is or is said to be none */
export function readAnswer(reply: Reply, context: AnswerContext): Reply {
  if (reply.kind !== 'answer' && reply.kind !== 'failure') return reply;
  const { body, status } = reply;
  if (body.kind === 'none') return reply;
  if (/^multipart\//i.test('mimeType' in body ? body.mimeType : '')) {
    return broken(
      'upstream_invalid',
      'It answered with attachments (MTOM), which are not read yet.',
    );
  }
  const text = body.kind === 'text' ? body.text : undefined;
  const root = text === undefined ? undefined : parseXml(text, ANSWER_LIMITS);
  if (root === undefined || isXmlFault(root)) {
    if (reply.kind === 'failure') return reply;
    const why = root === undefined ? 'it is no XML' : root.text;
    return broken('upstream_invalid', `Its answer cannot be read as a SOAP message: ${why}.`);
  }
  const content = bodyOf(root);
  if (content === undefined) {
    if (reply.kind === 'failure') return reply;
    return broken(
      'upstream_invalid',
      `Its answer is no SOAP message: it begins with <${root.local}>.`,
    );
  }
  const [first] = content;
  if (first?.local === 'Fault' && isEnvelope(first.uri))
    return faultReply(first, status, context.wires);
  if (reply.kind === 'failure') return reply;
  if (first === undefined) return { ...reply, body: { kind: 'none' } };
  return { ...reply, body: { kind: 'json', value: valueOf(content, context) } };
}

function bodyOf(root: XmlElement): readonly XmlElement[] | undefined {
  if (root.local !== 'Envelope' || !isEnvelope(root.uri)) return undefined;
  const body = elementsOf(root).find(({ local, uri }) => local === 'Body' && uri === root.uri);
  return body === undefined ? [] : elementsOf(body);
}

function isEnvelope(uri: string): boolean {
  return uri === ENVELOPES['1.1'] || uri === ENVELOPES['1.2'];
}

function valueOf(content: readonly XmlElement[], { request, table }: AnswerContext): Json {
  const { answers, isWrapped } = request;
  const reader = new Reader(table);
  const read = (element: XmlElement): Json => {
    const shape =
      answers.find((one) => keyOf(one) === keyOf(element)) ??
      answers.find((one) => one.local === element.local) ??
      (isWrapped || (answers.length === 1 && content.length === 1) ? answers[0] : undefined);
    return shape === undefined ? freeValue(element) : reader.element(element, shape);
  };
  const [only] = content;
  if (only !== undefined && content.length === 1) return read(only);
  return Object.fromEntries(content.map((element) => [element.local, read(element)]));
}
