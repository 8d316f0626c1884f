/** Who wants to hear of which resources of one upstream. */
import type { Principal } from '../kernel/index.ts';

export interface Watch {
  readonly uri: string;
  /** On whose behalf; principals are as many as credentials. */
  readonly principal: Principal;
}

export class WatchedResources {
  private readonly byUri = new Map<string, Set<Principal>>();

  /** @returns whether nobody wanted it before */
  add(uri: string, principal: Principal): boolean {
    const wanting = this.byUri.get(uri);
    wanting?.add(principal);
    if (wanting === undefined) this.byUri.set(uri, new Set([principal]));
    return wanting === undefined;
  }

  /** @returns whether somebody wanted it and nobody does any more */
  remove(uri: string, principal: Principal): boolean {
    const wanting = this.byUri.get(uri);
    if (wanting?.delete(principal) !== true || wanting.size > 0) return false;
    return this.byUri.delete(uri);
  }

  all(): readonly Watch[] {
    return [...this.byUri].flatMap(([uri, wanting]) =>
      [...wanting].map((principal) => ({ uri, principal })),
    );
  }
}
