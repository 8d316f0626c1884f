/** An endpoint's items at one catalog epoch, by their public names. */
import {
  itemIdText,
  type Era,
  type HeaderBinding,
  type Item,
  type ItemHints,
  type ItemId,
  type ListMode,
  type Target,
} from '../../kernel/index.ts';
import type { EndpointConfig } from '../config.ts';
import { describedItem } from '../items/describe-item.ts';
import { LIST_NAMES, type Finding, type ListName, type UpstreamItems } from '../items/items.ts';
import { publicName } from '../items/names.ts';
import type { Overrides } from './overrides.ts';
import type { ItemSource } from '../items/rewritten-item.ts';
import type { Scope } from './scope.ts';
import type { UpstreamPart } from '../lists/snapshot.ts';
import { wrapUri } from '../items/uris.ts';

/** An item as this endpoint shows it. Made once per list, so that resolving allocates nothing. */
export interface Entry {
  readonly item: Item;
  readonly target: Extract<Target, { kind: 'item' }>;
  readonly source: ItemSource;
  /** Place of the item in its upstream's own list. */
  readonly place: number;
  /** JSON text of the original name, ready to be put into a call. */
  readonly rawOriginal: string;
  /** How lists show it; everything but tools is always shown in full. */
  readonly mode: ListMode;
  /** Under which it is searched: what the operator calls it, else its own name. */
  readonly knownAs: string;
  /** Numbers the forms in which callers are shown it whose arguments are bound; 0 for its own. */
  readonly form: number;
}

export interface EndpointIndex {
  readonly epoch: number;
  /** Upstreams of the endpoint in order, those without a list too. */
  readonly members: readonly string[];
  /** Lists of the members that have one, whole. */
  readonly items: ReadonlyMap<string, UpstreamItems>;
  /** Every list in the order of upstreams, then of each upstream. */
  readonly lists: Readonly<Record<ListName, readonly Entry[]>>;
  readonly byName: Readonly<Record<ListName, ReadonlyMap<string, Entry>>>;
  /** Tools by other public names that lead to them; a tool's own public name comes first. */
  readonly toolAliases: ReadonlyMap<string, Entry>;
  /** Items left out although their upstream's list is good. */
  readonly findings: readonly Finding[];
}

/** What one endpoint makes of one upstream's list; kept as long as that list is. */
export type Shown = Readonly<Record<ListName, readonly Entry[]>>;

/** @param shown what was made of the same lists before, filled where something is missing */
export function buildIndex(
  epoch: number,
  members: readonly UpstreamPart[],
  scope: Scope,
  config: Naming,
  shown: WeakMap<UpstreamItems, Shown>,
): EndpointIndex {
  const lists: Record<ListName, Entry[]> = { tools: [], prompts: [], resources: [], templates: [] };
  const byName = {
    tools: new Map<string, Entry>(),
    prompts: new Map<string, Entry>(),
    resources: new Map<string, Entry>(),
    templates: new Map<string, Entry>(),
  };
  const toolAliases = new Map<string, Entry>();
  const findings: Finding[] = [];
  const items = new Map<string, UpstreamItems>();
  for (const member of members) {
    if (member.items !== undefined) items.set(member.id, member.items);
  }
  for (const its of items.values()) {
    const part = shown.get(its) ?? show(its, scope, config, members.length > 1);
    shown.set(its, part);
    findings.push(...its.findings.filter((finding) => scope.includes(finding.id)));
    for (const list of LIST_NAMES) {
      for (const entry of part[list]) {
        const { id, publicName: name } = entry.item;
        const holder = config.overrides.holderOf(id.kind, name);
        const isTaken = holder !== undefined && holder !== itemIdText(id);
        if (isTaken || byName[list].has(name)) findings.push(collision(id, name));
        else {
          byName[list].set(name, entry);
          lists[list].push(entry);
          if (list === 'tools') addAliases(toolAliases, entry, config);
        }
      }
    }
  }
  const ids = members.map(({ id }) => id);
  return { epoch, members: ids, items, lists, byName, toolAliases, findings };
}

function addAliases(known: Map<string, Entry>, entry: Entry, config: Naming): void {
  for (const name of entry.source.aliases) {
    const shown = toolName({ ...entry.item.id, name }, config);
    const isGiven = config.overrides.holderOf('tool', shown) !== undefined;
    if (!isGiven && !known.has(shown)) known.set(shown, entry);
  }
}

function show(items: UpstreamItems, scope: Scope, config: Naming, isOfMany: boolean): Shown {
  const pageUri = pageNamer(items, config, isOfMany);
  const entries = (list: ListName): readonly Entry[] => {
    const found: Entry[] = [];
    for (const [place, source] of items[list].items.entries()) {
      if (scope.includes(source.id)) {
        found.push(entryOf(source, place, items, config, pageUri));
      }
    }
    return found;
  };
  return {
    tools: entries('tools'),
    prompts: entries('prompts'),
    resources: entries('resources'),
    templates: entries('templates'),
  };
}

function entryOf(
  source: ItemSource,
  place: number,
  items: UpstreamItems,
  config: Naming,
  pageUri: PageNamer,
): Entry {
  const { id } = source;
  const modeOfUpstream = config.mode === 'auto' ? items.mode : config.mode;
  const mode = id.kind === 'tool' ? modeOfUpstream : 'full';
  const name = shownName(source, config);
  const override = config.overrides.of(id);
  const item = new ShownItem(source, name, items.era, mode !== 'full', pageUri);
  const target = { kind: 'item', item, originalName: id.name } as const;
  return {
    item,
    target,
    source: describedItem(source, override),
    place,
    rawOriginal: JSON.stringify(id.name),
    mode,
    knownAs: override?.name ?? id.name,
    form: 0,
  };
}

/** What callers call a page of an upstream. */
type PageNamer = (uri: string) => string;

/**
 * Pages need not be listed, and nobody else can tell to whom an unlisted one belongs where there are
 * several upstreams: so its name says it.
 */
function pageNamer(
  { resources, tools }: UpstreamItems,
  { names }: Naming,
  isOfMany: boolean,
): PageNamer {
  const upstream = tools.items[0]?.id.upstream ?? '';
  return (uri) => {
    const listed = resources.items[resources.places.get(uri) ?? -1];
    const isWrapped = listed?.isWrapped ?? isOfMany;
    return isWrapped && names !== 'original' ? wrapUri(upstream, 'resource', uri) : uri;
  };
}

/** Its definition is asked for when it is needed, since some are only made then. */
class ShownItem implements Item {
  readonly id: ItemId;
  readonly publicName: string;
  readonly era: Era;
  readonly isAbridged: boolean;
  private readonly source: ItemSource;
  private readonly namePage: PageNamer;

  constructor(
    source: ItemSource,
    publicName: string,
    era: Era,
    isAbridged: boolean,
    namePage: PageNamer,
  ) {
    this.id = source.id;
    this.publicName = publicName;
    this.era = era;
    this.isAbridged = isAbridged;
    this.source = source;
    this.namePage = namePage;
  }

  get pageUri(): PageNamer | undefined {
    return this.source.app === undefined ? undefined : this.namePage;
  }

  get definition(): Buffer {
    return this.source.definition;
  }

  get headerBindings(): readonly HeaderBinding[] {
    return this.source.headerBindings;
  }

  get hints(): ItemHints | undefined {
    return this.source.hints;
  }

  get needsTask(): boolean {
    return this.era === 'legacy' && this.source.needsTask;
  }

  get wrapsOutput(): boolean {
    return this.era === 'modern' && this.source.hasWrappedOutput;
  }
}

function shownName({ id, isWrapped }: ItemSource, config: Naming): string {
  const { upstream, kind, name } = id;
  if (kind !== 'resource' && kind !== 'template') return toolName(id, config);
  return isWrapped && config.names !== 'original' ? wrapUri(upstream, kind, name) : name;
}

/** What an endpoint calls items: by its configuration, or as names are made. */
export interface Naming extends Pick<EndpointConfig, 'names' | 'maxNameLength' | 'mode'> {
  readonly overrides: Overrides;
}

/** What an endpoint calls a tool or a prompt, whether it has one or not. */
export function toolName(id: ItemId, { names, maxNameLength, overrides }: Naming): string {
  const given = overrides.of(id)?.name;
  if (given !== undefined) return given;
  return names === 'original' ? id.name : publicName(id, maxNameLength);
}

function collision(id: ItemId, name: string): Finding {
  const text = `Its public name "${name}" is already taken.`;
  return { code: 'name_collides', id, text };
}
