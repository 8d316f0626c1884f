/** The connection to one server, opened when it is needed and shared by all calls. */
import type { ClientHttp2Session } from 'node:http2';
import {
  guardedLookup,
  hostsOf,
  openHttp2,
  type FindAddresses,
  type WayOut,
} from '../../../egress/index.ts';
import type { Clock, Timer } from '../../../kernel/index.ts';

export interface ChannelSettings {
  /** `http://host:port`, `https://` for TLS; the operator wrote it. */
  readonly origin: URL;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  readonly find?: FindAddresses | undefined;
  readonly wayOut?: WayOut | undefined;
}

/** A connection over which nothing runs is closed after this. */
const IDLE_MS = 300_000;
/** Whether the other side is still there is asked so often while a call runs. */
const PING_EVERY_MS = 30_000;
const PONG_WITHIN_MS = 15_000;

export class Channel {
  private readonly settings: ChannelSettings;
  private session: Promise<ClientHttp2Session> | undefined;
  private current: ClientHttp2Session | undefined;
  private watch: Timer | undefined;
  private calls = 0;
  private idleSinceMs = 0;
  private isClosed = false;

  constructor(settings: ChannelSettings) {
    this.settings = settings;
  }

  /** Host and port, for texts. */
  get host(): string {
    return this.settings.origin.host;
  }

  /** A connection that takes streams. Rejects with why there is none; never tries twice. */
  open(): Promise<ClientHttp2Session> {
    if (this.isClosed) return Promise.reject(new Error('the upstream is being closed'));
    const { current } = this;
    if (current !== undefined && (current.closed || current.destroyed)) {
      this.current = undefined;
      this.session = undefined;
    }
    this.session ??= this.connect();
    return this.session;
  }

  /** Calls under way keep their connection open. @returns what says that one is over */
  begin(): () => void {
    this.calls++;
    return () => {
      this.calls--;
      this.idleSinceMs = this.settings.clock.nowMs();
    };
  }

  close(): void {
    this.isClosed = true;
    this.watch?.cancel();
    this.current?.destroy();
  }

  private connect(): Promise<ClientHttp2Session> {
    const { origin, connectTimeoutMs, find, wayOut } = this.settings;
    const lookup = guardedLookup(origin, { allow: hostsOf(origin.href) }, find);
    const connecting = new Promise<ClientHttp2Session>((resolve, reject) => {
      openHttp2(origin, { connectTimeoutMs, lookup, wayOut }, (outcome) => {
        if (outcome instanceof Error) {
          this.forget(connecting);
          reject(outcome);
          return;
        }
        if (this.isClosed) outcome.destroy();
        else this.keep(outcome, connecting);
        resolve(outcome);
      });
    });
    return connecting;
  }

  private keep(session: ClientHttp2Session, opened: Promise<ClientHttp2Session>): void {
    this.current = session;
    this.idleSinceMs = this.settings.clock.nowMs();
    // Streams that it still carries run on; new ones go elsewhere.
    session.on('goaway', () => this.forget(opened));
    session.on('close', () => this.forget(opened));
    session.unref();
    this.look(session, opened);
  }

  private forget(opened: Promise<ClientHttp2Session>): void {
    if (this.session === opened) this.session = undefined;
  }

  private look(session: ClientHttp2Session, opened: Promise<ClientHttp2Session>): void {
    const { clock } = this.settings;
    this.watch?.cancel();
    this.watch = clock.after(PING_EVERY_MS, () => {
      if (session.destroyed || session.closed || this.session !== opened) return;
      if (this.calls === 0) {
        if (clock.nowMs() - this.idleSinceMs >= IDLE_MS) {
          this.forget(opened);
          session.close();
        } else this.look(session, opened);
        return;
      }
      const late = clock.after(PONG_WITHIN_MS, () => {
        session.destroy(new Error('the connection is dead'));
      });
      session.ping(() => late.cancel());
      this.look(session, opened);
    });
  }
}
