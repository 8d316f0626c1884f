/** A certificate with its key, and authorities: whole and usable, or words that say what is wrong. */
import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { createSecureContext, getCACertificates } from 'node:tls';
import { readPem } from './read-pem.ts';

/** Settings as they are written: each is a path, or PEM itself. */
export interface TlsFiles {
  /** The certificate, with the intermediate ones behind it. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: string | undefined;
  /** Authorities; the word `system` stands for those that the machine trusts. */
  readonly ca?: string | readonly string[] | undefined;
  /** Certificates that their authorities have revoked. */
  readonly crl?: string | undefined;
}

export type TlsField = 'cert' | 'key' | 'ca' | 'crl';

/** Something that cannot be used; nothing secret is in it. */
export interface TlsFault {
  readonly field: TlsField;
  readonly message: string;
  readonly hint: string;
}

/** PEM texts; undefined where nothing is set. */
export interface TlsMaterial {
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly passphrase: string | undefined;
  readonly ca: readonly string[] | undefined;
  readonly crl: string | undefined;
  /** When the certificate ends, milliseconds since 1970; infinite where there is none. */
  readonly expiresMs: number;
}

export interface ReadOptions {
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly nowMs: number;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const RELATIVE = 'paths are relative to the configuration file';
const RENEW = 'renew it; the files are read again when they change';

/** The certificates of a PEM text, each by itself. */
export function certificatesIn(text: string): string[] {
  return text.match(CERTIFICATE) ?? [];
}

/** Faults in one line, for a log or an error. */
export function faultWords(faults: readonly TlsFault[]): string {
  return faults.map(({ field, message }) => `${field}: ${message}`).join('; ');
}

/**
 * Reads and judges everything that is set. Refuses what is missing or unreadable, what holds no
 * certificate or key, an encrypted key without its passphrase, a key of another certificate, and
 * what is not valid yet or any more.
 */
export function readMaterial(files: TlsFiles, options: ReadOptions): TlsMaterial | TlsFault[] {
  const faults: TlsFault[] = [];
  const add = (field: TlsField, message: string, hint: string): undefined => {
    faults.push({ field, message, hint });
    return undefined;
  };
  const textOf = (field: TlsField, written: string | undefined): string | undefined => {
    if (written === undefined) return undefined;
    const read = readPem(written, options.directory);
    return 'text' in read ? read.text : add(field, read.why, RELATIVE);
  };
  const cert = textOf('cert', files.cert);
  const leaf = cert === undefined ? undefined : leafOf(cert, add);
  if (leaf !== undefined) judgeTimes(leaf, options.nowMs, add);
  const key = textOf('key', files.key);
  const opened = key === undefined ? undefined : openKey(key, files.passphrase, add);
  if (leaf !== undefined && opened !== undefined && !leaf.checkPrivateKey(opened)) {
    add('key', 'it does not belong to the certificate', 'give the key that this one was made for');
  }
  const ca = authoritiesIn(files.ca, textOf, options.nowMs, add);
  const crl = textOf('crl', files.crl);
  const expiresMs = leaf?.validToDate.getTime() ?? Number.POSITIVE_INFINITY;
  const material = { cert, key, passphrase: files.passphrase, ca, crl, expiresMs };
  if (faults.length === 0) tryOut(material, add);
  return faults.length === 0 ? material : faults;
}

type Add = (field: TlsField, message: string, hint: string) => undefined;

function leafOf(text: string, add: Add): X509Certificate | undefined {
  const [first] = certificatesIn(text);
  if (first === undefined) {
    const hint = text.includes('PRIVATE KEY-----')
      ? 'it holds a key: are cert and key swapped?'
      : 'it has to be PEM: -----BEGIN CERTIFICATE-----';
    return add('cert', 'it holds no certificate', hint);
  }
  return parse(first, 'cert', add);
}

function parse(text: string, field: TlsField, add: Add): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return add(field, 'it holds a certificate that cannot be read', 'make it again, or export it');
  }
}

function judgeTimes(leaf: X509Certificate, nowMs: number, add: Add): void {
  const { validFromDate, validToDate } = leaf;
  if (nowMs > validToDate.getTime()) {
    add('cert', `the certificate expired on ${validToDate.toISOString()}`, RENEW);
  } else if (nowMs < validFromDate.getTime()) {
    const hint = "look at this machine's clock, or wait";
    add('cert', `the certificate is not valid before ${validFromDate.toISOString()}`, hint);
  }
}

function openKey(text: string, passphrase: string | undefined, add: Add): KeyObject | undefined {
  if (!text.includes('PRIVATE KEY-----')) {
    const hint = text.includes('CERTIFICATE-----')
      ? 'it holds a certificate: are cert and key swapped?'
      : 'it has to be PEM: -----BEGIN PRIVATE KEY-----';
    return add('key', 'it holds no private key', hint);
  }
  if (passphrase === undefined && text.includes('ENCRYPTED')) {
    return add('key', 'the key is encrypted', 'set passphrase beside it');
  }
  try {
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    const isEncrypted = text.includes('ENCRYPTED');
    return isEncrypted
      ? add('key', 'the passphrase does not open the key', 'look at passphrase beside it')
      : add('key', 'the key cannot be read', 'make it again, or export it');
  }
}

function authoritiesIn(
  written: TlsFiles['ca'],
  textOf: (field: TlsField, written: string) => string | undefined,
  nowMs: number,
  add: Add,
): readonly string[] | undefined {
  if (written === undefined) return undefined;
  const all: string[] = [];
  for (const one of typeof written === 'string' ? [written] : written) {
    if (one === 'system') {
      all.push(...getCACertificates('default'));
      continue;
    }
    const text = textOf('ca', one);
    if (text === undefined) continue;
    const found = certificatesIn(text);
    if (found.length === 0) {
      add('ca', `"${nameOf(one)}" holds no certificate`, 'it has to be PEM');
      continue;
    }
    const read = found.map((each) => parse(each, 'ca', add));
    if (read.every((each) => each !== undefined && each.validToDate.getTime() < nowMs)) {
      add('ca', `all certificates in "${nameOf(one)}" have expired`, RENEW);
    }
    all.push(...found);
  }
  return all;
}

function nameOf(written: string): string {
  return written.includes('-----BEGIN') ? 'the text' : written;
}

/** Whether the TLS library takes it: keys that are too short, unknown curves, broken lists. */
function tryOut({ cert, key, passphrase, ca, crl }: TlsMaterial, add: Add): void {
  try {
    createSecureContext({ cert, key, passphrase, ca: ca === undefined ? ca : [...ca], crl });
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error';
    const field = crl === undefined ? (cert === undefined ? 'ca' : 'cert') : 'crl';
    add(field, `it cannot be used for TLS: ${why}`, 'make it again with a key of today');
  }
}
