/** A connection to PostgreSQL that hears only so much, and survives whatever the server says. */
import { Duplex } from 'node:stream';
import pg, { type ClientConfig } from 'pg';

/** Until it is told otherwise, as while it logs in or is idle. */
const FIRST_BYTES = 1_048_576;

export class BoundedClient extends pg.Client {
  private left = FIRST_BYTES;
  private onOver: () => void = () => undefined;

  constructor(config?: string | ClientConfig) {
    super(config);
    // A connection that breaks between two statements has nobody else who hears of it.
    this.on('error', () => undefined);
    const connection: unknown = Reflect.get(this, 'connection');
    this.guard(connection);
    // TLS puts another stream in the place of the first.
    if (isEmitter(connection)) connection.once('sslconnect', () => this.guard(connection));
  }

  /**
   * It may hear so many bytes from now on; one more ends the connection.
   * @param onOver is called before that
   */
  allow(maxBytes: number, onOver: () => void): void {
    this.left = maxBytes;
    this.onOver = onOver;
  }

  /** Ends it at once, without a word to the server. */
  cut(): void {
    streamIn(Reflect.get(this, 'connection'))?.destroy();
  }

  /** The parser behind the stream throws over messages that are none; that must end only the connection. */
  private guard(connection: unknown): void {
    const stream = streamIn(connection);
    if (stream === undefined) return;
    const emit = stream.emit.bind(stream);
    const emitGuarded = (event: string, ...args: unknown[]): boolean => {
      if (event !== 'data') return emit(event, ...args);
      try {
        return this.hear(args[0]) && emit(event, ...args);
      } catch {
        stream.destroy(new Error('it does not speak the protocol of PostgreSQL'));
        return true;
      }
    };
    Reflect.set(stream, 'emit', emitGuarded);
  }

  /** @returns whether it may go on */
  private hear(chunk: unknown): boolean {
    this.left -= chunk instanceof Uint8Array ? chunk.length : 0;
    if (this.left >= 0) return true;
    this.onOver();
    this.cut();
    return false;
  }
}

interface Emitter {
  once(event: string, listener: () => void): unknown;
}

function isEmitter(value: unknown): value is Emitter {
  return typeof value === 'object' && value !== null && 'once' in value;
}

function streamIn(connection: unknown): Duplex | undefined {
  if (typeof connection !== 'object' || connection === null) return undefined;
  const stream: unknown = Reflect.get(connection, 'stream');
  return stream instanceof Duplex ? stream : undefined;
}
