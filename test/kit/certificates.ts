/** Certificates for tests, made here and now: authorities, what they issue, and what they revoke. */
import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { isIP } from 'node:net';

export interface CertificateWishes {
  readonly cn?: string;
  readonly o?: string;
  readonly ou?: readonly string[];
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly uri?: readonly string[];
  readonly email?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A certificate with its key, both PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly serial: Buffer;
}

export interface Authority extends Issued {
  issue(wishes: CertificateWishes): Issued;
  /** A list of what it has revoked. */
  crl(revoked: readonly Issued[]): string;
}

const DAY_MS = 24 * 3600 * 1000;
const LOCAL = { dns: ['localhost'], ip: ['127.0.0.1', '::1'] };

/** An authority that nobody knows; what it issues is good for a day. */
export function makeAuthority(cn = 'Test authority'): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = nameOf({ cn });
  const own = certificate({ cn }, issuer, publicKey, privateKey, true);
  return {
    ...own,
    key: pemOf(privateKey),
    issue: (wishes) => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const made = certificate(wishes, issuer, pair.publicKey, privateKey, false);
      return { ...made, key: pemOf(pair.privateKey) };
    },
    crl: (revoked) => crl(issuer, revoked, privateKey),
  };
}

/** A certificate for this machine's loopback addresses. */
export function issueLocal(authority: Authority, wishes: CertificateWishes = {}): Issued {
  return authority.issue({ cn: 'localhost', ...LOCAL, ...wishes });
}

/** The same key, readable only with a passphrase. */
export function encrypted(key: string, passphrase: string): string {
  const wanted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
  return createPrivateKey(key).export(wanted).toString();
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function certificate(
  wishes: CertificateWishes,
  issuer: Buffer,
  publicKey: KeyObject,
  signer: KeyObject,
  isAuthority: boolean,
): { readonly cert: string; readonly serial: Buffer } {
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const { notBefore = new Date(Date.now() - DAY_MS), notAfter = new Date(Date.now() + DAY_MS) } =
    wishes;
  const body = sequence(
    tagged(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ECDSA,
    issuer,
    sequence(time(notBefore), time(notAfter)),
    nameOf(wishes),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(wishes, isAuthority))),
  );
  return { cert: pem('CERTIFICATE', signed(body, signer)), serial };
}

function crl(issuer: Buffer, revoked: readonly Issued[], signer: KeyObject): string {
  const now = new Date(Date.now() - 60_000);
  const entries = revoked.map(({ serial }) => sequence(der(0x02, serial), time(now)));
  const body = sequence(
    der(0x02, Buffer.from([1])),
    ECDSA,
    issuer,
    time(now),
    time(new Date(Date.now() + DAY_MS)),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
  );
  return pem('X509 CRL', signed(body, signer));
}

function signed(body: Buffer, signer: KeyObject): Buffer {
  return sequence(body, ECDSA, bits(sign('sha256', body, signer)));
}

function nameOf({ cn, o, ou = [] }: CertificateWishes): Buffer {
  const parts: [oid: number[], value: string][] = [
    ...(o === undefined ? [] : [[[0x55, 4, 10], o] as [number[], string]]),
    ...ou.map((each): [number[], string] => [[0x55, 4, 11], each]),
    ...(cn === undefined ? [] : [[[0x55, 4, 3], cn] as [number[], string]]),
  ];
  return sequence(
    ...parts.map(([oid, value]) =>
      der(0x31, sequence(der(0x06, Buffer.from(oid)), der(0x0c, Buffer.from(value)))),
    ),
  );
}

function extensions(wishes: CertificateWishes, isAuthority: boolean): Buffer[] {
  const { dns = [], ip = [], uri = [], email = [] } = wishes;
  const names = [
    ...email.map((each) => der(0x81, Buffer.from(each))),
    ...dns.map((each) => der(0x82, Buffer.from(each))),
    ...uri.map((each) => der(0x86, Buffer.from(each))),
    ...ip.map((each) => der(0x87, addressBytes(each))),
  ];
  const isTrue = der(0x01, Buffer.from([0xff]));
  const constraints = sequence(...(isAuthority ? [isTrue] : []));
  return [
    sequence(der(0x06, Buffer.from([0x55, 0x1d, 0x13])), isTrue, der(0x04, constraints)),
    ...(names.length === 0
      ? []
      : [sequence(der(0x06, Buffer.from([0x55, 0x1d, 0x11])), der(0x04, sequence(...names)))]),
  ];
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  if (address !== '::1') throw new Error('only ::1 is written here');
  return Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);
}

/** Tag, length and content of one value (X.690, 8.1). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  return der(tag, content);
}

function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  // Years until 2049 are written with two digits (RFC 5280, section 4.1.2.5).
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(text.slice(2)))
    : der(0x18, Buffer.from(text));
}

/** ecdsa-with-SHA256. */
const ECDSA = sequence(der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])));

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
