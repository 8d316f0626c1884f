/** An upstream that nobody calls: what it sends is a resource. */
import {
  LATEST_MODERN,
  Refusal,
  type Delivery,
  type Listing,
  type Principal,
} from '../../kernel/index.ts';
import { Feed } from '../feeds/feed.ts';
import { feedContents, feedItem, readMessage } from '../feeds/resource.ts';
import { feedUri } from '../feeds/uris.ts';
import type { Connector, ConnectorDeps, UpstreamStatus } from '../connector.ts';
import type { UpstreamCall } from '../mcp/outgoing.ts';
import { WatchedResources, type Watch } from '../watched-resources.ts';
import type { WebhookConfig } from './config-schema.ts';
import { createHook, type Hook } from './hook.ts';
import { Replays } from './replays.ts';

/** The one feed of a webhook. */
const FEED = 'events';

/** What outlives a change of its entry: a message that was taken is not taken again. */
export class HookMemories {
  private readonly byId = new Map<string, Replays>();

  of(id: string): Replays {
    const known = this.byId.get(id) ?? new Replays();
    this.byId.set(id, known);
    return known;
  }
}

export function createWebhook(
  id: string,
  config: WebhookConfig,
  deps: ConnectorDeps & { readonly memories: HookMemories; readonly title: string },
): Connector {
  return new WebhookConnector(id, config, deps);
}

class WebhookConnector implements Connector {
  readonly id: string;
  readonly kind = 'webhook';
  readonly flags = { takesVendorMethods: false, watchesResources: true };
  readonly hook: Hook;
  private readonly feed: Feed;
  private readonly uri: string;
  private readonly title: string;
  private readonly watched = new WatchedResources();
  private isClosed = false;

  constructor(
    id: string,
    config: WebhookConfig,
    deps: ConnectorDeps & { readonly memories: HookMemories; readonly title: string },
  ) {
    const { clock, onEvent, memories, title } = deps;
    this.id = id;
    this.uri = feedUri(id, FEED);
    this.title = title === '' ? `Events of ${id}` : title;
    // Its door counts already, and what was taken there is kept.
    const bounds = { ...config, maxPerSecond: Number.POSITIVE_INFINITY };
    this.feed = new Feed(FEED, bounds, clock, () => {
      onEvent({ upstream: id, kind: 'resource_updated', uri: this.uri });
    });
    this.feed.become('open', '');
    this.hook = createHook(config, { clock, replays: memories.of(id), feed: this.feed });
  }

  carry({ target, call }: UpstreamCall, delivery: Delivery): void {
    if (this.isClosed) delivery.finish(new Refusal('draining'));
    else if (call.method !== 'resources/read' || target.kind !== 'item') {
      delivery.finish(new Refusal('method_unknown'));
    } else if (target.originalName !== this.uri) {
      delivery.finish(new Refusal('resource_unknown', { data: { uri: call.name } }));
    } else delivery.finish(readMessage(feedContents(this.uri, this.feed.content)));
  }

  async fetchItems(): Promise<Listing> {
    const description = `What is sent to /hooks/${this.id}, each event signed by its sender.`;
    const head = { name: FEED, title: this.title, description, uri: this.uri, isTemplate: false };
    return await Promise.resolve({
      era: 'modern',
      revision: LATEST_MODERN,
      capabilities: CAPABILITIES,
      serverInfo: JSON.stringify({ name: this.id, version: '0' }),
      instructions: '',
      tools: [],
      prompts: [],
      resources: [feedItem(head)],
      templates: [],
    });
  }

  async subscribeResource(uri: string, principal: Principal): Promise<undefined> {
    this.watched.add(uri, principal);
    return await Promise.resolve(undefined);
  }

  async unsubscribeResource(uri: string, principal: Principal): Promise<void> {
    this.watched.remove(uri, principal);
    await Promise.resolve();
  }

  subscribedResources(): readonly Watch[] {
    return this.watched.all();
  }

  status(): UpstreamStatus {
    const era = { era: undefined, revision: '', eraSince: '' };
    const counts = { links: 0, callsUnderWay: 0 };
    return { id: this.id, kind: this.kind, ...era, state: 'up', lastError: '', ...counts };
  }

  async retire(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.feed.stop();
    await Promise.resolve();
  }
}

const CAPABILITIES = {
  tools: false,
  prompts: false,
  resources: true,
  completions: false,
  logging: false,
  subscribe: true,
  extensions: '',
};
