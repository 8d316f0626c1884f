/** What this room needs of its neighbours. */
import type { Clock, Principal } from '../kernel/index.ts';

export interface CredentialsDeps {
  readonly clock: Clock;
  /**
   * The access token that a principal was verified by; undefined where it was something else. It goes
   * to the configured token endpoint and nowhere else.
   */
  readonly subjectTokenOf: (principal: Principal) => string | undefined;
  /** Hears of every token that was given out, so that none of them is ever shown. */
  readonly learn: (secret: string) => void;
}
