/** An MCP server of either era, over any transport. */
import {
  Refusal,
  type AnswerMessage,
  type Delivery,
  type Era,
  type Clock,
  type Listing,
  type Principal,
  type RawItem,
  type Terminal,
} from '../../kernel/index.ts';
import type { Connector, ConnectorDeps, UpstreamEvent, UpstreamStatus } from '../connector.ts';
import { Health } from '../health.ts';
import type { EraSetting } from './schema.ts';
import { CallFlight, type CallHost } from './call-flight.ts';
import { CapabilitySets, NO_CAPABILITIES } from './capability-set.ts';
import { EraKeeper, type Verdict } from './era-keeper.ts';
import { extensionsToTell } from './extension-set.ts';
import { fetchTools } from './fetch-lists.ts';
import type { Flight, FlightHost } from './flight.ts';
import { Flights } from './flights.ts';
import { Lanes } from './lanes.ts';
import type { PooledLink } from './link.ts';
import { linkKey, ownerOfKey } from './link-key.ts';
import { LinkOwners } from './link-owners.ts';
import { LinkPool } from './link-pool.ts';
import type { UpstreamCall } from './outgoing.ts';
import { ask, type OwnRequest } from './own-flight.ts';
import type { DeskHost } from './question-desk.ts';
import { readListing, untilAborted } from './read-listing.ts';
import { HEADER_MISMATCH, UNSUPPORTED_VERSION, remedy } from './remedy.ts';
import { TaskWatch, type TaskListener } from './task-watch.ts';
import { Watcher } from './watcher.ts';
import { WatchedResources, type Watch } from '../watched-resources.ts';

/** What a link tells the connector that opened it. */
export interface LinkHost extends FlightHost, DeskHost {
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
  /** The server's questions are put to callers. */
  readonly passesQuestions: boolean;
  /** Tasks are waited for on behalf of callers who know none. */
  readonly waitsForTasks: boolean;
  /** Callers of a modern server need no link of their own. */
  readonly isStateless: boolean;
  /** Each principal presents something else, so each has links of its own. */
  readonly isPerPrincipal?: boolean;
  /** Looks which era the server speaks. Never rejects. */
  probe(host: LinkHost, signal: AbortSignal): Promise<Era | Refusal>;
  /**
   * Opens a link; legacy ones are initialized when it resolves. Never rejects.
   * @param principal whose it is where each has one; undefined for the gateway's own and shared ones
   */
  open(
    host: LinkHost,
    key: string,
    verdict: Verdict,
    principal: Principal | undefined,
  ): Promise<PooledLink | Refusal>;
  close(): Promise<void>;
}

const POOL = { maxLinks: 64, idleMs: 300_000 };
/** Links that are no more than a name and a token. */
const MAX_BOUND_LINKS = 10_000;
/** Keys of links that belong to nobody in particular; principals' keys have a colon. */
const SHARED_KEY = 'shared';
const GATEWAY_KEY = 'gateway';

export class McpConnector implements Connector, LinkHost, CallHost {
  readonly id: string;
  readonly kind: string;
  readonly flags = { takesVendorMethods: true, watchesResources: true };
  readonly deps: ConnectorDeps;
  readonly clientInfo: string;
  readonly flights: Flights<Flight>;
  readonly clock: Clock;
  readonly capabilities: CapabilitySets;
  readonly passesQuestions: boolean;
  readonly waitsForTasks: boolean;
  readonly isShared: boolean;
  private readonly transport: McpTransport;
  private readonly lanes = new Lanes();
  private readonly eras: EraKeeper;
  private readonly pool: LinkPool;
  private readonly owners = new LinkOwners();
  private readonly watcher: Watcher;
  private readonly watched = new WatchedResources();
  private readonly taskWatches = new Set<TaskWatch>();
  private readonly health: Health;
  /** It asks on links, not in calls, so what may be asked is kept apart. */
  private asksAside = false;
  private unattributedCount = 0;
  private isClosed = false;

  constructor(id: string, transport: McpTransport, isShared: boolean, deps: ConnectorDeps) {
    const { clock } = deps;
    this.id = id;
    this.kind = transport.kind;
    this.transport = transport;
    this.isShared = isShared;
    this.deps = deps;
    this.clock = clock;
    this.passesQuestions = transport.passesQuestions;
    this.waitsForTasks = transport.waitsForTasks;
    this.capabilities = new CapabilitySets(transport.passesQuestions);
    this.clientInfo = deps.clientInfo;
    this.flights = new Flights(clock, deps.timeoutMs);
    this.health = new Health(id, deps.onEvent);
    this.eras = new EraKeeper({
      setting: transport.era,
      probe: (signal) => transport.probe(this.prober(), signal),
      clock,
      onChange: () => this.eraChanged(),
    });
    const isBound = transport.isStateless && transport.isPerPrincipal === true;
    const values = isBound ? { ...POOL, maxLinks: MAX_BOUND_LINKS } : POOL;
    this.pool = new LinkPool((key) => this.open(key), clock, values);
    this.watcher = new Watcher({ host: this, clock, home: () => this.home() });
  }

  carry(x: UpstreamCall, delivery: Delivery): void {
    if (this.isClosed) {
      delivery.finish(new Refusal('draining'));
      return;
    }
    const flight = new CallFlight(x, delivery, this, this.deps.maxAnswerBytes);
    x.cancellation.onCancel((why) => flight.cancelBy(x, why));
    if (!flight.isSettled) this.dispatch(flight);
  }

  dispatch(flight: CallFlight): void {
    if (this.eras.known === undefined) {
      void this.sendWhenOpen(flight, () => this.keyOfCall(flight));
      return;
    }
    const key = this.keyOfCall(flight);
    const link = key instanceof Refusal ? undefined : this.pool.ready(key);
    if (link === undefined) void this.sendWhenOpen(flight, () => key);
    else link.send(flight);
  }

  tellBeside(flight: CallFlight, request: OwnRequest): void {
    const key = this.keyOfCall(flight);
    const link = key instanceof Refusal ? undefined : this.pool.ready(key);
    if (link !== undefined) void ask(this, link, request);
  }

  remedy(flight: CallFlight, error: AnswerMessage): boolean {
    return remedy(flight, error, {
      lookAgain: () => this.eras.lookAgain(),
      readTools: () => this.readTools(),
      dispatch: () => this.dispatch(flight),
    });
  }

  async fetchItems(signal: AbortSignal): Promise<Listing | Refusal> {
    const listing = await untilAborted(this.readListing(signal), signal);
    if (listing instanceof Refusal) this.health.listFailed(listing);
    return listing;
  }

  /** The server is asked once for all, over the gateway's own link. */
  async subscribeResource(uri: string, principal: Principal): Promise<undefined> {
    if (this.watched.add(uri, principal)) await this.watcher.subscribe(uri);
  }

  async unsubscribeResource(uri: string, principal: Principal): Promise<void> {
    if (this.watched.remove(uri, principal)) await this.watcher.unsubscribe(uri);
  }

  watchTasks(principal: Principal, taskIds: readonly string[], onTask: TaskListener): () => void {
    const keyOf = (): string => (this.isOneForAll ? SHARED_KEY : this.ownerOf(principal));
    const watch = new TaskWatch(this, () => this.linkOf(keyOf), taskIds, onTask);
    this.taskWatches.add(watch);
    return () => {
      this.taskWatches.delete(watch);
      watch.stop();
    };
  }

  subscribedResources(): readonly Watch[] {
    return this.watched.all();
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
      unattributed: this.unattributedCount,
    };
  }

  async retire(): Promise<void> {
    this.watcher.close();
    this.stopTaskWatches();
    this.eras.close();
    await this.flights.empty();
    await this.close();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.watcher.close();
    this.stopTaskWatches();
    this.eras.close();
    for (const flight of this.flights.all()) flight.cancel('draining');
    await this.pool.close();
    await this.transport.close();
  }

  private stopTaskWatches(): void {
    for (const watch of this.taskWatches) watch.stop();
    this.taskWatches.clear();
  }

  ended(message: Terminal, flight: Flight): void {
    if (flight.lane !== '') this.lanes.release(flight.lane);
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
    void this.sendWhenOpen(flight, () => (this.isOneForAll ? SHARED_KEY : link.key));
  }

  unattributed(isAmbiguous: boolean): void {
    this.unattributedCount++;
    if (isAmbiguous) this.asksAside = true;
  }

  /** Who runs the gateway is nobody else than the gateway itself, and needs no link beside its. */
  private ownerOf(principal: Principal): string {
    if (this.transport.isPerPrincipal === true) return this.owners.keyOf(principal);
    if (this.isShared) return SHARED_KEY;
    return principal.kind === 'local' ? GATEWAY_KEY : `principal:${principal.id}`;
  }

  /** A look at the era says nothing about calls, whatever comes of it. */
  private prober(): LinkHost {
    const { id, flights, clientInfo, deps, isShared } = this;
    const nothing = (): void => {};
    return {
      id,
      flights,
      clientInfo,
      deps,
      isShared,
      ended: nothing,
      tell: nothing,
      gone: nothing,
      sendAgain: nothing,
      unattributed: nothing,
    };
  }

  /** All share one link where there is nothing to keep apart. */
  private get isOneForAll(): boolean {
    const { isStateless, isPerPrincipal } = this.transport;
    return isStateless && isPerPrincipal !== true && this.eras.known?.era === 'modern';
  }

  /** The key of the link in the pool; `upstream_busy` where no link may take the call. */
  private keyOfCall(flight: CallFlight): string | Refusal {
    if (this.isOneForAll) return SHARED_KEY;
    if (flight.lane !== '') return flight.lane;
    const { principal, call } = flight.x;
    const owner = this.ownerOf(principal);
    if (this.eras.known?.era === 'modern') return owner;
    if (isHandedTask(flight)) return owner;
    const set = this.capabilities.of(call.capabilities);
    const extensions = extensionsToTell(call.capabilities, flight.x.isOfMany);
    const mayAsk = this.asksAside && set !== NO_CAPABILITIES && flight.takesQuestions;
    if (!mayAsk) return linkKey(owner, set, 0, extensions);
    const lane = this.lanes.take(
      (number) => linkKey(owner, set, number, extensions),
      (key) => this.pool.ready(key)?.mayAsk === true,
    );
    if (!(lane instanceof Refusal)) flight.lane = lane;
    return lane;
  }

  private async sendWhenOpen(flight: Flight, keyOf: () => string | Refusal): Promise<void> {
    try {
      const link = await this.linkOf(keyOf, flight);
      if (flight.isSettled) return;
      if (link instanceof Refusal) flight.settle(link);
      else link.send(flight);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.deps.log('error', 'a call could not be sent', { upstream: this.id, error: text });
      flight.refuse('internal');
    }
  }

  /** @param flight who waits for the link; one that has ended needs none */
  private async linkOf(
    keyOf: () => string | Refusal,
    flight?: Flight,
  ): Promise<PooledLink | Refusal> {
    const verdict = await this.eras.settle();
    if (verdict instanceof Refusal) return verdict;
    if (flight?.isSettled === true) return new Refusal('cancelled');
    const key = keyOf();
    return key instanceof Refusal ? key : await this.pool.use(key);
  }

  private home(): Promise<PooledLink | Refusal> {
    const own = this.isShared ? SHARED_KEY : GATEWAY_KEY;
    return this.linkOf(() => (this.isOneForAll ? SHARED_KEY : own));
  }

  private async open(key: string): Promise<PooledLink | Refusal> {
    const verdict = this.eras.known;
    if (verdict === undefined) return new Refusal('upstream_unavailable');
    const principal = this.owners.principalOf(ownerOfKey(key));
    if (principal === 'gone') return new Refusal('upstream_credentials_unavailable');
    const link = await this.transport.open(this, key, verdict, principal);
    if (link instanceof Refusal && link.reason === 'upstream_invalid') this.eras.doubt();
    return link;
  }

  private async readTools(): Promise<readonly RawItem[] | Refusal> {
    this.tell({ upstream: this.id, kind: 'tools_changed' });
    const link = await this.home();
    return link instanceof Refusal ? link : await fetchTools((request) => ask(this, link, request));
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

/** What a legacy server asks in the middle of a task, nobody could pass on to who holds the task. */
function isHandedTask({ taskForm }: CallFlight): boolean {
  return taskForm === 'handed' || taskForm === 'about';
}
