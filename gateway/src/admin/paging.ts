/** Lists come page by page; a cursor says where the next one begins, and to nobody else. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AdminEnv } from './env.ts';

const MAX_PAGE = 500;
const PAGE = 100;
const MAX_CURSOR_CHARACTERS = 4096;
const CURSOR_MS = 24 * 3600 * 1000;
const PURPOSE = 'admin cursor';

/** Parameters of every list. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE)
    .default(PAGE)
    .openapi({ description: 'Entries of one page.' }),
  cursor: z
    .string()
    .max(MAX_CURSOR_CHARACTERS)
    .optional()
    .openapi({ description: 'nextCursor of the page before.' }),
};

/** Member of every list. */
export const nextCursor = z
  .string()
  .optional()
  .openapi({ description: 'Where the next page begins; missing on the last one.' });

/**
 * @param list what is listed, its filters included: a cursor is good for nothing else
 * @returns where the page begins ('' for the first), or undefined for a cursor that is none of this list
 */
export function startOf(
  c: Context<AdminEnv>,
  list: string,
  cursor: string | undefined,
): string | undefined {
  if (cursor === undefined) return '';
  return c.var.ports.sealer.open(PURPOSE, cursor, contextOf(c, list));
}

/** A cursor for what follows `last`. */
export function cursorAfter(c: Context<AdminEnv>, list: string, last: string): string {
  const { sealer, clock } = c.var.ports;
  return sealer.seal(PURPOSE, last, contextOf(c, list), clock.nowMs() + CURSOR_MS);
}

function contextOf(c: Context<AdminEnv>, list: string): string {
  return JSON.stringify([c.var.caller.id, list]);
}

/** One page of a list that is whole: entries behind the one with id `after`, in their own order. */
export function pageOf<Entry>(
  c: Context<AdminEnv>,
  all: readonly Entry[],
  {
    list,
    after,
    limit,
    idOf,
  }: {
    readonly list: string;
    readonly after: string;
    readonly limit: number;
    readonly idOf: (entry: Entry) => string;
  },
): { readonly entries: readonly Entry[]; readonly nextCursor?: string } {
  const from = after === '' ? 0 : all.findIndex((entry) => idOf(entry) === after) + 1;
  // What the last page ended with may be gone meanwhile; then there is nothing that follows it.
  if (after !== '' && from === 0) return { entries: [] };
  const entries = all.slice(from, from + limit);
  const last = entries.at(-1);
  if (last === undefined || from + limit >= all.length) return { entries };
  return { entries, nextCursor: cursorAfter(c, list, idOf(last)) };
}
