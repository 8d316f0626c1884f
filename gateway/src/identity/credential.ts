/** Credentials that were verified, and the work that goes on under them. */
import { OpenExchanges, type Exchange, type Principal } from '../kernel/index.ts';
import type { ParkedWork } from './ports.ts';

/** One credential, as long as it is remembered; it has one principal, and the principal only it. */
export interface Credential {
  readonly principal: Principal;
  /** `here`: it comes from this machine or this process and is no secret at all. */
  readonly kind: 'here' | 'key' | 'token' | 'certificate';
  /** Id of the API key; '' for anything else. */
  readonly keyId: string;
  /** Milliseconds since 1970; it may be moved while the credential is remembered. */
  expiresAtMs: number;
  /** From then on it is looked up again where it is presented; 0 once it is not remembered any more. */
  recheckAtMs: number;
  /** It was revoked. */
  isOver: boolean;
  readonly underWay: OpenExchanges;
}

export function credentialOf(
  principal: Principal,
  kind: Credential['kind'],
  keyId = '',
  expiresAtMs = Number.POSITIVE_INFINITY,
): Credential {
  const recheckAtMs = Number.POSITIVE_INFINITY;
  const underWay = new OpenExchanges();
  return { principal, kind, keyId, expiresAtMs, recheckAtMs, isOver: false, underWay };
}

/** Whether it counts at a time. */
export function isGood(credential: Credential, nowMs: number): boolean {
  return !credential.isOver && nowMs < credential.expiresAtMs;
}

/** Whether it counts without being looked up again. */
export function isFresh(credential: Credential, nowMs: number): boolean {
  return nowMs < credential.recheckAtMs && isGood(credential, nowMs);
}

/** Everything that is under way, by the credential under which it was let in. */
export class OpenWork {
  private readonly byPrincipal = new WeakMap<Principal, Credential>();
  private readonly busyOnes = new Set<Credential>();
  private readonly parked: ParkedWork;

  constructor(parked: ParkedWork) {
    this.parked = parked;
  }

  begin(x: Exchange, credential: Credential): void {
    const { underWay } = credential;
    if (underWay.size === 0) {
      this.byPrincipal.set(credential.principal, credential);
      this.busyOnes.add(credential);
    }
    underWay.add(x);
  }

  end(x: Exchange): void {
    const credential = x.principal === undefined ? undefined : this.byPrincipal.get(x.principal);
    if (credential === undefined) return;
    credential.underWay.remove(x);
    if (credential.underWay.size === 0) this.busyOnes.delete(credential);
  }

  /** Credentials with something under way, or with a call that waits for an answer. */
  busy(): readonly Credential[] {
    const all = new Set(this.busyOnes);
    for (const principal of this.parked.principals()) {
      const credential = this.byPrincipal.get(principal);
      if (credential !== undefined) all.add(credential);
    }
    return [...all];
  }

  /**
   * Ends what goes on under credentials whose time has come. A call that waits for an answer stays:
   * whoever answers it presents a credential that is good then.
   */
  cutExpired(nowMs: number): void {
    for (const credential of this.busyOnes) {
      if (!isGood(credential, nowMs)) this.endAll(credential);
    }
  }

  /** Lets nothing more happen under a credential: calls are cancelled, streams ended. */
  cut(credential: Credential): void {
    this.endAll(credential);
    this.parked.drop(credential.principal);
  }

  /** As `cut`, but a call that waits for an answer stays: another credential may bring it. */
  endAll(credential: Credential): void {
    credential.isOver = true;
    for (const x of credential.underWay) x.cancellation.cancel('cancelled');
  }
}
