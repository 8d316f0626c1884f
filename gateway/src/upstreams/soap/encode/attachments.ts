/** Messages with attachments: SOAP Messages with Attachments, and the Attachments Profile 1.0 of WS-I. */
import { randomUUID } from 'node:crypto';
import { ownMember, type JsonObject } from '../../../kernel/index.ts';
import { unsendable, type Unsendable } from '../../api/http/request.ts';
import type { SoapRequest } from '../compile/request.ts';

export interface Attached {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** @returns what is wrong where one is not given as base64 */
export function attachedOf(
  { attachments = [] }: Pick<SoapRequest, 'attachments'>,
  values: JsonObject,
): readonly Attached[] | Unsendable {
  const all: Attached[] = [];
  for (const { name, type, argument } of attachments) {
    const given = ownMember(values, argument);
    if (typeof given !== 'string' || !BASE64.test(given)) {
      return unsendable(argument, 'it must be given, as base64.');
    }
    all.push({ name, type, bytes: Buffer.from(given, 'base64') });
  }
  return all;
}

/**
 * The envelope and its attachments as one body (RFC 2387).
 * @param type of the envelope
 */
export function related(
  xml: string,
  type: string,
  attached: readonly Attached[],
): { readonly type: string; readonly body: Buffer } {
  const boundary = randomUUID();
  const root = `<${randomUUID()}@drawbridge>`;
  const [plain = ''] = type.split(';');
  const pieces: Buffer[] = [Buffer.from(`${headOf(boundary, type, root, '8bit')}${xml}`)];
  for (const one of attached) {
    const id = `<${encodeURIComponent(one.name)}=${randomUUID()}@drawbridge>`;
    pieces.push(Buffer.from(`\r\n${headOf(boundary, one.type, id, 'binary')}`), one.bytes);
  }
  pieces.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  return {
    type: `multipart/related; type="${plain}"; start="${root}"; boundary="${boundary}"`,
    body: Buffer.concat(pieces),
  };
}

function headOf(boundary: string, type: string, id: string, encoding: string): string {
  return `--${boundary}\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\nContent-ID: ${id}\r\n\r\n`;
}
