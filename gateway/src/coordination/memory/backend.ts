import type { Backend, BackendValues } from '../backend.ts';
import { CoordinationError } from '../error.ts';
import type { Subscription } from '../port.ts';
import type { MemoryHub } from './hub.ts';

/** One connection to a hub. `sever` and `restore` are for tests: what a network would do. */
export class MemoryBackend implements Backend {
  private readonly hub: MemoryHub;
  private readonly wanted = new Set<Wanted>();
  private connectionListener: (isConnected: boolean) => void = () => undefined;
  private isDestroyed = false;
  isConnected = true;
  readonly values: BackendValues;

  constructor(hub: MemoryHub) {
    this.hub = hub;
    this.values = memoryValues(hub, () => this.check());
  }

  onConnection(listener: (isConnected: boolean) => void): void {
    this.connectionListener = listener;
  }

  async publish(channel: string, text: string): Promise<void> {
    this.check();
    this.hub.publish(channel, text);
    return Promise.resolve();
  }

  subscribe(channel: string, handler: (text: string) => void): Subscription {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Of its own, so that the same handler can listen twice.
    const one: Wanted = { channel, handler: (text) => handler(text), stop: undefined, resolve };
    this.wanted.add(one);
    if (this.isConnected) this.begin(one);
    const cancel = (): void => {
      this.wanted.delete(one);
      one.stop?.();
    };
    return { ready: promise, cancel };
  }

  /** The connection is lost. */
  sever(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    for (const one of this.wanted) one.stop?.();
    this.connectionListener(false);
  }

  /** The connection is back. */
  restore(): void {
    if (this.isConnected || this.isDestroyed) return;
    this.isConnected = true;
    for (const one of this.wanted) this.begin(one);
    this.connectionListener(true);
  }

  destroy(): void {
    this.isDestroyed = true;
    this.isConnected = false;
    for (const one of this.wanted) one.stop?.();
    this.wanted.clear();
  }

  private begin(one: Wanted): void {
    one.stop = this.hub.listen(one.channel, one.handler);
    one.resolve();
  }

  private check(): void {
    if (this.isDestroyed) throw new CoordinationError('closed', 'Coordination was closed.');
    if (!this.isConnected) throw new CoordinationError('unavailable', 'There is no connection.');
  }
}

interface Wanted {
  readonly channel: string;
  readonly handler: (text: string) => void;
  stop: (() => void) | undefined;
  readonly resolve: () => void;
}

function memoryValues(hub: MemoryHub, check: () => void): BackendValues {
  const does = <T>(work: () => T): Promise<T> =>
    Promise.try(() => {
      check();
      return work();
    });
  return {
    get: (key) => does(() => hub.read(key)),
    getMany: (keys) => does(() => keys.map((key) => hub.read(key))),
    set: (key, text, ttlMs) => does(() => hub.write(key, text, ttlMs)),
    setIfAbsent: (key, text, ttlMs) =>
      does(() => {
        if (hub.read(key) !== undefined) return false;
        hub.write(key, text, ttlMs);
        return true;
      }),
    take: (key) =>
      does(() => {
        const text = hub.read(key);
        hub.remove(key);
        return text;
      }),
    delete: (key) => does(() => hub.remove(key)),
    compareAndSet: (key, expected, next, ttlMs) =>
      does(() => {
        if (hub.read(key) !== expected) return false;
        hub.write(key, next, ttlMs);
        return true;
      }),
    hold: (key, holder, places) => does(() => hub.hold(key, holder, places)),
    tryAdd: (key, by, max, ttlMs) =>
      does(() => {
        const next = Number(hub.read(key) ?? '0') + by;
        if (by > 0 && next > max) return false;
        if (next > 0) hub.write(key, String(next), ttlMs);
        else hub.remove(key);
        return true;
      }),
  };
}
