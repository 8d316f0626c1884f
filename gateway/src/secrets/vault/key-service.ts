/**
 * The port to whatever keeps the key-encryption keys: a file, an environment variable, or a key
 * management service. What implements it passes `key-service.test.ts`.
 */

/** The keys of one operation. Implementations never hand a key out. */
export interface WrappingKeys {
  /** Id of the key that wraps. */
  readonly newest: string;
  /**
   * Encrypts a data key (32 bytes) with the newest key.
   * @param context bound to it: it opens with exactly these bytes again
   */
  wrap(dataKey: Buffer, context: Buffer): Promise<Buffer>;
  /**
   * @throws {VaultError} `locked` where there is no key of this id or it cannot be used, `corrupt`
   *   where these bytes were not wrapped by it in this context
   */
  unwrap(keyId: string, wrapped: Buffer, context: Buffer): Promise<Buffer>;
}

export interface KeyService {
  /**
   * The keys as they are now.
   * @param mayCreate nothing is sealed yet, so a key may be made where there is none
   * @throws {VaultError} `locked`, with what to do
   */
  open(mayCreate: boolean): Promise<WrappingKeys>;
  /**
   * Sees to a key that wraps from now on, beside those there are. A rotation that was begun and
   * not ended is gone on with.
   * @param sealedWith ids of the keys that something is sealed with
   * @throws {VaultError} `locked` where there can be none
   */
  beginRotation(sealedWith: ReadonlySet<string>): Promise<WrappingKeys>;
  /**
   * Lets go of all keys but the newest: nothing is sealed with them any more.
   * @returns what is left for the operator to do, in words; '' for nothing
   */
  endRotation(): Promise<string>;
}
