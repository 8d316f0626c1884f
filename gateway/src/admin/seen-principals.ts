/** Notes who calls: in memory while calls go on, in the store once a minute at most. */
import type { Clock, Principal, Timer } from '../kernel/index.ts';
import type { PrincipalsSeen, SeenPrincipal } from '../store/index.ts';

export interface SeenDeps {
  readonly store: PrincipalsSeen;
  readonly clock: Clock;
  /** Told once until they can be written again. */
  readonly onFailure: (error: unknown) => void;
}

const WRITE_EVERY_MS = 60_000;
/** Principals that are noted within a minute; those beyond are noted in another one. */
const MAX_NOTED = 10_000;
const MAX_WORDS = 100;

export class SeenPrincipals {
  private readonly deps: SeenDeps;
  private last: Principal | undefined;
  /** By their ids; each stays until the minute is over, so that it is written once in it. */
  private readonly noted = new Map<string, Principal>();
  private timer: Timer | undefined;
  private isFailing = false;

  constructor(deps: SeenDeps) {
    this.deps = deps;
  }

  /** Costs a comparison where the same one calls again and again. */
  note(principal: Principal | undefined): void {
    if (principal === this.last || principal === undefined || principal.kind === 'local') return;
    this.last = principal;
    if (this.noted.size >= MAX_NOTED) return;
    this.noted.set(principal.id, principal);
    this.timer ??= this.deps.clock.after(WRITE_EVERY_MS, () => void this.write());
  }

  /** Writes for the last time. */
  async close(): Promise<void> {
    await this.write();
    this.timer?.cancel();
  }

  /** Those who were seen since the last writing. */
  waiting(): readonly SeenPrincipal[] {
    return [...this.noted.values()].map((each) => seenOf(each, this.deps.clock.nowMs()));
  }

  private async write(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    const seen = this.waiting();
    this.noted.clear();
    this.last = undefined;
    if (seen.length === 0) return;
    try {
      await this.deps.store.note(seen);
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.deps.onFailure(error);
      this.isFailing = true;
    }
  }
}

function seenOf(principal: Principal, nowMs: number): SeenPrincipal {
  const { id, kind, verifiedBy, user, agent, team, groups, scopes } = principal;
  return {
    id,
    kind,
    verifiedBy,
    user,
    agent,
    team,
    groups: groups.slice(0, MAX_WORDS),
    scopes: scopes.slice(0, MAX_WORDS),
    firstMs: nowMs,
    lastMs: nowMs,
  };
}
