import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/index.ts';
import { Asking } from './asking.ts';
import type { Backend } from './backend.ts';
import { boundedValues, checkBytes, checkName } from './bounds.ts';
import { LEASE_MS, Lease } from './lease.ts';
import { MAX_HEAD_CHARS, decodeMessage } from './peer-message.ts';
import type {
  AskEnd,
  AskOptions,
  Coordination,
  SharedValues,
  Subscription,
  TakenAsk,
} from './port.ts';
import { Serving } from './serving.ts';

/** Longest text of a message or value, bytes: the longest result that may pass, sealed. */
export const MAX_TEXT_BYTES = 16 * 1024 * 1024;

export interface CoordinateDeps {
  readonly backend: Backend;
  /** Whether there can be others. */
  readonly isShared: boolean;
  readonly installation: string;
  readonly clock: Clock;
  readonly onBug: (error: unknown) => void;
}

/** Everything that is the same over every backend. Resolves when the lease is held, or could not be. */
export async function coordinate(deps: CoordinateDeps): Promise<Coordination> {
  const process = new Process(deps);
  await process.start();
  return process;
}

class Process implements Coordination {
  readonly ownerId = randomBytes(16).toString('base64url');
  readonly isShared: boolean;
  readonly values: SharedValues;
  private readonly backend: Backend;
  private readonly prefix: string;
  private readonly onBug: (error: unknown) => void;
  private readonly listeners = new Set<(isConnected: boolean) => void>();
  private readonly lease: Lease;
  private readonly asking: Asking;
  private readonly serving: Serving;
  private readonly mail: Subscription;

  constructor({ backend, isShared, installation, clock, onBug }: CoordinateDeps) {
    const { ownerId } = this;
    const prefix = `drawbridge:${checkName(installation)}:`;
    this.isShared = isShared;
    this.backend = backend;
    this.prefix = prefix;
    this.onBug = onBug;
    this.values = boundedValues(backend.values, `${prefix}value:`, MAX_TEXT_BYTES);
    const lease = new Lease({
      backend,
      clock,
      ownerId,
      keyOf: (id) => `${prefix}alive:${id}`,
      graceMs: isShared ? LEASE_MS : 0,
      onBeat: () => {
        this.asking.beat();
        this.serving.beat();
      },
      onBug,
    });
    const tell = (id: string, message: string): void => {
      // What gets lost is said again as long as somebody waits for it.
      backend.publish(`${prefix}owner:${id}`, message).catch(() => undefined);
    };
    const isConnected = (): boolean => backend.isConnected;
    this.lease = lease;
    this.asking = new Asking({ ownerId, clock, lease, tell, isConnected, onBug });
    this.serving = new Serving({
      ownerId,
      clock,
      lease,
      tell,
      onBug,
      maxTextBytes: MAX_TEXT_BYTES,
    });
    backend.onConnection((isBack) => this.connectionChanged(isBack));
    this.mail = backend.subscribe(
      `${prefix}owner:${ownerId}`,
      this.guarded((text) => this.hear(text)),
    );
  }

  get isConnected(): boolean {
    return this.backend.isConnected;
  }

  async start(): Promise<void> {
    await this.lease.start(this.isShared);
  }

  onConnection(listener: (isConnected: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async isAlive(ownerId: string): Promise<boolean> {
    return await this.lease.isAlive(checkName(ownerId));
  }

  async publish(channel: string, text: string): Promise<void> {
    checkBytes(text, MAX_TEXT_BYTES);
    await this.backend.publish(`${this.prefix}channel:${checkName(channel)}`, text);
  }

  subscribe(channel: string, handler: (text: string) => void): Subscription {
    const name = `${this.prefix}channel:${checkName(channel)}`;
    return this.backend.subscribe(name, this.guarded(handler));
  }

  onAsk(kind: string, handler: (ask: TakenAsk) => void): () => void {
    return this.serving.handle(checkName(kind), handler);
  }

  async ask(ownerId: string, kind: string, text: string, options: AskOptions): Promise<AskEnd> {
    checkBytes(text, MAX_TEXT_BYTES);
    return await this.asking.ask(checkName(ownerId), checkName(kind), text, options);
  }

  async close(): Promise<void> {
    this.asking.close();
    this.serving.close();
    this.mail.cancel();
    await this.lease.close();
    this.backend.destroy();
  }

  private connectionChanged(isConnected: boolean): void {
    if (isConnected) this.lease.reconnected();
    for (const listener of this.listeners) this.guarded(listener)(isConnected);
  }

  private hear(message: string): void {
    const decoded = decodeMessage(message, MAX_HEAD_CHARS + MAX_TEXT_BYTES);
    if (decoded === undefined) return;
    const { head, text } = decoded;
    if (head.is === 'ask') this.serving.asked(head.id, head.from, head.kind, text);
    else if (head.is === 'heard') this.serving.heard(head.id, head.seq);
    else if (head.is === 'stop') this.serving.stopped(head.id);
    else if (head.is === 'begun') this.asking.begun(head.id);
    else this.asking.said(head, text);
  }

  private guarded<T>(work: (value: T) => void): (value: T) => void {
    return (value) => {
      try {
        work(value);
      } catch (error) {
        this.onBug(error);
      }
    };
  }
}
