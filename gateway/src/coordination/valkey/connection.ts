import type { RedisClientType } from '@redis/client';
import type { Clock, LogLevel, Timer } from '../../kernel/index.ts';
import { CoordinationError } from '../error.ts';
import type { ServerAddress } from './address.ts';

/** A client of the library as we make it: RESP3, so that one connection carries everything. */
export type Client = RedisClientType;

export interface ConnectionDeps {
  readonly address: ServerAddress;
  /** Makes a client that neither reconnects nor queues while it is offline: that is done here. */
  readonly makeClient: (address: ServerAddress) => Client;
  readonly clock: Clock;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Runs on every new connection before anybody may use it. */
  readonly prepare: (client: Client) => Promise<void>;
  readonly onChange: (isConnected: boolean) => void;
}

const CONNECT_MS = 2000;
const ANSWER_MS = 1000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1000;

/**
 * Keeps one connection. A server that does not answer within a second is away like one that is not
 * there: everything under way fails, what comes next is refused at once, and it is tried again and
 * again until it is back.
 */
export class Connection {
  private readonly deps: ConnectionDeps;
  private client: Client | undefined;
  private connecting: Client | undefined;
  private retry: Timer | undefined;
  private failures = 0;
  private lastTrouble = '';
  private isDestroyed = false;

  constructor(deps: ConnectionDeps) {
    this.deps = deps;
  }

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  /** Tries once; where it fails, it is tried again in the background until `destroy`. */
  async connect(): Promise<void> {
    if (this.isDestroyed) return;
    const client = this.deps.makeClient(this.deps.address);
    this.connecting = client;
    // The library reports every failure here as well, and one that nobody hears ends the process.
    client.on('error', (error: unknown) => this.lose(client, error));
    try {
      await this.within(CONNECT_MS, this.open(client));
    } catch (error) {
      this.connecting = undefined;
      end(client);
      this.trouble(error);
      this.retryLater();
      return;
    }
    this.connecting = undefined;
    if (this.isDestroyed || !client.isReady) {
      end(client);
      this.retryLater();
      return;
    }
    this.client = client;
    this.failures = 0;
    this.lastTrouble = '';
    this.deps.log('info', 'connected to the Valkey server', { server: this.serverName() });
    this.deps.onChange(true);
  }

  /**
   * Does something with the server.
   * @throws {CoordinationError} where it is away, does not answer within a second, or refuses
   */
  async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const { client } = this;
    if (this.isDestroyed) throw new CoordinationError('closed', 'Coordination was closed.');
    if (client === undefined) throw unavailable('There is no connection to the Valkey server.');
    try {
      return await this.within(ANSWER_MS, work(client));
    } catch (error) {
      // An answer, even a refusal, says that the server is there.
      if (!isRefusal(error)) this.lose(client, error);
      throw unavailable(`The Valkey server failed: ${this.wordsOf(error)}`);
    }
  }

  destroy(): void {
    this.isDestroyed = true;
    this.retry?.cancel();
    for (const client of [this.client, this.connecting]) {
      if (client !== undefined) end(client);
    }
    this.client = undefined;
  }

  private async open(client: Client): Promise<void> {
    await client.connect();
    // Too late: it was given up while it connected, and the library would leave the socket open.
    if (this.connecting !== client || this.isDestroyed) return end(client);
    await this.deps.prepare(client);
  }

  private lose(client: Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = undefined;
    end(client);
    this.trouble(error);
    this.deps.onChange(false);
    this.retryLater();
  }

  private retryLater(): void {
    if (this.isDestroyed) return;
    const longestMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.failures++, 10));
    // Spread, so that many processes do not come back in the same moment.
    const delayMs = longestMs * (0.5 + Math.random() / 2);
    this.retry = this.deps.clock.after(delayMs, () => void this.connect());
  }

  /** Says each new trouble once, not every attempt. */
  private trouble(error: unknown): void {
    const text = this.wordsOf(error);
    if (this.isDestroyed || text === this.lastTrouble) return;
    this.lastTrouble = text;
    this.deps.log('warn', 'the Valkey server is away', { server: this.serverName(), error: text });
  }

  private serverName(): string {
    const { host, port } = this.deps.address;
    return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  }

  private wordsOf(error: unknown): string {
    const text = error instanceof Error ? error.message || codeOf(error) : String(error);
    const { password } = this.deps.address;
    return password === undefined ? text : text.replaceAll(password, '…');
  }

  private within<T>(limitMs: number, work: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = this.deps.clock.after(limitMs, () =>
      reject(new Error(`no answer within ${limitMs} ms`)),
    );
    work.then(resolve, reject);
    return promise.finally(() => timer.cancel());
  }
}

function end(client: Client): void {
  client.destroy();
}

function unavailable(text: string): CoordinationError {
  return new CoordinationError('unavailable', text);
}

/** Errors that the server itself answered begin with its code in capitals. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^[A-Z][A-Z0-9]+ /.test(error.message);
}

/** An `AggregateError` of a host with several addresses has a code but no text. */
function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
