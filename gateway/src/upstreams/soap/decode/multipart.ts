/** Messages with attachments: multipart/related (RFC 2387) with XOP, as MTOM sends them. */
import { decodeText } from '../../api/results/charset.ts';
import { attributeOf, elementsOf, type XmlElement } from '../xml/element.ts';

const XOP = 'http://www.w3.org/2004/08/xop/include';
const MAX_PARTS = 1000;
const MAX_HEAD_BYTES = 16_384;
/** Attachments may be spoken of several times, but not to fill the memory. */
const MAX_TIMES = 4;

export interface Related {
  readonly text: string;
  /** By Content-ID. */
  readonly attachments: ReadonlyMap<string, Buffer>;
}

interface Part {
  readonly head: string;
  readonly bytes: Buffer;
}

/** @returns words where it cannot be read */
export function readRelated(bytes: Buffer): Related | string {
  const parts = partsOf(bytes);
  if (typeof parts === 'string') return parts;
  const main =
    parts.find(({ head }) =>
      /^content-type:\s*(?:application\/xop\+xml|text\/xml|application\/soap\+xml)/im.test(head),
    ) ?? parts[0];
  if (main === undefined) return 'it has no parts';
  const attachments = new Map<string, Buffer>();
  for (const part of parts) {
    const id = /^content-id:\s*<?([^>\r\n]{1,500})>?/im.exec(part.head)?.[1];
    if (part !== main && id !== undefined) attachments.set(id.trim(), part.bytes);
  }
  const type = /^content-type:\s*([^\r\n]{1,500})/im.exec(main.head)?.[1] ?? '';
  return { text: decodeText(main.bytes, type), attachments };
}

/** The boundary is what the first line says that begins like one: its parameter is not needed. */
function partsOf(bytes: Buffer): readonly Part[] | string {
  const start = bytes.toString('latin1', 0, 2048);
  const [, boundary] = /(?:^|\r?\n)(--[\x20-\x7e]{1,200})\r?\n/.exec(start) ?? [];
  if (boundary === undefined) return 'its parts have no boundary';
  const parts: Part[] = [];
  let at = bytes.indexOf(boundary);
  for (;;) {
    const from = at + Buffer.byteLength(boundary);
    if (bytes[from] === 0x2d && bytes[from + 1] === 0x2d) return parts;
    const next = bytes.indexOf(`\n${boundary}`, from);
    if (next < 0) return 'its last part is not whole';
    if (parts.length >= MAX_PARTS) return `it has more than ${MAX_PARTS} parts`;
    const part = partIn(bytes.subarray(from, bytes[next - 1] === 0x0d ? next - 1 : next));
    if (typeof part === 'string') return part;
    parts.push(part);
    at = next + 1;
  }
}

function partIn(bytes: Buffer): Part | string {
  const text = bytes.toString('latin1', 0, MAX_HEAD_BYTES);
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) return 'a part has no end of its headers';
  const head = text.slice(0, end.index);
  const body = bytes.subarray(end.index + end[0].length);
  const encoding = /^content-transfer-encoding:\s*([\w-]{1,40})/im.exec(head)?.[1] ?? 'binary';
  if (/^base64$/i.test(encoding)) {
    return { head, bytes: Buffer.from(body.toString('latin1'), 'base64') };
  }
  return /^(?:binary|8bit|7bit)$/i.test(encoding)
    ? { head, bytes: body }
    : `a part is encoded as ${encoding}, which is not read`;
}

/** The message with its attachments in base64, where it includes them. @returns words */
export function withAttachments(root: XmlElement, { attachments }: Related): XmlElement | string {
  let left = MAX_TIMES * [...attachments.values()].reduce((sum, one) => sum + one.length, 0);
  let problem = '';
  const included = (element: XmlElement): XmlElement => {
    const [only] = elementsOf(element);
    if (only === undefined) return element;
    if (only.local !== 'Include' || only.uri !== XOP) {
      const children = element.children.map((one) =>
        typeof one === 'string' ? one : included(one),
      );
      return { ...element, children };
    }
    const bytes = attachments.get(idIn(attributeOf(only, 'href') ?? ''));
    left -= bytes?.length ?? 0;
    if (bytes === undefined) problem ||= 'it includes an attachment that was not sent';
    if (left < 0) problem ||= 'it includes its attachments too often';
    return problem === '' ? { ...element, children: [bytes?.toString('base64') ?? ''] } : element;
  };
  const whole = included(root);
  return problem === '' ? whole : problem;
}

/** RFC 2392: the address of a part. */
function idIn(href: string): string {
  const id = href.replace(/^cid:/i, '');
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
