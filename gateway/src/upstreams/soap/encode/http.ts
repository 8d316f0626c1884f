/** A message as the request that carries it (SOAP 1.1, section 6; SOAP 1.2 part 2, section 7). */
import type { HttpRequest } from '../../api/http/request.ts';
import { related, type Attached } from './attachments.ts';
import type { SoapRequest } from '../compile/request.ts';

/**
 * @param hasUrl the operator says where all ports are
 * @param attached what goes beside the envelope
 */
export function httpRequest(
  { soap, action, address }: SoapRequest,
  xml: string,
  hasUrl: boolean,
  attached: readonly Attached[] = [],
): HttpRequest {
  const quoted = action.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/gu, encodeURIComponent);
  const server = hasUrl ? '' : address;
  const headers =
    soap === '1.1'
      ? ['Content-Type', 'text/xml; charset=utf-8', 'SOAPAction', `"${quoted}"`]
      : [
          'Content-Type',
          `application/soap+xml; charset=utf-8${action === '' ? '' : `; action="${quoted}"`}`,
        ];
  if (attached.length > 0) {
    const [name = '', type = '', ...others] = headers;
    const whole = related(xml, type, attached);
    headers.splice(0, headers.length, name, whole.type, ...others);
    return request(server, headers, whole.body);
  }
  return request(server, headers, Buffer.from(xml));
}

function request(server: string, headers: readonly string[], body: Buffer): HttpRequest {
  return {
    kind: 'request',
    method: 'POST',
    server,
    path: '',
    headers: [...headers, 'Accept', 'text/xml, application/soap+xml, multipart/related;q=0.1'],
    body,
  };
}
