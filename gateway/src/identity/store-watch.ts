/** Notices what somebody else has changed in the store, a few times a second. */
import type { Clock, Timer } from '../kernel/index.ts';

const LOOK_EVERY_MS = 250;

/** What has to know of changes. */
export interface Watched {
  /** Something has changed; rejects where it cannot be read. */
  changed(): Promise<void>;
  /** Nobody can say whether what was read before still holds. */
  unreadable(): void;
  /** It was looked for changes. */
  looked?(): Promise<void>;
}

export interface StoreWatchDeps {
  readonly clock: Clock;
  /** A number that changes whenever another process has changed something. */
  readonly version: () => Promise<number>;
  /** Told once until it can be read again. */
  readonly onUnreadable: (error: unknown) => void;
}

export class StoreWatch {
  private readonly deps: StoreWatchDeps;
  private readonly watched: Watched[] = [];
  private version = -1;
  private isReadable = true;
  private timer: Timer | undefined;
  private isWatching = false;

  constructor(deps: StoreWatchDeps) {
    this.deps = deps;
  }

  add(watched: Watched): void {
    this.watched.push(watched);
  }

  start(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    this.schedule();
  }

  stop(): void {
    this.isWatching = false;
    this.timer?.cancel();
    this.version = -1;
  }

  /** Looks now; `isChanged`: this process has changed something itself, which shows nowhere. */
  async look(isChanged = false): Promise<void> {
    try {
      const version = await this.deps.version();
      if (isChanged || version !== this.version) {
        for (const each of this.watched) await each.changed();
        this.version = version;
      }
      this.isReadable = true;
    } catch (error) {
      this.failed(error);
    }
    for (const each of this.watched) await each.looked?.();
  }

  /** It could not be read: all is read anew once it can be. */
  failed(error: unknown): void {
    this.version = -1;
    for (const each of this.watched) each.unreadable();
    if (this.isReadable) this.deps.onUnreadable(error);
    this.isReadable = false;
  }

  private schedule(): void {
    this.timer = this.deps.clock.after(LOOK_EVERY_MS, () => {
      void this.look().then(() => {
        if (this.isWatching) this.schedule();
      });
    });
  }
}
