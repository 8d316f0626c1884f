/** One child process and the requests that travel over its pipes, told apart by their ids. */
import { Refusal, type Era } from '../../kernel/index.ts';
import { CallRegister } from '../mcp/call-register.ts';
import type { LinkHost } from '../mcp/connector.ts';
import type { Verdict } from '../mcp/era-keeper.ts';
import type { Flight } from '../mcp/flight.ts';
import { initialize } from '../mcp/initialize.ts';
import type { PooledLink } from '../mcp/link.ts';
import type { Incoming } from '../mcp/message.ts';
import { encodeNotification } from '../mcp/outgoing.ts';
import type { PeerHead } from '../mcp/peer-head.ts';
import { QuestionDesk } from '../mcp/question-desk.ts';
import { SessionLogLevel } from '../mcp/session-log-level.ts';
import { SharedInbox } from '../mcp/shared-inbox.ts';
import type { StdioChild, StdioExit, StdioOptions, StdioSpawner } from './process.ts';

export type ChildSettings = Omit<StdioOptions, 'onMessage' | 'onExit'> & {
  readonly spawner: StdioSpawner;
  /** The process has ended by itself, or could not be started. */
  readonly onCrash: () => void;
};

/** So much of a child's last words goes to the log. */
const LOGGED_CHARACTERS = 2000;

export class StdioLink implements PooledLink {
  era: Era;
  key: string;
  revision: string;
  head: PeerHead | undefined = undefined;
  isWatching = false;
  /** Why the process never ran. */
  couldNotStart: Refusal | undefined = undefined;
  private host: LinkHost;
  private settings: ChildSettings;
  readonly register = new CallRegister();
  readonly mayBabble = true;
  private levels: SessionLogLevel;
  private readonly child: StdioChild;
  private desk: QuestionDesk;
  private inbox: SharedInbox;
  private exit: StdioExit | undefined;

  constructor(host: LinkHost, settings: ChildSettings, key: string, era: Era, revision: string) {
    this.host = host;
    this.settings = settings;
    this.key = key;
    this.era = era;
    this.revision = revision;
    this.levels = new SessionLogLevel(host, this);
    this.desk = this.deskFor(host);
    this.inbox = new SharedInbox(host, this);
    this.child = settings.spawner.spawn({
      ...settings,
      onMessage: (bytes) => this.inbox.take(bytes),
      onExit: (exit) => this.exited(exit),
    });
  }

  /** Its process runs, and nothing that was asked of it waits for an answer. */
  get isIdle(): boolean {
    return this.exit === undefined && this.register.size === 0;
  }

  /** Takes a process that was only looked at into use, as if it had been started for that. */
  adopt(host: LinkHost, settings: ChildSettings, key: string, verdict: Verdict): void {
    this.host = host;
    this.settings = settings;
    this.key = key;
    this.era = verdict.era;
    this.revision = verdict.revision;
    this.levels = new SessionLogLevel(host, this);
    this.desk = this.deskFor(host);
    this.inbox = new SharedInbox(host, this);
  }

  private deskFor(host: LinkHost): QuestionDesk {
    return new QuestionDesk(host, this.register, (bytes) => void this.child.send(bytes));
  }

  get inFlight(): number {
    return this.register.size;
  }

  get mayAsk(): boolean {
    return this.register.askable().length > 0;
  }

  send(flight: Flight): void {
    flight.link = this;
    this.register.enter(flight);
    // Answers to both come over the same pipe, so the level is in force before the request is read.
    if (this.era === 'legacy') void this.levels.raise(flight.logLevel);
    if (this.child.send(flight.encode(this))) return;
    flight.refuse('upstream_unavailable', this.exit?.detail ?? 'Its process takes no more input.');
  }

  abandon(flight: Flight): void {
    if (this.exit !== undefined || flight.method === 'initialize') return;
    const params = `"requestId":${flight.rawId}`;
    this.child.send(encodeNotification('notifications/cancelled', params));
  }

  forget(flight: Flight): void {
    this.register.leave(flight);
  }

  /** The handshake of a legacy server. @returns the refusal where it fails */
  async begin(): Promise<Refusal | undefined> {
    const begun = await initialize(this.host, this, this.revision);
    if (begun instanceof Refusal) {
      void this.close();
      return begun.reason === 'upstream_closed' ? this.unavailable() : begun;
    }
    this.revision = begun.revision;
    this.head = begun.head;
    this.child.send(encodeNotification('notifications/initialized', ''));
    return undefined;
  }

  async close(): Promise<void> {
    for (const flight of this.register.all()) flight.refuse('upstream_closed');
    await this.child.stop();
  }

  private unavailable(): Refusal {
    const text = this.exit?.detail ?? 'Its process ended.';
    return new Refusal('upstream_unavailable', { text });
  }

  private exited(exit: StdioExit): void {
    this.exit = exit;
    if (exit.reason === 'spawn_failed') this.couldNotStart = this.unavailable();
    if (exit.reason !== 'stopped') {
      this.settings.onCrash();
      const stderr = exit.stderrTail.slice(-LOGGED_CHARACTERS);
      const fields = { upstream: this.host.id, detail: exit.detail, stderr };
      if (this.key !== 'probe') this.host.deps.log('warn', "an upstream's process ended", fields);
    }
    this.host.gone(this);
    for (const flight of this.register.all()) flight.refuse('upstream_closed', exit.detail);
  }

  /** Takes a request of the server. */
  asked(request: Incoming): void {
    if (this.era === 'legacy') {
      this.desk.take(request, undefined);
      return;
    }
    const text = 'It sent a request, which servers of its revision do not.';
    this.register.only()?.refuse('upstream_invalid', text);
  }
}
