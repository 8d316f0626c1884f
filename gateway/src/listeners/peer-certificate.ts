/** The certificate that a caller showed, in the words in which rules speak of it. */
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../kernel/index.ts';

/** One name of a certificate's list, as the TLS library writes it: quoted where it is ambiguous. */
const NAME = /(DNS|URI|email|IP Address|[^,:"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;

/** @returns undefined where none was shown */
export function certificateOf(socket: TLSSocket): ClientCertificate | undefined {
  const shown = socket.getPeerX509Certificate();
  if (shown === undefined) return undefined;
  const { subject } = socket.getPeerCertificate();
  const names = namesIn(shown.subjectAltName ?? '');
  return {
    fault: socket.authorized ? '' : faultOf(socket),
    fingerprint: shown.fingerprint256,
    beginsMs: shown.validFromDate.getTime(),
    expiresMs: shown.validToDate.getTime(),
    cn: valuesOf(subject, 'CN'),
    o: valuesOf(subject, 'O'),
    ou: valuesOf(subject, 'OU'),
    ...names,
  };
}

function faultOf({ authorizationError }: TLSSocket): string {
  const error: unknown = authorizationError;
  return error instanceof Error ? error.message : typeof error === 'string' ? error : 'unverified';
}

function valuesOf(subject: PeerCertificate['subject'], name: 'CN' | 'O' | 'OU'): readonly string[] {
  const value: string | readonly string[] | undefined = subject[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** All names, or none where the text is anything but a list of names. */
function namesIn(text: string): Pick<ClientCertificate, 'dns' | 'uri' | 'email'> {
  const dns: string[] = [];
  const uri: string[] = [];
  const email: string[] = [];
  const lists: Readonly<Record<string, string[]>> = { DNS: dns, URI: uri, email };
  NAME.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    NAME.lastIndex = at;
    const [whole, kind = '', written = ''] = NAME.exec(text) ?? [];
    if (whole === undefined) return { dns: [], uri: [], email: [] };
    at += whole.length;
    lists[kind]?.push(unquoted(written));
  }
  return { dns, uri, email };
}

function unquoted(written: string): string {
  if (!written.startsWith('"')) return written;
  const value: unknown = JSON.parse(written);
  return String(value);
}
