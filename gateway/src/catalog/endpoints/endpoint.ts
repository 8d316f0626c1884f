/** One endpoint of one configuration snapshot, over the catalog as it is now. */
import { LRUCache } from 'lru-cache';
import type { Item, ItemBindings, ItemKind, JudgedItem, Principal } from '../../kernel/index.ts';
import { BoundItems } from '../items/bound-items.ts';
import type { EndpointConfig } from '../config.ts';
import { filterDigest } from '../views/cursors.ts';
import {
  buildIndex,
  toolName,
  type EndpointIndex,
  type Entry,
  type Naming,
  type Shown,
} from './endpoint-index.ts';
import { LIST_NAMES, type ListName, type UpstreamItems } from '../items/items.ts';
import { createOverrides } from './overrides.ts';
import { createScope, type Scope } from './scope.ts';
import { showTools, type ShownTools } from './shown-tools.ts';
import type { Snapshot, UpstreamPart } from '../lists/snapshot.ts';
import { wrapUri } from '../items/uris.ts';
import type { Viewer, ViewerOf } from './visibility.ts';

/** Viewers whose visible items are remembered per endpoint. */
const MAX_VIEWERS = 256;

/** What one viewer sees of an endpoint at one epoch. */
export interface Sight {
  readonly lists: Readonly<Record<ListName, readonly Entry[]>>;
  /** Upstreams of which at least one item is seen. */
  readonly upstreams: ReadonlySet<string>;
  /** How the tools among them are shown. */
  readonly tools: ShownTools;
}

/** The catalog as endpoints need it. */
export interface CatalogNow {
  snapshot(): Snapshot;
  settled(upstreams: readonly string[]): Promise<void>;
}

export class Endpoint {
  readonly name: string;
  readonly config: EndpointConfig;
  readonly filterDigest: string;
  readonly scope: Scope;
  /** Arguments of some items are decided here for some callers. */
  readonly isBinding: boolean;
  private readonly naming: Naming;
  private readonly bound = new BoundItems();
  private readonly catalog: CatalogNow;
  private readonly viewerOf: ViewerOf;
  private readonly shown = new WeakMap<UpstreamItems, Shown>();
  private readonly sights = new LRUCache<Viewer, Sight>({ max: MAX_VIEWERS });
  /** The tools of a sight, by which of all tools they are. */
  private readonly toolSets = new LRUCache<string, ShownTools>({ max: MAX_VIEWERS });
  private readonly offered = new Map<Capability, boolean>();
  private offeredEpoch = -1;
  private index: EndpointIndex | undefined;

  constructor(name: string, config: EndpointConfig, catalog: CatalogNow, viewerOf: ViewerOf) {
    this.name = name;
    this.config = config;
    this.filterDigest = filterDigest(config);
    this.scope = createScope(config);
    this.isBinding = config.arguments !== undefined;
    this.naming = { ...config, overrides: createOverrides(config.items) };
    this.catalog = catalog;
    this.viewerOf = viewerOf;
  }

  /** The upstreams of the endpoint in order, each as it is now. */
  parts(): readonly UpstreamPart[] {
    return this.catalog.snapshot().parts.filter((part) => this.scope.covers(part.id));
  }

  now(): EndpointIndex {
    const { epoch } = this.catalog.snapshot();
    if (this.index?.epoch !== epoch) {
      this.index = buildIndex(epoch, this.parts(), this.scope, this.naming, this.shown);
      this.sights.clear();
      this.toolSets.clear();
    }
    return this.index;
  }

  /** Undefined when every upstream has had its first chance to answer. */
  whenSettled(): Promise<void> | undefined {
    const waiting = this.parts().filter((part) => part.state === 'waiting');
    return waiting.length === 0 ? undefined : this.catalog.settled(waiting.map(({ id }) => id));
  }

  isVisible(principal: Principal, item: JudgedItem): boolean {
    return this.viewer(principal).mayInvoke(item);
  }

  viewer(principal: Principal): Viewer {
    return this.viewerOf(principal, this.name);
  }

  /** Remembered by viewer until the catalog changes; the policy is as long as this endpoint is. */
  sightOf(principal: Principal): Sight {
    const index = this.now();
    const viewer = this.viewer(principal);
    const known = this.sights.get(viewer);
    if (known !== undefined) return known;
    const upstreams = new Set<string>();
    const look = (list: ListName): readonly Entry[] => {
      const all = index.lists[list];
      const seen = all.filter((entry) => viewer.mayInvoke(entry.item));
      for (const entry of seen) upstreams.add(entry.item.id.upstream);
      const shown = seen.map((entry) => this.shownTo(viewer, entry));
      const isAll = shown.length === all.length && shown.every((entry, at) => entry === all[at]);
      // One array for all who see everything, so that they share what is made of it.
      return isAll ? all : shown;
    };
    const [seen, prompts, resources, templates] = LIST_NAMES.map(look);
    const tools = this.toolsOf(seen ?? []);
    const lists = {
      tools: tools.all,
      prompts: prompts ?? [],
      resources: resources ?? [],
      templates: templates ?? [],
    };
    const sight: Sight = { lists, upstreams, tools };
    this.sights.set(viewer, sight);
    return sight;
  }

  /** A tool by its public name or an alias, where this principal may see it. */
  visibleTool(principal: Principal, name: string): Entry | undefined {
    const { byName, toolAliases } = this.now();
    const named = byName.tools.get(name);
    const viewer = this.viewer(principal);
    if (named !== undefined && viewer.mayInvoke(named.item)) return named;
    const other = toolAliases.get(name);
    return other !== undefined && viewer.mayInvoke(other.item) ? other : undefined;
  }

  /** The same tool as this principal is shown it. */
  describedTool(principal: Principal, name: string): Entry | undefined {
    const entry = this.visibleTool(principal, name);
    return entry === undefined ? undefined : this.shownTo(this.viewer(principal), entry);
  }

  /** Which arguments of an item are decided here for this principal; undefined for none. */
  bindingsOf(principal: Principal, item: Item): ItemBindings | undefined {
    const bindings = this.viewer(principal).bindingsOf(item);
    if (bindings === undefined) return undefined;
    const { prompts, tools } = this.now().byName;
    const entry = (item.id.kind === 'prompt' ? prompts : tools).get(item.publicName);
    return entry?.item !== item ? bindings : this.bound.of(entry, bindings).bindings;
  }

  private shownTo(viewer: Viewer, entry: Entry): Entry {
    const bindings = viewer.bindingsOf(entry.item);
    return bindings === undefined ? entry : this.bound.of(entry, bindings).entry;
  }

  /** What a tool is called here; undefined where it is not, or not seen by this principal. */
  nameOfTool(principal: Principal, upstream: string, original: string): string | undefined {
    const name = toolName({ upstream, kind: 'tool', name: original }, this.naming);
    const item = this.now().byName.tools.get(name)?.item;
    if (item?.id.upstream !== upstream || item.id.name !== original) return undefined;
    return this.isVisible(principal, item) ? name : undefined;
  }

  /** All who see the same tools share one set, and so what is made of it. */
  private toolsOf(seen: readonly Entry[]): ShownTools {
    const { lists, byName, toolAliases } = this.now();
    const present = new Set(seen.map(({ item }) => item));
    const key = Buffer.from(lists.tools.map(({ item }) => (present.has(item) ? 1 : 0)));
    const text = `${key.toString('latin1')}${this.formsOf(seen)}`;
    let tools = this.toolSets.get(text);
    if (tools === undefined) {
      const isSeen = (entry: Entry | undefined): boolean =>
        entry !== undefined && present.has(entry.item);
      tools = showTools(
        seen,
        (name) => isSeen(byName.tools.get(name)) || isSeen(toolAliases.get(name)),
      );
      this.toolSets.set(text, tools);
    }
    return tools;
  }

  /** Tells apart the forms in which bound items are shown; '' where none is. */
  private formsOf(seen: readonly Entry[]): string {
    let text = '';
    for (const [at, { form }] of seen.entries()) {
      if (form !== 0) text += ` ${at}:${form}`;
    }
    return text;
  }

  /** The URI under which callers know a resource of an upstream, listed or not. */
  publicUri(upstream: string, uri: string): string {
    const list = this.now().items.get(upstream)?.resources;
    const item = list?.items[list.places.get(uri) ?? -1];
    const isWrapped = this.config.names !== 'original' && item?.isWrapped === true;
    return isWrapped ? wrapUri(upstream, 'resource', uri) : uri;
  }

  /** Whether some upstream offers a part of the protocol, or may for all that is known. */
  mayOffer(what: Capability): boolean {
    const index = this.now();
    let answer = this.offered.get(what);
    if (answer === undefined || this.offeredEpoch !== index.epoch) {
      if (this.offeredEpoch !== index.epoch) this.offered.clear();
      this.offeredEpoch = index.epoch;
      answer = this.parts().some((part) => part.items === undefined || this.offers(part, what));
      this.offered.set(what, answer);
    }
    return answer;
  }

  /** Whether an upstream offers a part of the protocol that this endpoint shows anything of. */
  offers(part: UpstreamPart, what: Capability): boolean {
    if (part.items?.capabilities[what] !== true) return false;
    const kinds = KINDS_OF[what];
    return kinds.length === 0 || kinds.some((kind) => this.scope.covers(part.id, kind));
  }
}

export type Capability = 'prompts' | 'resources' | 'completions' | 'logging' | 'subscribe';

/** Kinds of items without which a capability is nothing. */
const KINDS_OF: Readonly<Record<Capability, readonly ItemKind[]>> = {
  prompts: ['prompt'],
  resources: ['resource', 'template'],
  subscribe: ['resource', 'template'],
  completions: ['prompt', 'template'],
  logging: [],
};
