import type { SharedValues, Subscription } from './port.ts';

/**
 * What one server (or its stand-in in memory) can do for one process. Names are complete, texts are
 * within their bounds. Leases and asks are built on this once, for all of them.
 */
export interface Backend {
  readonly isConnected: boolean;
  /** One listener, told of every change. */
  onConnection(listener: (isConnected: boolean) => void): void;
  publish(channel: string, text: string): Promise<void>;
  subscribe(channel: string, handler: (text: string) => void): Subscription;
  readonly values: BackendValues;
  /** Ends at once and says nothing to anybody: from outside it looks like a crash. */
  destroy(): void;
}

export interface BackendValues extends SharedValues {
  /** One entry per key, in their order. */
  getMany(keys: readonly string[]): Promise<readonly (string | undefined)[]>;
}
