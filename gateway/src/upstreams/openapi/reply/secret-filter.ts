/** Keeps credentials out of whatever an API sends back. */

const SHOWN = '[secret]';
/** Shorter ones stand in too many innocent texts. */
const MIN_CHARS = 6;

export interface SecretFilter {
  /** Adds a credential that came later, such as an access token; the oldest of these are forgotten. */
  learn(secret: string): void;
  /** `text` with every known credential replaced, in any form in which it was sent. */
  clean(text: string): string;
}

const MAX_LEARNT = 64;

/** @param secrets credentials of the configuration */
export function createSecretFilter(secrets: readonly string[]): SecretFilter {
  const fixed = new Set(secrets.flatMap(formsOf));
  const learnt = new Map<string, readonly string[]>();
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
      for (const forms of learnt.values()) {
        for (const form of forms) cleaned = cleaned.replaceAll(form, SHOWN);
      }
      return cleaned;
    },
  };
}

/** As it is, inside JSON, in an address, and in base64. */
function formsOf(secret: string): string[] {
  if (secret.length < MIN_CHARS) return [];
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const all = [secret, json, json.replaceAll('/', '\\/'), encodeURIComponent(secret), base64];
  // Longer forms first, so that no part of one is left over.
  return [...new Set(all)].toSorted((a, b) => b.length - a.length);
}
