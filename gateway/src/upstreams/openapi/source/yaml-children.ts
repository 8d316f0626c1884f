/** The same for YAML: positions are those of the parser's events. */
import { EVENT_ID, getScalarValue } from 'js-yaml';
import type { Event } from 'js-yaml';
import type { PositionTree } from './position-tree.ts';
import { eventOffset, yamlEvents } from './yaml.ts';

const MAX_DEPTH = 1000;

export function openYamlChildren(written: string): PositionTree {
  const read = yamlEvents(written, MAX_DEPTH);
  const { events, text } = 'events' in read ? read : { events: [], text: written };
  // A block begins below its key, and the line of the key is the one to name.
  const keys = new Map<number, number>();
  return {
    root: 1,
    children: (position) => childrenOf(text, events, position, keys),
    offset: (position) => {
      const event = events[keys.get(position) ?? position];
      return event === undefined ? 0 : Math.max(0, eventOffset(event));
    },
  };
}

function childrenOf(
  text: string,
  events: readonly Event[],
  start: number,
  keys: Map<number, number>,
): ReadonlyMap<string, number> {
  const children = new Map<string, number>();
  const type = events[start]?.type;
  if (type !== EVENT_ID.MAPPING && type !== EVENT_ID.SEQUENCE) return children;
  let at = start + 1;
  for (let index = 0; at < events.length && events[at]?.type !== EVENT_ID.POP; index++) {
    let key = String(index);
    if (type === EVENT_ID.MAPPING) {
      const event = events[at];
      if (event?.type === EVENT_ID.SCALAR) key = getScalarValue(text, event);
      const value = endOf(events, at);
      keys.set(value, at);
      at = value;
    }
    children.set(key, at);
    at = endOf(events, at);
  }
  return children;
}

/** The event after the value that begins at `start`. */
function endOf(events: readonly Event[], start: number): number {
  let depth = 0;
  for (let at = start; at < events.length; at++) {
    const type = events[at]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    else if (type === EVENT_ID.POP) depth--;
    if (depth <= 0) return at + 1;
  }
  return events.length;
}
