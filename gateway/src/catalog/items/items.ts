/** One upstream's items, read once when its list arrives: identities, and where their names stand. */
import type { ItemId, ItemKind, Listing, ListMode, RawItem } from '../../kernel/index.ts';
import { CatalogItem } from './catalog-item.ts';
import { compileTemplate } from './templates.ts';
import { MAX_URI_LENGTH, looksWrapped } from './uris.ts';

const MAX_ITEMS_PER_LIST = 50_000;
const MAX_NAME_CHARACTERS = 1024;

/** The lists of an upstream: the kind of their items and the member that names one. */
export const LISTS = {
  tools: { kind: 'tool', key: 'name', method: 'tools/list', member: 'tools' },
  prompts: { kind: 'prompt', key: 'name', method: 'prompts/list', member: 'prompts' },
  resources: { kind: 'resource', key: 'uri', method: 'resources/list', member: 'resources' },
  templates: {
    kind: 'template',
    key: 'uriTemplate',
    method: 'resources/templates/list',
    member: 'resourceTemplates',
  },
} as const satisfies Record<string, ListRow>;

interface ListRow {
  readonly kind: ItemKind;
  /** Member of a definition that holds the name. */
  readonly key: string;
  readonly method: string;
  /** Member of the result that holds the list. */
  readonly member: string;
}

export type ListName = keyof typeof LISTS;
export const LIST_NAMES = ['tools', 'prompts', 'resources', 'templates'] as const;

/** Items in their upstream's order, and the place of each by its original name. */
export interface ItemList {
  readonly items: readonly CatalogItem[];
  readonly places: ReadonlyMap<string, number>;
}

/** What was wrong with an item, which is therefore left out. */
export interface Finding {
  readonly code:
    | 'definition_invalid'
    | 'name_repeated'
    | 'name_collides'
    | 'header_annotation_invalid'
    | 'too_many_items';
  readonly id: ItemId;
  readonly text: string;
}

/** An upstream's last good list. */
export interface UpstreamItems
  extends
    Readonly<Record<ListName, ItemList>>,
    Pick<Listing, 'era' | 'revision' | 'capabilities' | 'serverInfo' | 'instructions'> {
  /** How its tools are shown where the endpoint says nothing. */
  readonly mode: ListMode;
  readonly findings: readonly Finding[];
}

/**
 * Reads a listing. What is the same in `previous`, byte for byte, is taken over from there.
 * @param owners upstream by URI or template; one that is missing there is nobody's and is wrapped
 */
export function readItems(
  upstream: string,
  listing: Listing,
  owners: ReadonlyMap<string, string>,
  previous: UpstreamItems | undefined,
): UpstreamItems {
  const findings: Finding[] = [];
  const read = (list: ListName): ItemList =>
    new ListReader(upstream, list, owners, previous?.[list], findings).read(listing[list]);
  const { era, revision, capabilities, serverInfo, instructions, mode = 'full' } = listing;
  return {
    era,
    revision,
    capabilities,
    serverInfo,
    instructions,
    mode,
    tools: read('tools'),
    prompts: read('prompts'),
    resources: read('resources'),
    templates: read('templates'),
    findings,
  };
}

class ListReader {
  private readonly upstream: string;
  private readonly list: ListName;
  private readonly owners: ReadonlyMap<string, string>;
  private readonly previous: ItemList | undefined;
  private readonly findings: Finding[];

  constructor(
    upstream: string,
    list: ListName,
    owners: ReadonlyMap<string, string>,
    previous: ItemList | undefined,
    findings: Finding[],
  ) {
    this.upstream = upstream;
    this.list = list;
    this.owners = owners;
    this.previous = previous;
    this.findings = findings;
  }

  read(raw: readonly RawItem[]): ItemList {
    const items: CatalogItem[] = [];
    const places = new Map<string, number>();
    for (const one of raw) {
      if (items.length >= MAX_ITEMS_PER_LIST) {
        const text = `Only the first ${MAX_ITEMS_PER_LIST} of ${raw.length} ${this.list} are listed.`;
        this.leaveOut('too_many_items', one.name, text);
        break;
      }
      if (places.has(one.name)) {
        this.leaveOut('name_repeated', one.name, 'An earlier one has the same name.');
        continue;
      }
      const item = this.known(one) ?? this.item(one);
      if (item === undefined) continue;
      places.set(one.name, items.length);
      items.push(item);
    }
    return { items, places };
  }

  private isWrapped(name: string): boolean {
    if (this.list !== 'resources' && this.list !== 'templates') return false;
    return this.owners.get(name) !== this.upstream || looksWrapped(name);
  }

  private known(raw: RawItem): CatalogItem | undefined {
    const place = this.previous?.places.get(raw.name);
    const item = place === undefined ? undefined : this.previous?.items[place];
    if (item === undefined || item.isWrapped !== this.isWrapped(raw.name)) return undefined;
    return item.becomes(raw) ? item : undefined;
  }

  private item(raw: RawItem): CatalogItem | undefined {
    const { name } = raw;
    const { kind, key } = LISTS[this.list];
    if (!this.isUsable(name)) {
      this.leaveOut('definition_invalid', name, 'Its name cannot be used.');
      return undefined;
    }
    const item = new CatalogItem(raw, {
      id: { upstream: this.upstream, kind, name },
      key,
      isWrapped: this.isWrapped(name),
      matches: this.list === 'templates' ? compileTemplate(name) : undefined,
    });
    // What is made on first use is looked at then.
    if (raw.digest !== undefined) return item;
    const parts = item.parts();
    if (!('code' in parts)) return item;
    this.leaveOut(parts.code, name, parts.text);
    return undefined;
  }

  private isUsable(name: string): boolean {
    if (this.list === 'tools' || this.list === 'prompts') {
      return name !== '' && name.length <= MAX_NAME_CHARACTERS;
    }
    return isUsableUri(name);
  }

  private leaveOut(code: Finding['code'], name: string, text: string): void {
    const id: ItemId = { upstream: this.upstream, kind: LISTS[this.list].kind, name };
    this.findings.push({ code, id, text });
  }
}

/** Whether a URI or template can be listed, wrapped and owned. */
export function isUsableUri(uri: string): boolean {
  return uri !== '' && uri.length <= MAX_URI_LENGTH && uri.isWellFormed();
}

/** Which lists differ; order counts. `head` is everything that is not an item. */
export function changesOf(
  before: UpstreamItems | undefined,
  after: UpstreamItems | undefined,
): Readonly<Record<ListName | 'head', boolean>> {
  const differs = (list: ListName): boolean => {
    const old = before?.[list].items ?? [];
    const now = after?.[list].items ?? [];
    // Equal definitions are taken over as they are, so identity is equality here.
    return old.length !== now.length || old.some((item, at) => item !== now[at]);
  };
  return {
    tools: differs('tools') || (before?.mode ?? 'full') !== (after?.mode ?? 'full'),
    prompts: differs('prompts'),
    resources: differs('resources'),
    templates: differs('templates'),
    head: headOf(before) !== headOf(after),
  };
}

function headOf(items: UpstreamItems | undefined): string {
  if (items === undefined) return '';
  const { era, revision, capabilities, serverInfo, instructions, findings } = items;
  return JSON.stringify([era, revision, capabilities, serverInfo, instructions, findings]);
}
