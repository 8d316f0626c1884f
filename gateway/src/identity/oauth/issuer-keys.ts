/** The keys with which an issuer signs: read when they are needed, kept for a while. */
import type { createLocalJWKSet } from 'jose';
import {
  isJsonArray,
  isJsonObject,
  ownMember,
  type Clock,
  type Json,
  type JsonObject,
} from '../../kernel/index.ts';

export type KeySet = ReturnType<typeof createLocalJWKSet>;

const FRESH_MS = 600_000;
/** How long keys are good while the issuer cannot be asked for them. */
const STALE_MS = 3_600_000;
/** An unknown key is asked for at most this often, so that invented ones ask nothing of the issuer. */
const UNKNOWN_EVERY_MS = 10_000;
/** How long an issuer that could not be asked is left alone. */
const PAUSE_MS = 1000;

export interface IssuerKeysDeps {
  readonly clock: Clock;
  /** Asks for the document of keys (RFC 7517, section 5). Rejects where it cannot be had. */
  readonly read: () => Promise<JsonObject>;
  /** What is thrown where there are no keys, with words for it. */
  readonly fault: (why: string) => Error;
}

export class IssuerKeys {
  private readonly deps: IssuerKeysDeps;
  private kept: { readonly keys: KeySet; readonly atMs: number } | undefined;
  private askedForUnknownMs = Number.NEGATIVE_INFINITY;
  private failedMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<KeySet> | undefined;

  constructor(deps: IssuerKeysDeps) {
    this.deps = deps;
  }

  /**
   * The keys that count now. Whoever asks while they are read waits for the same.
   * @param isUnknown a token names a key that is not among those at hand; asks once more, but not often
   * @throws what `read` or `fault` says, where there are none that may still be relied on
   */
  async get(isUnknown = false): Promise<KeySet> {
    const nowMs = this.deps.clock.nowMs();
    const { kept } = this;
    const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : nowMs - kept.atMs;
    if (kept !== undefined && isUnknown && this.asking === undefined) {
      if (nowMs - this.askedForUnknownMs < UNKNOWN_EVERY_MS) return kept.keys;
      this.askedForUnknownMs = nowMs;
    } else if (kept !== undefined && !isUnknown && ageMs < FRESH_MS) return kept.keys;
    try {
      // Only a later turn may forget it: where it fails at once, it is not yet kept here.
      return await (this.asking ??= this.ask().finally(() => {
        this.asking = undefined;
      }));
    } catch (error) {
      if (kept !== undefined && ageMs < STALE_MS) return kept.keys;
      throw error;
    }
  }

  private async ask(): Promise<KeySet> {
    const { clock, read, fault } = this.deps;
    if (clock.nowMs() - this.failedMs < PAUSE_MS) throw fault('could not be read a moment ago');
    try {
      const { keys } = await read();
      if (!isJsonArray(keys)) throw fault('are not in the document that should have them');
      const { createLocalJWKSet } = await import('jose');
      const usable = createLocalJWKSet({ keys: keys.flatMap(usableKey) });
      this.kept = { keys: usable, atMs: clock.nowMs() };
      return usable;
    } catch (error) {
      this.failedMs = clock.nowMs();
      throw error;
    }
  }
}

function usableKey(key: Json): (JsonObject & { readonly kty: string })[] {
  const kty = isJsonObject(key) ? ownMember(key, 'kty') : undefined;
  return isJsonObject(key) && typeof kty === 'string' ? [{ ...key, kty }] : [];
}

/**
 * An address that the metadata of an issuer name.
 * @returns words that say why it is not used, to follow the name of the issuer
 */
export function namedAddress(issuer: string, member: string, found: unknown): URL | string {
  const url = typeof found === 'string' ? URL.parse(found) : null;
  if (url === null) return `names no ${member}`;
  // Whoever is on the way could put keys there, or read the secret that is sent.
  return issuer.startsWith('https:') && url.protocol !== 'https:'
    ? `names a ${member} without TLS`
    : url;
}
