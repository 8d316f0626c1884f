/** The access tokens by which principals were verified, where they are to be exchanged for others. */
import type { Principal } from '../kernel/index.ts';
import type { Credential } from './credential.ts';

/** Held in memory only, as long as the principal is; nothing of it is ever written or shown. */
export class SubjectTokens {
  private tokens = new WeakMap<Principal, string>();
  private isWanted = false;

  /** Whether anybody exchanges tokens; nothing is held otherwise. */
  want(isWanted: boolean): void {
    if (!isWanted) this.tokens = new WeakMap();
    this.isWanted = isWanted;
  }

  keep({ kind, principal }: Credential, token: string): void {
    if (this.isWanted && kind === 'token') this.tokens.set(principal, token);
  }

  of(principal: Principal): string | undefined {
    return this.tokens.get(principal);
  }
}
