/** WS-Security: the UsernameToken Profile 1.0 and 1.1, as text or as a digest. */
import { createHash, randomBytes } from 'node:crypto';
import { ENVELOPES, type SoapVersion } from '../wsdl/namespaces.ts';
import { escapeText } from '../xml/write.ts';

export interface Login {
  readonly username: string;
  /** Undefined where only the name is sent. */
  readonly password: string | undefined;
  readonly type: 'text' | 'digest';
}

const BASE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
const SECEXT = `${BASE}wssecurity-secext-1.0.xsd`;
const UTILITY = `${BASE}wssecurity-utility-1.0.xsd`;
const PROFILE = `${BASE}username-token-profile-1.0`;
const BASE64 = `${BASE}soap-message-security-1.0#Base64Binary`;
const NONCE_BYTES = 16;

export interface Security {
  /** '' for none. */
  readonly header: string;
  /** What the password was sent as; '' where it was sent as it is. */
  readonly digest: string;
}

/** What one message says of who calls; each has a nonce and a time of its own. */
export function securityOf(login: Login, soap: SoapVersion, nowMs: number): Security {
  const { header, digest } = passwordOf(login, new Date(nowMs).toISOString());
  return {
    header: `<w:Security xmlns:w="${SECEXT}" xmlns:u="${UTILITY}" xmlns:v="${ENVELOPES[soap]}" v:mustUnderstand="1"><w:UsernameToken><w:Username>${escapeText(login.username)}</w:Username>${header}</w:UsernameToken></w:Security>`,
    digest,
  };
}

function passwordOf({ password, type }: Login, created: string): Security {
  if (password === undefined) return { header: '', digest: '' };
  const nonce = randomBytes(NONCE_BYTES);
  const times = `<w:Nonce EncodingType="${BASE64}">${nonce.toString('base64')}</w:Nonce><u:Created>${created}</u:Created>`;
  if (type === 'text') {
    const written = escapeText(password);
    const header = `<w:Password Type="${PROFILE}#PasswordText">${written}</w:Password>${times}`;
    return { header, digest: '' };
  }
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64');
  const header = `<w:Password Type="${PROFILE}#PasswordDigest">${digest}</w:Password>${times}`;
  return { header, digest };
}
