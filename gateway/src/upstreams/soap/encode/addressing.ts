/** Headers of WS-Addressing, for services that demand them (WS-Addressing 1.0, SOAP Binding). */
import { randomUUID } from 'node:crypto';
import type { SoapRequest } from '../compile/request.ts';
import { ADDRESSING, ADDRESSING_2004, ENVELOPES } from '../wsdl/namespaces.ts';
import { escapeText } from '../xml/write.ts';

/** Where answers go: back to whoever called. */
const ANONYMOUS: Readonly<Record<string, string>> = {
  [ADDRESSING]: `${ADDRESSING}/anonymous`,
  [ADDRESSING_2004]: `${ADDRESSING_2004}/role/anonymous`,
};

/**
 * '' where the service does not demand them; each message has an id of its own.
 * @param to address of the service; '' where it is not known
 */
export function addressingHeaders(
  { addressing, soap }: Pick<SoapRequest, 'addressing' | 'soap'>,
  to: string,
): string {
  if (addressing === undefined) return '';
  const { uri, action } = addressing;
  const must = ` xmlns:a="${uri}" xmlns:v="${ENVELOPES[soap]}" v:mustUnderstand="1"`;
  const own = ` xmlns:a="${uri}"`;
  const target = to === '' ? '' : `<a:To${must}>${escapeText(to)}</a:To>`;
  const reply = `<a:ReplyTo${own}><a:Address>${ANONYMOUS[uri] ?? ''}</a:Address></a:ReplyTo>`;
  return `<a:Action${must}>${escapeText(action)}</a:Action>${target}<a:MessageID${own}>urn:uuid:${randomUUID()}</a:MessageID>${reply}`;
}
