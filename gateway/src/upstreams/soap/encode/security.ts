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

/** The header of one message; each digest has a nonce and a time of its own. */
export function securityHeader(login: Login, soap: SoapVersion, nowMs: number): string {
  const nonce = randomBytes(NONCE_BYTES);
  const created = new Date(nowMs).toISOString();
  return `<w:Security xmlns:w="${SECEXT}" xmlns:u="${UTILITY}" xmlns:v="${ENVELOPES[soap]}" v:mustUnderstand="1"><w:UsernameToken><w:Username>${escapeText(login.username)}</w:Username>${passwordOf(login, nonce, created)}</w:UsernameToken></w:Security>`;
}

function passwordOf({ password, type }: Login, nonce: Buffer, created: string): string {
  if (password === undefined) return '';
  const times = `<w:Nonce EncodingType="${BASE64}">${nonce.toString('base64')}</w:Nonce><u:Created>${created}</u:Created>`;
  if (type === 'text') {
    return `<w:Password Type="${PROFILE}#PasswordText">${escapeText(password)}</w:Password>${times}`;
  }
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64');
  return `<w:Password Type="${PROFILE}#PasswordDigest">${digest}</w:Password>${times}`;
}
