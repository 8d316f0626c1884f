/** Cursors: a sealed place in a list, good for one principal, endpoint and list. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Principal } from '../../kernel/index.ts';
import type { EndpointConfig } from '../config.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';

const PURPOSE = 'cursor';
const LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Seals and opens texts bound to a context. */
export interface CursorSealer {
  seal(purpose: string, text: string, context: string, expiresAtMs: number): string;
  open(purpose: string, token: string, context: string): string | undefined;
}

/** The last item a page showed; the next page begins behind it, whatever has changed since. */
export interface Position {
  readonly upstream: string;
  /** The upstream's place among those of the endpoint, for when it has gone. */
  readonly order: number;
  readonly name: string;
  /** The item's place in its upstream's list, for when it has gone. */
  readonly place: number;
}

const positionSchema = z.tuple([z.string(), z.int(), z.string(), z.int()]);

/** A change of what the endpoint includes, or of its names, ends all cursors. */
export function filterDigest({ include, exclude, names, maxNameLength }: EndpointConfig): string {
  const filter = JSON.stringify([include, exclude, names, maxNameLength]);
  return createHash('sha256').update(filter).digest('base64url');
}

/** What a cursor is bound to. */
export function cursorContext(
  principal: Principal,
  endpoint: { readonly name: string; readonly filterDigest: string },
  method: string,
): string {
  return JSON.stringify([principal.id, endpoint.name, method, endpoint.filterDigest]);
}

export function sealCursor(
  sealer: CursorSealer,
  at: Position,
  context: string,
  nowMs: number,
): string {
  const text = JSON.stringify([at.upstream, at.order, at.name, at.place]);
  return sealer.seal(PURPOSE, text, context, nowMs + LIFETIME_MS);
}

/** @returns the place, or undefined where the cursor was not given out for this context */
export function openCursor(
  sealer: CursorSealer,
  cursor: string,
  context: string,
): Position | undefined {
  const text = sealer.open(PURPOSE, cursor, context);
  if (text === undefined) return undefined;
  const [upstream, order, name, place] = positionSchema.parse(JSON.parse(text));
  return { upstream, order, name, place };
}

/**
 * Where the list goes on behind a position: behind the item itself where it is still there,
 * otherwise where it would be.
 * @param members upstreams of the endpoint, in order
 * @param placeOf an item's present place in its upstream's list
 * @returns an offset into `entries`
 */
export function offsetBehind(
  at: Position,
  entries: readonly Entry[],
  members: readonly string[],
  placeOf: (upstream: string, name: string) => number | undefined,
): number {
  const present = members.indexOf(at.upstream);
  const order = present < 0 ? at.order : present;
  // Where the item is gone, the one now in its place has not been shown.
  const place = present < 0 ? -1 : (placeOf(at.upstream, at.name) ?? at.place - 1);
  const orders = new Map(members.map((id, index) => [id, index]));
  const found = entries.findIndex((entry) => {
    const its = orders.get(entry.item.id.upstream) ?? 0;
    return its > order || (its === order && entry.place > place);
  });
  return found < 0 ? entries.length : found;
}
