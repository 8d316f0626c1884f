/** Which upstream a URI belongs to, listed or not. */
import {
  Refusal,
  type Item,
  type ItemId,
  type Principal,
  type Target,
} from '../../kernel/index.ts';
import type { CatalogItem } from '../items/catalog-item.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { EndpointIndex } from '../endpoints/endpoint-index.ts';
import { isUsableUri, type UpstreamItems } from '../items/items.ts';
import { MAX_URI_LENGTH, looksWrapped, unwrapUri, wrapUri } from '../items/uris.ts';

const NO_DEFINITION = Buffer.alloc(0);

export interface FoundResource {
  readonly target: Extract<Target, { kind: 'item' }>;
}

/**
 * Looks a public URI up: a listed resource; a wrapped URI names its upstream; then the templates,
 * where all that match are of one upstream; then the only upstream that offers resources at all.
 * A URI that is not listed is decided as the resource it is, and only where no template that
 * stands for it is hidden from this principal.
 */
export function findResource(
  endpoint: Endpoint,
  principal: Principal,
  uri: string,
): FoundResource | Refusal {
  const index = endpoint.now();
  const entry = index.byName.resources.get(uri);
  if (entry !== undefined) {
    return endpoint.isVisible(principal, entry.item) ? entry : resourceUnknown(uri);
  }
  if (uri.length > MAX_URI_LENGTH * 4) return resourceUnknown(uri);
  const wrapped = unwrapUri(uri);
  if (wrapped !== undefined) {
    const items = index.items.get(wrapped.upstream);
    if (items === undefined) return absent(endpoint, principal, wrapped.upstream, uri);
    const listed = index.byName.resources.get(endpoint.publicUri(wrapped.upstream, wrapped.uri));
    if (listed?.item.id.upstream === wrapped.upstream) {
      return endpoint.isVisible(principal, listed.item) ? listed : resourceUnknown(uri);
    }
    return unlisted(endpoint, principal, wrapped.upstream, items, wrapped.uri, uri);
  }
  const owner = ownerByTemplate(endpoint, principal, index, uri) ?? onlyOwner(endpoint, index);
  const items = owner === undefined ? undefined : index.items.get(owner);
  if (owner === undefined || items === undefined) return resourceUnknown(uri);
  return unlisted(endpoint, principal, owner, items, uri, uri);
}

/** What clients fetch for themselves, from where it says. */
const OF_THE_WEB = /^https?:/i;

/**
 * What callers call a resource, listed or not, that an upstream speaks of: its own URI where that
 * leads back to this upstream, else a wrapped one.
 */
export function linkName(
  endpoint: Endpoint,
  principal: Principal,
  upstream: string,
  uri: string,
): string {
  if (endpoint.config.names === 'original' || !isUsableUri(uri)) return uri;
  const name = endpoint.publicUri(upstream, uri);
  if (name !== uri || OF_THE_WEB.test(uri)) return name;
  const found = looksWrapped(uri) ? undefined : findResource(endpoint, principal, uri);
  const isFound = found !== undefined && !(found instanceof Refusal);
  return isFound && found.target.item.id.upstream === upstream
    ? uri
    : wrapUri(upstream, 'resource', uri);
}

/** The same for every URI of an upstream without a list, so nothing is said about any. */
function absent(endpoint: Endpoint, principal: Principal, upstream: string, uri: string): Refusal {
  const isMember =
    endpoint.parts().some((part) => part.id === upstream) &&
    endpoint.viewer(principal).mayReach(upstream);
  return isMember ? new Refusal('upstream_unavailable', { data: { uri } }) : resourceUnknown(uri);
}

function ownerByTemplate(
  endpoint: Endpoint,
  principal: Principal,
  index: EndpointIndex,
  uri: string,
): string | undefined {
  let owner: string | undefined;
  for (const { item, source } of index.lists.templates) {
    const { upstream } = item.id;
    if (upstream === owner || source.isWrapped || source.matches?.(uri) !== true) continue;
    if (!endpoint.isVisible(principal, item)) continue;
    if (owner !== undefined) return undefined;
    owner = upstream;
  }
  return owner;
}

function onlyOwner(endpoint: Endpoint, index: EndpointIndex): string | undefined {
  const owners = endpoint.parts().filter((part) => endpoint.offers(part, 'resources'));
  const [only] = owners;
  // An upstream without a list might be the one that is meant.
  return owners.length === 1 && index.items.size === index.members.length ? only?.id : undefined;
}

function unlisted(
  endpoint: Endpoint,
  principal: Principal,
  upstream: string,
  items: UpstreamItems,
  uri: string,
  publicName: string,
): FoundResource | Refusal {
  const id: ItemId = { upstream, kind: 'resource', name: uri };
  const { scope } = endpoint;
  const templates = items.templates.items.filter((template) => template.matches?.(uri) === true);
  const isShown = (template: CatalogItem): boolean =>
    scope.includes(template.id) && endpoint.isVisible(principal, template);
  const isAllowed =
    templates.length === 0
      ? items.capabilities.resources && scope.includes(id)
      : templates.some((template) => isShown(template)) && !scope.excludes(id);
  if (!isAllowed || !endpoint.isVisible(principal, { id })) return resourceUnknown(publicName);
  const item: Item = {
    id,
    publicName,
    definition: NO_DEFINITION,
    era: items.era,
    headerBindings: [],
  };
  return { target: { kind: 'item', item, originalName: uri } };
}

/** 2026-07-28, resources: error `-32602` with the URI in its data. */
export function resourceUnknown(uri: string): Refusal {
  return new Refusal('resource_unknown', { data: { uri } });
}
