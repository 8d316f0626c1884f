import type { Clock, LogLevel } from '../kernel/index.ts';
import { coordinate } from './coordinate.ts';
import { MemoryBackend } from './memory/backend.ts';
import { MemoryHub } from './memory/hub.ts';
import type { Coordination } from './port.ts';
import { connectValkey } from './valkey/backend.ts';

export interface CoordinationOptions {
  /** `redis[s]://…`; undefined or '': this process is the only one. */
  readonly url: string | undefined;
  /**
   * What the processes of one installation have in common, and no two installations: characters of
   * `A-Z a-z 0-9 _ -`. It is part of every key and channel, and no secret.
   */
  readonly installation: string;
  readonly clock: Clock;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Hears of exceptions of handlers. */
  readonly onBug: (error: unknown) => void;
}

/** How long a start waits for the server before it goes on without. */
const FIRST_CONNECTION_MS = 3000;

/**
 * Connects this process to the others of its installation. A server that is away is no reason not
 * to start: it is tried again in the background, and until then operations refuse.
 * @throws {CoordinationError} `address_invalid`
 */
export async function createCoordination(options: CoordinationOptions): Promise<Coordination> {
  const { url, installation, clock, log, onBug } = options;
  if (url === undefined || url === '') {
    const backend = new MemoryBackend(new MemoryHub(clock));
    return await coordinate({ backend, isShared: false, installation, clock, onBug });
  }
  const backend = await connectValkey({ url, clock, log, waitMs: FIRST_CONNECTION_MS });
  return await coordinate({ backend, isShared: true, installation, clock, onBug });
}
