/** Requests of the client that have no answer yet. */

export type Era = 'modern' | 'legacy';

/** One line of the client on its way; a batch has several ids. */
export interface Pending {
  readonly rawIds: readonly string[];
  readonly era: Era;
  readonly method: string;
  /** It stays open until somebody ends it, so nobody waits for it. */
  readonly isStream: boolean;
  /** The client does not want the answer any more. */
  isCancelled: boolean;
  /** Everything has been said. */
  isOver: boolean;
  /** Ends the HTTP request. */
  leave: () => void;
}

/** More than this at once is a client gone wrong. */
const MAX_PENDING = 1024;

export class PendingRequests {
  private readonly byId = new Map<string, Pending>();
  private whenIdle: (() => void) | undefined = undefined;

  /** @returns undefined where too many are open */
  enter(rawIds: readonly string[], era: Era, method: string): Pending | undefined {
    if (this.byId.size >= MAX_PENDING) return undefined;
    const pending: Pending = {
      rawIds,
      era,
      method,
      isStream: method === 'subscriptions/listen',
      isCancelled: false,
      isOver: false,
      leave: () => undefined,
    };
    for (const rawId of rawIds) this.byId.set(rawId, pending);
    return pending;
  }

  find(rawId: string): Pending | undefined {
    return this.byId.get(rawId);
  }

  all(): readonly Pending[] {
    return [...new Set(this.byId.values())];
  }

  finish(pending: Pending): void {
    pending.isOver = true;
    for (const rawId of pending.rawIds) {
      if (this.byId.get(rawId) === pending) this.byId.delete(rawId);
    }
    if (this.isIdle()) this.whenIdle?.();
  }

  /** Resolves when every request but streams has its answer. */
  idle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => (this.whenIdle = resolve));
  }

  private isIdle(): boolean {
    return this.all().every((each) => each.isStream);
  }
}
