import type { Clock } from '../../kernel/index.ts';
import type { Backend, BackendValues } from '../backend.ts';
import type { Subscription } from '../port.ts';
import { readAddress, type ServerAddress } from './address.ts';
import { Connection, type Client, type ConnectionDeps } from './connection.ts';
import { COMPARE_AND_SET, HOLD, TRY_ADD } from './scripts.ts';

export interface ValkeyDeps {
  readonly url: string;
  readonly clock: Clock;
  readonly log: ConnectionDeps['log'];
  /** How long the first connection is waited for, milliseconds; it goes on in the background. */
  readonly waitMs: number;
}

/**
 * Connects to a server of the Redis protocol (Valkey, or Redis from 6.2 on).
 * @returns also where the server is away
 * @throws {CoordinationError} `address_invalid`
 */
export async function connectValkey(deps: ValkeyDeps): Promise<Backend> {
  const address = readAddress(deps.url);
  // Loading the library takes a fifth of a second, which a gateway without a server saves.
  const { createClient } = await import('@redis/client');
  const makeClient = (to: ServerAddress): Client => createClient(clientOptions(to));
  const backend = new ValkeyBackend({ address, makeClient, clock: deps.clock, log: deps.log });
  await backend.connect(deps.waitMs);
  return backend;
}

function clientOptions({ host, port, isTls, username, password, database }: ServerAddress) {
  const common = { host, port, connectTimeout: 2000, reconnectStrategy: false as const };
  return {
    RESP: 3 as const,
    socket: isTls ? { ...common, tls: true as const } : common,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    database,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled' as const,
    commandsQueueMaxLength: 10_000,
    commandOptions: { timeout: 0 },
  };
}

class ValkeyBackend implements Backend {
  private readonly clock: Clock;
  private readonly connection: Connection;
  private readonly channels = new Map<string, Channel>();
  private connectionListener: (isConnected: boolean) => void = () => undefined;
  readonly values: BackendValues;

  constructor(deps: Omit<ConnectionDeps, 'prepare' | 'onChange'>) {
    this.clock = deps.clock;
    this.connection = new Connection({
      ...deps,
      prepare: (client) => this.subscribeAll(client),
      onChange: (isConnected) => this.connectionListener(isConnected),
    });
    this.values = valkeyValues(this.connection);
  }

  get isConnected(): boolean {
    return this.connection.isConnected;
  }

  async connect(waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.clock.after(waitMs, resolve);
    await Promise.race([this.connection.connect(), promise]);
    timer.cancel();
  }

  onConnection(listener: (isConnected: boolean) => void): void {
    this.connectionListener = listener;
  }

  async publish(channel: string, text: string): Promise<void> {
    await this.connection.run((client) => client.publish(channel, text));
  }

  subscribe(name: string, handler: (text: string) => void): Subscription {
    const channel = this.channels.get(name) ?? newChannel();
    this.channels.set(name, channel);
    const own = (text: string): void => handler(text);
    channel.handlers.add(own);
    if (channel.handlers.size === 1 && this.isConnected) void this.begin(name);
    return { ready: channel.ready.promise, cancel: () => this.cancel(name, channel, own) };
  }

  destroy(): void {
    this.connection.destroy();
    this.channels.clear();
  }

  /** Where it fails the connection is made anew, and with it every subscription. */
  private async begin(name: string): Promise<void> {
    await this.connection.run((client) => this.subscribeOne(client, name)).catch(() => undefined);
  }

  private cancel(name: string, channel: Channel, handler: (text: string) => void): void {
    channel.handlers.delete(handler);
    if (channel.handlers.size > 0 || this.channels.get(name) !== channel) return;
    this.channels.delete(name);
    void this.connection.run((client) => client.unsubscribe(name)).catch(() => undefined);
  }

  private async subscribeAll(client: Client): Promise<void> {
    const done = new Set<string>();
    // Some may be added while others are on their way.
    for (;;) {
      const names = [...this.channels.keys()].filter((name) => !done.has(name));
      if (names.length === 0) return;
      await Promise.all(names.map((name) => this.subscribeOne(client, name)));
      for (const name of names) done.add(name);
    }
  }

  private async subscribeOne(client: Client, name: string): Promise<void> {
    await client.subscribe(name, this.deliver);
    this.channels.get(name)?.ready.resolve();
  }

  /** The same function for all: the library keeps a set per channel, so none is called twice. */
  private readonly deliver = (text: string, name: string): void => {
    for (const handler of this.channels.get(name)?.handlers ?? []) handler(text);
  };
}

interface Channel {
  readonly handlers: Set<(text: string) => void>;
  readonly ready: PromiseWithResolvers<void>;
}

function newChannel(): Channel {
  return { handlers: new Set(), ready: Promise.withResolvers<void>() };
}

function valkeyValues(connection: Connection): BackendValues {
  const evaluate = async (script: string, key: string, ...args: string[]): Promise<boolean> => {
    const options = { keys: [key], arguments: args };
    return (await connection.run((client) => client.eval(script, options))) === 1;
  };
  const set = (key: string, text: string, ttlMs: number, condition: { condition?: 'NX' }) =>
    connection.run((client) =>
      client.set(key, text, { expiration: { type: 'PX', value: ttlMs }, ...condition }),
    );
  return {
    get: async (key) => (await connection.run((client) => client.get(key))) ?? undefined,
    getMany: async (keys) => {
      if (keys.length === 0) return [];
      const texts = await connection.run((client) => client.mGet([...keys]));
      return texts.map((text) => text ?? undefined);
    },
    set: async (key, text, ttlMs) => void (await set(key, text, ttlMs, {})),
    setIfAbsent: async (key, text, ttlMs) =>
      (await set(key, text, ttlMs, { condition: 'NX' })) !== null,
    take: async (key) => (await connection.run((client) => client.getDel(key))) ?? undefined,
    delete: async (key) => (await connection.run((client) => client.del(key))) > 0,
    compareAndSet: (key, expected, next, ttlMs) =>
      evaluate(COMPARE_AND_SET, key, expected, next, String(ttlMs)),
    hold: async (key, holder, { used, wanted, max, ttlMs }) => {
      const args = [used, wanted, max, ttlMs].map(String);
      const options = { keys: [key], arguments: [holder, ...args] };
      return Number(await connection.run((client) => client.eval(HOLD, options)));
    },
    tryAdd: (key, by, max, ttlMs) => evaluate(TRY_ADD, key, String(by), String(max), String(ttlMs)),
  };
}
