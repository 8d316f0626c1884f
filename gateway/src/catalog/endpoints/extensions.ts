/** Extensions of the protocol that an endpoint offers (2026-07-28, extensions). */
import {
  EXTENSIONS,
  isJsonObject,
  parseExact,
  stringifyExact,
  type Era,
} from '../../kernel/index.ts';
import type { Endpoint } from './endpoint.ts';
import type { UpstreamItems } from '../items/items.ts';
import type { UpstreamPart } from '../lists/snapshot.ts';

/**
 * JSON text of an object of extensions; '' for none. The only upstream of an endpoint offers what it
 * says; several offer together what the gateway knows how to share. Legacy callers have no tasks.
 */
export function extensionsOf(endpoint: Endpoint, era: Era): string {
  const parts = endpoint.parts();
  const [first] = parts;
  if (parts.length === 1 && first?.items !== undefined && isPassedOn(first.items, era)) {
    return first.items.capabilities.extensions;
  }
  const offered = new Map<string, string>();
  for (const { items } of parts) {
    if (items === undefined) continue;
    for (const [name, settings] of readExtensions(items)) {
      const isShared = name === EXTENSIONS.ui || name === EXTENSIONS.tasks;
      if ((parts.length === 1 || isShared) && !offered.has(name)) offered.set(name, settings);
    }
    if (hasLegacyTasks(items)) offered.set(EXTENSIONS.tasks, '{}');
  }
  if (era === 'legacy') offered.delete(EXTENSIONS.tasks);
  const members = [...offered].map(([name, settings]) => `${JSON.stringify(name)}:${settings}`);
  return members.length === 0 ? '' : `{${members.join(',')}}`;
}

/** What an upstream says is said byte for byte, unless there is something to add or take out. */
function isPassedOn(items: UpstreamItems, era: Era): boolean {
  if (hasLegacyTasks(items)) return false;
  return era === 'modern' || readExtensions(items).every(([name]) => name !== EXTENSIONS.tasks);
}

/** Whether tasks can come of calls here, or could for all that is known. */
export function mayOfferTasks(endpoint: Endpoint): boolean {
  return endpoint.parts().some((part) => offersTasks(part));
}

function offersTasks({ items }: UpstreamPart): boolean {
  if (items === undefined || hasLegacyTasks(items)) return true;
  return readExtensions(items).some(([name]) => name === EXTENSIONS.tasks);
}

function readExtensions({ capabilities }: UpstreamItems): readonly (readonly [string, string])[] {
  const { extensions } = capabilities;
  const read = extensions === '' ? undefined : parseExact(extensions);
  if (!isJsonObject(read)) return [];
  return Object.entries(read).map(([name, settings]) => [name, stringifyExact(settings)]);
}

function hasLegacyTasks({ era, tools }: UpstreamItems): boolean {
  return era === 'legacy' && tools.items.some((tool) => tool.needsTask);
}
