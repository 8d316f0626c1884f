/** A message as the request that carries it (SOAP 1.1, section 6; SOAP 1.2 part 2, section 7). */
import type { HttpRequest } from '../../api/http/request.ts';
import type { SoapRequest } from '../compile/request.ts';

/** @param hasUrl the operator says where all ports are */
export function httpRequest(
  { soap, action, address }: SoapRequest,
  xml: string,
  hasUrl: boolean,
): HttpRequest {
  const quoted = action.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/gu, encodeURIComponent);
  const headers =
    soap === '1.1'
      ? ['Content-Type', 'text/xml; charset=utf-8', 'SOAPAction', `"${quoted}"`]
      : [
          'Content-Type',
          `application/soap+xml; charset=utf-8${action === '' ? '' : `; action="${quoted}"`}`,
        ];
  return {
    kind: 'request',
    method: 'POST',
    server: hasUrl ? '' : address,
    path: '',
    headers: [...headers, 'Accept', 'text/xml, application/soap+xml, multipart/related;q=0.1'],
    body: Buffer.from(xml),
  };
}
