/** An MCP server of either era, over any transport. */
import {
  Refusal,
  type AnswerMessage,
  type Delivery,
  type Era,
  type Principal,
  type Terminal,
  type Listing,
} from '../../kernel/index.ts';
import type { Connector, ConnectorDeps, UpstreamEvent, UpstreamStatus } from '../connector.ts';
import { Health } from '../health.ts';
import type { EraSetting } from './schema.ts';
import { CallFlight } from './call-flight.ts';
import { EraKeeper, type Verdict } from './era-keeper.ts';
import type { Flight, FlightHost } from './flight.ts';
import { Flights } from './flights.ts';
import type { PooledLink } from './link.ts';
import { LinkPool } from './link-pool.ts';
import type { UpstreamCall } from './outgoing.ts';
import { readListing, untilAborted } from './read-listing.ts';
import { Watcher } from './watcher.ts';

/** What a link tells the connector that opened it. */
export interface LinkHost extends FlightHost {
  readonly deps: ConnectorDeps;
  /** The link is gone by itself. */
  gone(link: PooledLink): void;
  /** Sends a flight over a new link: this one certainly did not take it. */
  sendAgain(flight: Flight, link: PooledLink): void;
}

/** How messages reach a server. */
export interface McpTransport {
  readonly kind: string;
  readonly era: EraSetting;
  /** Callers of a modern server need no link of their own. */
  readonly isStateless: boolean;
  /** Looks which era the server speaks. Never rejects. */
  probe(host: LinkHost, signal: AbortSignal): Promise<Era | Refusal>;
  /** Opens a link; legacy ones are initialized when it resolves. Never rejects. */
  open(host: LinkHost, key: string, verdict: Verdict): Promise<PooledLink | Refusal>;
  close(): Promise<void>;
}

/** The server does not speak this revision; a header repeats an argument otherwise than it asks. */
const UNSUPPORTED_VERSION = '-32022';
const HEADER_MISMATCH = '-32020';

const POOL = { maxLinks: 64, idleMs: 300_000 };
/** Keys of links that belong to nobody in particular; principals' keys have a colon. */
const SHARED_KEY = 'shared';
const GATEWAY_KEY = 'gateway';

export class McpConnector implements Connector, LinkHost {
  readonly id: string;
  readonly kind: string;
  readonly flags = { takesVendorMethods: true, watchesResources: true };
  readonly deps: ConnectorDeps;
  readonly clientInfo: string;
  readonly flights: Flights<Flight>;
  private readonly transport: McpTransport;
  private readonly isShared: boolean;
  private readonly eras: EraKeeper;
  private readonly pool: LinkPool;
  private readonly watcher: Watcher;
  private readonly health: Health;
  private isClosed = false;

  constructor(id: string, transport: McpTransport, isShared: boolean, deps: ConnectorDeps) {
    const { clock } = deps;
    this.id = id;
    this.kind = transport.kind;
    this.transport = transport;
    this.isShared = isShared;
    this.deps = deps;
    this.clientInfo = deps.clientInfo;
    this.flights = new Flights(clock, deps.timeoutMs);
    this.health = new Health(id, deps.onEvent);
    this.eras = new EraKeeper({
      setting: transport.era,
      probe: (signal) => transport.probe(this.prober(), signal),
      clock,
      onChange: () => this.eraChanged(),
    });
    this.pool = new LinkPool((key) => this.open(key), clock, POOL);
    this.watcher = new Watcher({ host: this, clock, home: () => this.home() });
  }

  carry(x: UpstreamCall, delivery: Delivery): void {
    if (this.isClosed) {
      delivery.finish(new Refusal('draining'));
      return;
    }
    const flight = new CallFlight(x, delivery, this, this.deps.maxAnswerBytes);
    x.cancellation.onCancel((why) => flight.cancel(why));
    if (flight.isSettled) return;
    const owner = this.ownerOf(x.principal);
    const link = this.pool.ready(this.keyFor(owner));
    if (link === undefined) void this.sendWhenOpen(flight, owner);
    else link.send(flight);
  }

  async fetchItems(signal: AbortSignal): Promise<Listing | Refusal> {
    const listing = await untilAborted(this.readListing(signal), signal);
    if (listing instanceof Refusal) this.health.listFailed(listing);
    return listing;
  }

  subscribeResource(uri: string): Promise<void> {
    return this.watcher.subscribe(uri);
  }

  unsubscribeResource(uri: string): Promise<void> {
    return this.watcher.unsubscribe(uri);
  }

  subscribedResources(): readonly string[] {
    return this.watcher.subscriptions;
  }

  status(): UpstreamStatus {
    const { known } = this.eras;
    const isStateless = this.transport.isStateless && known?.era === 'modern';
    return {
      id: this.id,
      kind: this.kind,
      era: known?.era,
      revision: known?.revision ?? '',
      eraSince: known?.checkedAtMs === undefined ? '' : new Date(known.checkedAtMs).toISOString(),
      state: this.health.state,
      lastError: this.health.lastError,
      links: isStateless ? 0 : this.pool.size,
      callsUnderWay: this.flights.size,
    };
  }

  async retire(): Promise<void> {
    this.watcher.close();
    this.eras.close();
    await this.flights.empty();
    await this.close();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.watcher.close();
    this.eras.close();
    for (const flight of this.flights.all()) flight.cancel('draining');
    await this.pool.close();
    await this.transport.close();
  }

  ended(message: Terminal): void {
    this.health.ended(message);
    if (message.kind === 'refusal' && message.reason === 'upstream_invalid') this.eras.doubt();
    if (message.kind === 'error') this.readError(message);
  }

  /** Errors that say that what we know about the server is out of date. */
  private readError({ view, value }: AnswerMessage): void {
    const code = view.raw(view.member(value, 'code'));
    if (code === UNSUPPORTED_VERSION) this.eras.doubt();
    if (code === HEADER_MISMATCH) this.tell({ upstream: this.id, kind: 'tools_changed' });
  }

  tell(event: UpstreamEvent): void {
    this.deps.onEvent(event);
  }

  gone(link: PooledLink): void {
    this.pool.drop(link);
    this.watcher.lost(link);
  }

  sendAgain(flight: Flight, link: PooledLink): void {
    this.gone(link);
    void this.sendWhenOpen(flight, link.key);
  }

  /** Who runs the gateway is nobody else than the gateway itself, and needs no link beside its. */
  private ownerOf(principal: Principal): string {
    if (this.isShared) return SHARED_KEY;
    return principal.kind === 'local' ? GATEWAY_KEY : `principal:${principal.id}`;
  }

  /** A look at the era says nothing about calls, whatever comes of it. */
  private prober(): LinkHost {
    const { id, flights, clientInfo, deps } = this;
    const nothing = (): void => {};
    return {
      id,
      flights,
      clientInfo,
      deps,
      ended: nothing,
      tell: nothing,
      gone: nothing,
      sendAgain: nothing,
    };
  }

  /** The owner's key in the pool; all share one where there is nothing to keep apart. */
  private keyFor(owner: string): string {
    const isStateless = this.transport.isStateless && this.eras.known?.era === 'modern';
    return isStateless ? SHARED_KEY : owner;
  }

  private async sendWhenOpen(flight: Flight, owner: string): Promise<void> {
    try {
      const link = await this.linkOf(owner);
      if (flight.isSettled) return;
      if (link instanceof Refusal) flight.settle(link);
      else link.send(flight);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.deps.log('error', 'a call could not be sent', { upstream: this.id, error: text });
      flight.refuse('internal');
    }
  }

  private async linkOf(owner: string): Promise<PooledLink | Refusal> {
    const verdict = await this.eras.settle();
    return verdict instanceof Refusal ? verdict : await this.pool.use(this.keyFor(owner));
  }

  private home(): Promise<PooledLink | Refusal> {
    return this.linkOf(this.isShared ? SHARED_KEY : GATEWAY_KEY);
  }

  private async open(key: string): Promise<PooledLink | Refusal> {
    const verdict = this.eras.known;
    if (verdict === undefined) return new Refusal('upstream_unavailable');
    const link = await this.transport.open(this, key, verdict);
    if (link instanceof Refusal && link.reason === 'upstream_invalid') this.eras.doubt();
    return link;
  }

  private async readListing(signal: AbortSignal): Promise<Listing | Refusal> {
    const link = await this.home();
    if (link instanceof Refusal) return link;
    const read = await readListing(this, link, signal);
    if (read instanceof Refusal) return read;
    this.watcher.watch(read.head);
    return read.listing;
  }

  /** Links of the old era are of no use; who hears of a change reads the lists again. */
  private eraChanged(): void {
    void this.pool.closeAll();
    for (const kind of ['tools_changed', 'prompts_changed', 'resources_changed'] as const) {
      this.tell({ upstream: this.id, kind });
    }
  }
}
