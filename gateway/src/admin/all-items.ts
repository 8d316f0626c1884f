/** What upstreams offer, whoever may see it. */
import type { UpstreamPart } from '../catalog/index.ts';
import { itemIdText } from '../kernel/index.ts';
import type { AdminPorts } from './ports.ts';

type CatalogItem = NonNullable<UpstreamPart['items']>['tools']['items'][number];

export interface FoundItem {
  readonly item: CatalogItem;
  /** `tool:crm/get_contact` */
  readonly text: string;
}

export interface ItemFilter {
  /** In the identity or the title; '' for all. */
  readonly search?: string;
  readonly upstream?: string;
  readonly kind?: string;
  /** One that shows it. */
  readonly endpoint?: string;
}

/** In the order of the configuration, and of each upstream's lists. */
export function allItems(
  ports: AdminPorts,
  { search = '', upstream = '', kind = '', endpoint = '' }: ItemFilter,
): readonly FoundItem[] {
  const wanted = search.toLowerCase();
  const view = ports.view();
  const found: FoundItem[] = [];
  for (const { id, items } of ports.parts()) {
    if (items === undefined || (upstream !== '' && upstream !== id)) continue;
    for (const list of [items.tools, items.prompts, items.resources, items.templates]) {
      for (const item of list.items) {
        if (kind !== '' && kind !== item.id.kind) continue;
        const text = itemIdText(item.id);
        if (wanted !== '' && !`${text}\n${item.brief.title}`.toLowerCase().includes(wanted))
          continue;
        if (endpoint !== '' && !view.shows(endpoint, item.id)) continue;
        found.push({ item, text });
      }
    }
  }
  return found;
}
