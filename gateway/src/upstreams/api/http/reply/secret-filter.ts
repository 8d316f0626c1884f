/** Keeps credentials out of whatever an API sends back. */

const SHOWN = '[secret]';
/** Shorter ones stand in too many innocent texts. */
const MIN_CHARS = 6;

export interface SecretFilter {
  /** Adds a credential that came later, such as an access token; the oldest of these are forgotten. */
  learn(secret: string): void;
  /** `text` with every known credential replaced, in any form in which it was sent. */
  clean(text: string): string;
  /** The same for bytes, whose number does not change: asterisks stand in place of a credential. */
  cleanBytes(bytes: Buffer): Buffer;
}

const MAX_LEARNT = 64;

/** @param secrets credentials of the configuration */
export function createSecretFilter(secrets: readonly string[]): SecretFilter {
  const fixed = new Set(secrets.flatMap(formsOf));
  const learnt = new Map<string, readonly string[]>();
  const forms = (): Iterable<string> => new Set([...fixed, ...[...learnt.values()].flat()]);
  return {
    learn: (secret) => {
      learnt.delete(secret);
      learnt.set(secret, formsOf(secret));
      const [oldest] = learnt.keys();
      if (learnt.size > MAX_LEARNT && oldest !== undefined) learnt.delete(oldest);
    },
    clean: (text) => {
      let cleaned = text;
      for (const form of fixed) cleaned = cleaned.replaceAll(form, SHOWN);
      for (const known of learnt.values()) {
        for (const form of known) cleaned = cleaned.replaceAll(form, SHOWN);
      }
      return cleaned;
    },
    cleanBytes: (bytes) => {
      let cleaned = bytes;
      for (const form of forms()) {
        for (let at = cleaned.indexOf(form); at >= 0; at = cleaned.indexOf(form, at)) {
          if (cleaned === bytes) cleaned = Buffer.from(bytes);
          cleaned.fill('*', at, at + Buffer.byteLength(form));
        }
      }
      return cleaned;
    },
  };
}

/**
 * What headers hold that by their names are credentials; a tenant or a language may be read by
 * anybody.
 */
export function secretHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => /auth|key|token|secret|cookie|passw|signature/i.test(name))
    .map(([, value]) => value.replace(/^(?:Bearer|Basic) +/i, ''));
}

/** As it is, inside JSON, in addresses and forms, on a page, and in base64 of either alphabet. */
function formsOf(secret: string): string[] {
  if (secret.length < MIN_CHARS) return [];
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const url = encodeURIComponent(secret.toWellFormed());
  const inJson = [secret, json, json.replaceAll('/', '\\/')];
  const lower = url.replace(/%../g, (escape) => escape.toLowerCase());
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  const other = [onPage(secret), base64, base64.replaceAll('+', '-').replaceAll('/', '_')];
  // An address within an address, as sign-in pages are given the way back.
  const inAddress = [url, lower, url.replaceAll('%20', '+'), form, encodeURIComponent(url)];
  const all = [...inJson, ...inAddress, ...other];
  // Longer forms first, so that no part of one is left over.
  return [...new Set(all)].toSorted((a, b) => b.length - a.length);
}

/** As pages write it: HTML, or XML. */
function onPage(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
