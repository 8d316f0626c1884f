/** An upstream of any kind of API: its operations as tools. */
import {
  Refusal,
  type Delivery,
  type Listing,
  type Principal,
  type Terminal,
} from '../../kernel/index.ts';
import type { Connector, ConnectorDeps, UpstreamStatus } from '../connector.ts';
import { Health } from '../health.ts';
import { Flights } from '../mcp/flights.ts';
import type { UpstreamCall } from '../mcp/outgoing.ts';
import { untilAborted } from '../mcp/read-listing.ts';
import { ApiFlight } from './api-flight.ts';
import { askerOf, callTool, type CallSettings } from './call.ts';
import { apiListing, type ListingOptions } from './listing.ts';
import type { Api, Reply } from './model.ts';
import { readFeed, readMessage, watchFeed } from '../feeds/resource.ts';
import { isFeedUri } from '../feeds/uris.ts';
import { Opener, type OpenApi } from './opener.ts';
import { ReadyApi } from './ready-api.ts';
import { resultMessage } from './result-message.ts';
import type { Watch } from '../watched-resources.ts';

export interface ApiConnectorOptions extends ListingOptions {
  /** As the configuration calls it: `openapi`. */
  readonly kind: string;
  readonly open: OpenApi;
  /** What the caller of `x` calls a tool; nothing is named to callers where this is not given. */
  toolName?(x: UpstreamCall, name: string): string | undefined;
}

const READ = 'resources/read';
const CARRIED: ReadonlySet<string> = new Set(['tools/call', READ]);

/**
 * An upstream over any kind of API. The API is opened on the first use, and again after a failure,
 * at first after a second, then less and less often.
 */
export function createApiConnector(
  id: string,
  options: ApiConnectorOptions,
  deps: ConnectorDeps,
): Connector {
  return new ApiConnector(id, options, deps);
}

class ApiConnector implements Connector {
  readonly id: string;
  readonly kind: string;
  readonly flags = { takesVendorMethods: false, watchesResources: true };
  private readonly options: ApiConnectorOptions;
  private readonly deps: ConnectorDeps;
  private readonly opener: Opener;
  private readonly flights: Flights<ApiFlight>;
  private readonly health: Health;
  private readonly settings: CallSettings;
  private ready: ReadyApi | undefined;
  private isClosed = false;

  constructor(id: string, options: ApiConnectorOptions, deps: ConnectorDeps) {
    const { timeoutMs, maxAnswerBytes } = deps;
    this.id = id;
    this.kind = options.kind;
    this.options = options;
    this.deps = deps;
    this.opener = new Opener(
      options.open,
      deps.clock,
      (error) => this.broke(error),
      () => deps.onEvent({ upstream: id, kind: 'tools_changed' }),
    );
    this.flights = new Flights(deps.clock, timeoutMs);
    this.health = new Health(id, deps.onEvent);
    this.settings = {
      upstream: id,
      timeoutMs,
      maxAnswerBytes,
      results: options.results,
      toolName: (x, name) => options.toolName?.(x, name),
      onReply: (reply) => this.heard(reply),
    };
  }

  carry(x: UpstreamCall, delivery: Delivery): void {
    const { target, call } = x;
    if (this.isClosed) delivery.finish(new Refusal('draining'));
    else if (target.kind !== 'item' || !CARRIED.has(call.method)) {
      delivery.finish(new Refusal('method_unknown'));
    } else {
      const flight = new ApiFlight(delivery, this.flights);
      x.cancellation.onCancel((why) => flight.cancel(why));
      if (!flight.isSettled) void this.fly(x, target.originalName, flight);
    }
  }

  async fetchItems(signal: AbortSignal): Promise<Listing | Refusal> {
    const api = await untilAborted(this.opener.ready(), signal);
    if (api instanceof Refusal) {
      this.health.listFailed(api);
      return api;
    }
    if (this.health.state === 'starting') this.health.ended({ kind: 'accepted' });
    return apiListing(this.id, api, this.options);
  }

  async subscribeResource(uri: string, principal: Principal): Promise<Refusal | undefined> {
    if (!isFeedUri(this.id, uri)) return undefined;
    const api = this.opener.current ?? (await this.opener.ready());
    return api instanceof Refusal ? api : watchFeed(api.feeds, uri, principal);
  }

  async unsubscribeResource(uri: string, principal: Principal): Promise<void> {
    this.opener.current?.feeds?.unwatch(uri, principal);
  }

  subscribedResources(): readonly Watch[] {
    return this.opener.current?.feeds?.watched() ?? [];
  }

  status(): UpstreamStatus {
    return {
      id: this.id,
      kind: this.kind,
      era: undefined,
      revision: '',
      eraSince: '',
      state: this.health.state,
      lastError: this.health.lastError,
      links: this.opener.current === undefined ? 0 : 1,
      callsUnderWay: this.flights.size,
    };
  }

  async retire(): Promise<void> {
    await this.flights.empty();
    await this.close();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const flight of this.flights.all()) flight.cancel('draining');
    await this.opener.close();
  }

  private async fly(x: UpstreamCall, name: string, flight: ApiFlight): Promise<void> {
    try {
      flight.settle(await this.outcome(x, name, flight));
    } catch (error) {
      this.broke(error);
      flight.settle(new Refusal('internal'));
    }
  }

  private async outcome(x: UpstreamCall, name: string, flight: ApiFlight): Promise<Terminal> {
    const isFeed = x.call.method === READ && isFeedUri(this.id, name);
    if (x.call.method === READ && !isFeed) {
      return readMessage(await this.options.results.readResource(name, askerOf(x, this.settings)));
    }
    const api = this.opener.current ?? (await this.opener.ready());
    if (flight.isSettled) return new Refusal('cancelled');
    if (api instanceof Refusal) return api;
    if (isFeed) return readMessage(readFeed(api.feeds, name, x.principal));
    const result = await callTool(x, name, this.readyFor(api), flight, this.settings);
    return result instanceof Refusal ? result : resultMessage(result, x.dialect);
  }

  private readyFor(api: Api): ReadyApi {
    if (this.ready?.api !== api) this.ready = new ReadyApi(api, this.options.results);
    return this.ready;
  }

  /** That it answered at all shows that it is up. */
  private heard(reply: Reply): void {
    if (reply.kind === 'broken') {
      this.health.ended(new Refusal(reply.reason, { text: reply.text }));
    } else if (reply.kind !== 'unsendable') this.health.ended({ kind: 'accepted' });
  }

  private broke(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.deps.log('error', 'a call of an API broke', { upstream: this.id, error: text });
  }
}
