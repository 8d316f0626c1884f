/** What stands in for a server: channels and values that all connections to it share. */
import type { Clock } from '../../kernel/index.ts';
import { CoordinationError } from '../error.ts';
import type { HeldPlaces } from '../port.ts';

interface Entry {
  readonly text: string;
  readonly expiresAtMs: number;
}

interface Held {
  readonly count: number;
  readonly endsMs: number;
}

/** So that keys that are never deleted cannot fill the memory. */
const MAX_VALUES = 100_000;

export class MemoryHub {
  private readonly clock: Clock;
  private readonly values = new Map<string, Entry>();
  private readonly places = new Map<string, Map<string, Held>>();
  private readonly channels = new Map<string, Set<(text: string) => void>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  read(key: string): string | undefined {
    const entry = this.values.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAtMs > this.clock.nowMs()) return entry.text;
    this.values.delete(key);
    return undefined;
  }

  write(key: string, text: string, ttlMs: number): void {
    if (this.values.size >= MAX_VALUES && !this.values.has(key)) this.makeRoom();
    this.values.set(key, { text, expiresAtMs: this.clock.nowMs() + ttlMs });
  }

  remove(key: string): boolean {
    return this.read(key) !== undefined && this.values.delete(key);
  }

  /** As `SharedValues.hold` says. */
  hold(key: string, holder: string, { used, wanted, max, ttlMs }: HeldPlaces): number {
    const nowMs = this.clock.nowMs();
    const held = this.places.get(key) ?? new Map<string, Held>();
    this.places.set(key, held);
    held.delete(holder);
    for (const [other, { endsMs }] of held) if (endsMs <= nowMs) held.delete(other);
    const others = [...held.values()].reduce((sum, { count }) => sum + count, 0);
    const count = Math.max(used, Math.min(wanted, max - others), 0);
    if (count > 0) held.set(holder, { count, endsMs: nowMs + ttlMs });
    if (held.size === 0) this.places.delete(key);
    return count;
  }

  /** Everything is forgotten, as by a restart. */
  clear(): void {
    this.values.clear();
    this.places.clear();
  }

  publish(channel: string, text: string): void {
    for (const handler of this.channels.get(channel) ?? []) {
      // Like over a network: nobody hears it before the one who says it goes on.
      queueMicrotask(() => {
        if (this.channels.get(channel)?.has(handler) === true) handler(text);
      });
    }
  }

  /** @returns stops listening */
  listen(channel: string, handler: (text: string) => void): () => void {
    const handlers = this.channels.get(channel) ?? new Set();
    this.channels.set(channel, handlers.add(handler));
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0) this.channels.delete(channel);
    };
  }

  private makeRoom(): void {
    const nowMs = this.clock.nowMs();
    for (const [key, entry] of this.values) {
      if (entry.expiresAtMs <= nowMs) this.values.delete(key);
    }
    if (this.values.size >= MAX_VALUES) {
      throw new CoordinationError('unavailable', `There are ${MAX_VALUES} values already.`);
    }
  }
}
