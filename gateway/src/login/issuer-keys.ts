/** The keys with which a provider signs what it says about people. */
import { createLocalJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { CustomFetch } from 'openid-client';
import { isJsonArray, isJsonObject, ownMember, parseExact } from '../kernel/index.ts';
import type { Clock, Json, JsonObject } from '../kernel/index.ts';
import { Unreachable } from './guarded-fetch.ts';

type KeySet = ReturnType<typeof createLocalJWKSet>;

const FRESH_MS = 600_000;
/** How long a provider whose keys could not be read is left alone. */
const PAUSE_MS = 1000;
/** An unknown key is asked for at most this often, so that invented ones ask nothing of the provider. */
const UNKNOWN_EVERY_MS = 10_000;

export class IssuerKeys {
  private readonly send: CustomFetch;
  private readonly clock: Clock;
  private kept:
    | { readonly keys: KeySet; readonly address: string; readonly atMs: number }
    | undefined;
  private askedForUnknownMs = Number.NEGATIVE_INFINITY;
  private failedMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<KeySet> | undefined;

  constructor(send: CustomFetch, clock: Clock) {
    this.send = send;
    this.clock = clock;
  }

  /**
   * Verifies signature and claims; asks once more, but not often, for a key that is not at hand.
   * @param address where the keys are
   * @throws {Unreachable} where the keys cannot be read, a JOSEError where the token does not count
   */
  async verify(token: string, address: string, options: JWTVerifyOptions): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, await this.at(address), options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const nowMs = this.clock.nowMs();
      if (nowMs - this.askedForUnknownMs < UNKNOWN_EVERY_MS) throw error;
      this.askedForUnknownMs = nowMs;
      return (await jwtVerify(token, await this.read(address), options)).payload;
    }
  }

  private async at(address: string): Promise<KeySet> {
    const { kept } = this;
    const isFresh = kept !== undefined && this.clock.nowMs() - kept.atMs < FRESH_MS;
    return isFresh && kept.address === address ? kept.keys : await this.read(address);
  }

  private async read(address: string): Promise<KeySet> {
    if (this.clock.nowMs() - this.failedMs < PAUSE_MS) {
      throw new Unreachable('the keys of the provider could not be read a moment ago');
    }
    this.asking ??= this.ask(address).finally(() => (this.asking = undefined));
    try {
      return await this.asking;
    } catch (error) {
      this.failedMs = this.clock.nowMs();
      throw error;
    }
  }

  private async ask(address: string): Promise<KeySet> {
    const headers = { accept: 'application/json, application/jwk-set+json' };
    const response = await this.send(address, {
      method: 'GET',
      headers,
      body: undefined,
      redirect: 'manual',
    });
    if (response.status !== 200) {
      throw new Unreachable(`the keys of the provider: HTTP ${response.status}`);
    }
    const keys = createLocalJWKSet({ keys: keysIn(await response.text()) });
    this.kept = { keys, address, atMs: this.clock.nowMs() };
    return keys;
  }
}

function keysIn(text: string): (JsonObject & { readonly kty: string })[] {
  let document: Json;
  try {
    document = parseExact(text);
  } catch {
    throw new Unreachable('the keys of the provider are not JSON');
  }
  const keys = isJsonObject(document) ? ownMember(document, 'keys') : undefined;
  if (!isJsonArray(keys)) throw new Unreachable('the provider publishes no keys');
  return keys.flatMap((key) => {
    const kty = isJsonObject(key) ? ownMember(key, 'kty') : undefined;
    return isJsonObject(key) && typeof kty === 'string' ? [{ ...key, kty }] : [];
  });
}
