/** Who is who: upstream ids, items, and the text form of both. */

/** An upstream id never changes and is part of every item's identity. */
export const UPSTREAM_ID = /^[a-z][a-z0-9-]{0,30}$/;

/** An endpoint's name stands in its URL; `default` is `/mcp` itself. */
export const ENDPOINT_NAME = /^[a-z][a-z0-9-]{0,62}$/;

export const DEFAULT_ENDPOINT = 'default';

export const ITEM_KINDS = ['tool', 'resource', 'template', 'prompt'] as const;

/** What may be done to the gateway itself is judged like items, of a kind that no catalog holds. */
export const ADMIN_KIND = 'admin';
export type ItemKind = (typeof ITEM_KINDS)[number] | typeof ADMIN_KIND;

/** An item's identity: policy, audit and pins bind to this and never to a public name. */
export interface ItemId {
  readonly upstream: string;
  readonly kind: ItemKind;
  /** The original name of a tool or prompt, the URI of a resource, the template of a template. */
  readonly name: string;
}

/** The text form of an identity, as it stands in audit records: `tool:crm/get_contact`. */
export function itemIdText(id: ItemId): string {
  return `${id.kind}:${id.upstream}/${id.name}`;
}
