/** Why coordination could not do what was asked. */
export type CoordinationFailure =
  /**
   * The server is away, did not answer in time or refused. Whether a change was made is not known,
   * unless nothing was sent because there was no connection.
   */
  | 'unavailable'
  /** The text is longer than the bound; nothing was done. */
  | 'too_large'
  /** The address of the server cannot be used; only ever while coordination is created. */
  | 'address_invalid'
  /** It was closed; nothing was done. */
  | 'closed';

/** An operation failed. The message holds no password and no value. */
export class CoordinationError extends Error {
  override readonly name = 'CoordinationError';
  readonly failure: CoordinationFailure;

  constructor(failure: CoordinationFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
