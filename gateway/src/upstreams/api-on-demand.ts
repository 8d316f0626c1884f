/** An API before anybody has used it: its connector is made on the first use. */
import {
  Refusal,
  type Awaitable,
  type Delivery,
  type Listing,
  type Principal,
} from '../kernel/index.ts';
import type { Connector, ConnectorDeps, UpstreamStatus } from './connector.ts';
import { Health } from './health.ts';
import type { UpstreamCall } from './mcp/outgoing.ts';
import { untilAborted } from './mcp/read-listing.ts';
import { WatchedResources, type Watch } from './watched-resources.ts';

/** Stands for the connector of an API until there is one, and then passes everything on to it. */
export class ApiOnDemand implements Connector {
  readonly id: string;
  readonly kind: string;
  readonly flags = { takesVendorMethods: false, watchesResources: true };
  private readonly load: () => Promise<Connector>;
  private readonly log: ConnectorDeps['log'];
  private readonly health: Health;
  private loading: Promise<Connector | Refusal> | undefined;
  private loaded: Connector | undefined;
  private readonly watched = new WatchedResources();
  private callsWaiting = 0;
  private isClosed = false;

  /** @param load where it rejects, the next use tries again */
  constructor(
    id: string,
    kind: string,
    load: () => Promise<Connector>,
    { log, onEvent }: Pick<ConnectorDeps, 'log' | 'onEvent'>,
  ) {
    this.id = id;
    this.kind = kind;
    this.load = load;
    this.log = log;
    this.health = new Health(id, onEvent);
  }

  carry(x: UpstreamCall, delivery: Delivery): Awaitable<void> {
    return this.loaded === undefined
      ? this.carryLater(x, delivery)
      : this.loaded.carry(x, delivery);
  }

  async fetchItems(signal: AbortSignal): Promise<Listing | Refusal> {
    const connector = this.loaded ?? (await untilAborted(this.ready(), signal));
    return connector instanceof Refusal ? connector : await connector.fetchItems(signal);
  }

  /** Nothing is loaded for it: what tells of changes was listed, and so loaded, before. */
  async subscribeResource(uri: string, principal: Principal): Promise<Refusal | undefined> {
    if (this.loaded !== undefined) return await this.loaded.subscribeResource(uri, principal);
    this.watched.add(uri, principal);
    return undefined;
  }

  async unsubscribeResource(uri: string, principal: Principal): Promise<void> {
    this.watched.remove(uri, principal);
    await this.loaded?.unsubscribeResource(uri, principal);
  }

  subscribedResources(): readonly Watch[] {
    return this.loaded?.subscribedResources() ?? this.watched.all();
  }

  status(): UpstreamStatus {
    if (this.loaded !== undefined) return this.loaded.status();
    return {
      id: this.id,
      kind: this.kind,
      era: undefined,
      revision: '',
      eraSince: '',
      state: this.health.state,
      lastError: this.health.lastError,
      links: 0,
      callsUnderWay: this.callsWaiting,
    };
  }

  async retire(): Promise<void> {
    // Calls that wait for the same loading began to wait before, so they are under way by then.
    const connector = await this.whatIsThere();
    if (connector === undefined) this.isClosed = true;
    else await connector.retire();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await (await this.whatIsThere())?.close();
  }

  private async carryLater(x: UpstreamCall, delivery: Delivery): Promise<void> {
    this.callsWaiting++;
    const connector = await this.ready();
    this.callsWaiting--;
    if (connector instanceof Refusal) delivery.finish(connector);
    else await connector.carry(x, delivery);
  }

  private async whatIsThere(): Promise<Connector | undefined> {
    const connector = this.loaded ?? (await this.loading);
    return connector instanceof Refusal ? undefined : connector;
  }

  /** Never rejects. All who ask while it is loaded wait for the same attempt. */
  private ready(): Promise<Connector | Refusal> {
    if (this.loaded !== undefined) return Promise.resolve(this.loaded);
    if (this.isClosed) return Promise.resolve(new Refusal('draining'));
    this.loading ??= this.attempt().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async attempt(): Promise<Connector | Refusal> {
    try {
      const connector = await this.load();
      if (this.isClosed) {
        await connector.close();
        return new Refusal('draining');
      }
      this.loaded = connector;
      for (const { uri, principal } of this.watched.all()) {
        void connector.subscribeResource(uri, principal);
      }
      return connector;
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.log('error', 'the part of the gateway for APIs cannot be loaded', {
        upstream: this.id,
        error: text,
      });
      const refusal = new Refusal('upstream_unavailable', {
        text: 'The gateway could not load its part for APIs; its log says why.',
      });
      this.health.listFailed(refusal);
      return refusal;
    }
  }
}
