/**
 * Tells everybody who works on an exchange that its outcome is no longer wanted. Lighter than an
 * AbortController, which costs more than a whole pipeline stage; `signal` makes one when asked.
 */
export class Cancellation {
  private listeners: ((why: CancelReason) => void)[] | undefined;
  private controller: AbortController | undefined;
  reason: CancelReason | undefined;

  /** Cancels once; later calls change nothing. All hear of it, then the first bug of one is thrown. */
  cancel(why: CancelReason): void {
    if (this.reason !== undefined) return;
    this.reason = why;
    this.controller?.abort(new Error(why));
    const listeners = this.listeners ?? [];
    this.listeners = undefined;
    let bug: { readonly error: unknown } | undefined;
    for (const listener of listeners) {
      try {
        listener(why);
      } catch (error) {
        bug ??= { error };
      }
    }
    if (bug !== undefined) throw bug.error;
  }

  /** Calls `listener` at once where the exchange is cancelled already. */
  onCancel(listener: (why: CancelReason) => void): void {
    if (this.reason !== undefined) {
      listener(this.reason);
      return;
    }
    (this.listeners ??= []).push(listener);
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.reason !== undefined) this.controller.abort(new Error(this.reason));
    }
    return this.controller.signal;
  }
}

/** `disconnected`: the caller went away. `cancelled`: it said so. `expired`, `draining`: we did. */
export type CancelReason = 'disconnected' | 'cancelled' | 'expired' | 'draining';
