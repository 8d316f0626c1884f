/** The answer to a call as what it means. */
import type { Json } from '../../../kernel/index.ts';
import type { Reply, ReplyBody } from '../../api/model.ts';
import { broken } from '../../api/http/reply/reply.ts';
import type { SoapRequest } from '../compile/request.ts';
import type { ShapeTable } from '../shape/fields.ts';
import type { ElementShape } from '../shape/shape.ts';
import { decodeXml } from '../xml/decode-bytes.ts';
import type { XmlElement } from '../xml/element.ts';
import { ANSWER_LIMITS, isXmlFault, parseLongXml } from '../xml/parse.ts';
import { bodyOf, faultIn, unknownHeader } from './envelope.ts';
import { faultReply } from './fault.ts';
import { freeValue } from './free-value.ts';
import { Members } from './members.ts';
import { readRelated, withAttachments, type Related } from './multipart.ts';
import { Readers, type Read } from './reader.ts';
import { unfolded } from './references.ts';

type Answered = Extract<Reply, { readonly kind: 'answer' | 'failure' }>;
type Clean = (text: string) => string;

interface Known {
  readonly shape: ElementShape;
  readonly read: Read;
}

/** Reads the answers to one operation. */
export class AnswerReader {
  private readonly request: SoapRequest;
  private readonly wires: ReadonlySet<string>;
  private readonly answers: readonly Known[];
  private readonly faults: readonly Known[];

  /** @param wires names that arguments have on the wire */
  constructor(request: SoapRequest, table: ShapeTable, wires: ReadonlySet<string>) {
    this.request = request;
    this.wires = wires;
    const readers = new Readers(table);
    const known = (shape: ElementShape): Known => ({ shape, read: readers.of(shape.type) });
    this.answers = request.answers.map(known);
    this.faults = request.faults.map(known);
  }

  /**
   * @param reply as HTTP has it; what is no message of SOAP stays as it is or is said to be none
   * @param clean takes secrets out of texts
   */
  async read(reply: Reply, clean: Clean): Promise<Reply> {
    if (reply.kind !== 'answer' && reply.kind !== 'failure') return reply;
    if (reply.body.kind === 'none') return reply;
    const root = await messageIn(reply.body, clean);
    if (typeof root === 'string') return this.isReceipt(reply) ? reply : notSoap(reply, root);
    const body = bodyOf(root);
    if (body === undefined) return notSoap(reply, `it begins with <${root.local.slice(0, 100)}>`);
    const header = unknownHeader(root);
    if (header !== undefined) {
      return notSoap(
        reply,
        `it has the header "${header.local.slice(0, 100)}", which must be understood and is not`,
      );
    }
    const fault = faultIn(body);
    if (fault !== undefined) return this.faultOf(fault, reply);
    if (reply.kind === 'failure') return reply;
    const content = this.request.isEncoded ? unfolded(body) : body;
    if (typeof content === 'string') return notSoap(reply, content);
    if (content.length === 0) return { ...reply, body: { kind: 'none' } };
    return { ...reply, body: { kind: 'json', value: this.valueOf(content) } };
  }

  /** Where nothing is answered, some servers say in plain words that the message came. */
  private isReceipt({ kind, body }: Answered): boolean {
    const isPlain = body.kind === 'text' && body.mimeType === 'text/plain';
    return kind === 'answer' && isPlain && this.request.answers.length === 0;
  }

  private faultOf(fault: XmlElement, reply: Answered): Reply {
    return faultReply(fault, reply, {
      wires: this.wires,
      declared: (element) => knownFor(element, this.faults)?.read(element),
    });
  }

  private valueOf(content: readonly XmlElement[]): Json {
    const [only] = content;
    if (only !== undefined && content.length === 1) return this.readerFor(only, true)(only);
    const members = new Members();
    for (const element of content) {
      members.put(element.local, this.readerFor(element, false)(element), false);
    }
    return members.value;
  }

  /** @param isOnly whether nothing stands beside it, so that its name does not matter */
  private readerFor(element: XmlElement, isOnly: boolean): Read {
    const known = knownFor(element, this.answers);
    if (known !== undefined) return known.read;
    const isMeant = this.request.isWrapped || (isOnly && this.answers.length === 1);
    return (isMeant ? this.answers[0]?.read : undefined) ?? freeValue;
  }
}

function knownFor({ local, uri }: XmlElement, all: readonly Known[]): Known | undefined {
  return (
    all.find(({ shape }) => shape.local === local && shape.uri === uri) ??
    all.find(({ shape }) => shape.local === local)
  );
}

function notSoap(reply: Answered, why: string): Reply {
  if (reply.kind === 'failure') return reply;
  return broken('upstream_invalid', `Its answer cannot be read as a SOAP message: ${why}.`);
}

/** @returns words where it is none */
async function messageIn(body: ReplyBody, clean: Clean): Promise<XmlElement | string> {
  // Texts were cleaned before, but for what their entities hide.
  if (body.kind === 'text') {
    return await treeOf(body.text, body.text.includes('&') ? clean : undefined);
  }
  if (body.kind !== 'binary') return 'it is no XML';
  if (body.mimeType.startsWith('multipart/')) return await relatedIn(body.bytes, clean);
  const text = decodeXml(body.bytes);
  return text === undefined ? 'it is no XML' : await treeOf(text, clean);
}

async function relatedIn(bytes: Buffer, clean: Clean): Promise<XmlElement | string> {
  const related: Related | string = readRelated(bytes);
  if (typeof related === 'string') return related;
  const root = await treeOf(related.text, clean);
  return typeof root === 'string' ? root : withAttachments(root, related);
}

async function treeOf(text: string, clean: Clean | undefined): Promise<XmlElement | string> {
  if (/^\s*<(?:!doctype\s+)?html\b/i.test(text.slice(0, 200))) return 'it is an HTML page';
  const read = await parseLongXml(text, ANSWER_LIMITS, clean);
  return isXmlFault(read) ? read.text : read;
}
