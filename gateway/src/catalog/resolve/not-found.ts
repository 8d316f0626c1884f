/** What is hidden and what is not there look the same to a caller, and are both decided. */
import {
  Refusal,
  type Call,
  type Item,
  type JudgedItem,
  type Principal,
} from '../../kernel/index.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';

/** Adds a decision's id, in the same place whatever it was that was not found. */
export function withDecision({ reason, detail }: Refusal, id: string): Refusal {
  const quote = `Quote decision ${id} to whoever runs this gateway if it should be here.`;
  const text = detail.text === undefined ? quote : `${detail.text} ${quote}`;
  return new Refusal(reason, { ...detail, text, data: { ...detail.data, decision: id } });
}

/** Whether a refusal says that there is no such item. */
export function isNotFound({ reason }: Refusal): boolean {
  return reason === 'item_unknown' || reason === 'resource_unknown';
}

/**
 * The item that a call means, were it not hidden.
 * @param asked the name or URI that was looked up
 */
export function meantItem(
  { row }: Call,
  asked: string,
  endpoint: Endpoint,
): JudgedItem | undefined {
  const { byName, toolAliases } = endpoint.now();
  const entry = (): { readonly item: Item } | undefined => {
    switch (row?.itemKind) {
      case 'tool':
        return byName.tools.get(asked) ?? toolAliases.get(asked);
      case 'prompt':
        return byName.prompts.get(asked);
      case 'resource':
        return byName.resources.get(asked);
      case 'reference':
        return (
          byName.prompts.get(asked) ?? byName.templates.get(asked) ?? byName.resources.get(asked)
        );
      case 'task':
      case undefined:
        return undefined;
    }
  };
  return entry()?.item;
}

/** What `call_tool` says of a name. */
export function unknownInside(principal: Principal, endpoint: Endpoint, name: string): Refusal {
  const refusal = unknownName(principal, endpoint, name);
  return refusal.reason === 'item_unknown'
    ? new Refusal('item_unknown', {
        text: 'Tools are found by search_tools, and only they are called by call_tool.',
      })
    : refusal;
}

/**
 * A name of an upstream that has no list may exist or not. That holds for every name of it, so
 * nothing is said about any item.
 */
export function unknownName(principal: Principal, endpoint: Endpoint, name: string): Refusal {
  const viewer = endpoint.viewer(principal);
  const upstream = endpoint
    .parts()
    .find(
      (part) =>
        part.items === undefined && name.startsWith(`${part.id}__`) && viewer.mayReach(part.id),
    );
  return upstream === undefined ? new Refusal('item_unknown') : new Refusal('upstream_unavailable');
}
