/** What is said of an answer that is not all there, and how to get the rest. */
import { headOf } from './json-shape.ts';
import type { UnknownField } from './fields.ts';
import { pathText } from './paths.ts';
import type { Cut } from './shrink.ts';

const MAX_CUTS_TOLD = 3;
const MAX_NAME_CHARS = 120;

export const NOT_KEPT =
  'What is left out is not kept; ask for less with _fields, _max_items or the filters of this tool.';

/** How to read on in what is kept. @param handle '' where nothing was kept */
export function readOn(handle: string, path: string, offset: number): string {
  if (handle === '') return NOT_KEPT;
  const where = path === '' ? '' : ` path=${path}`;
  return `next: read_result with handle=${handle}${where} offset=${offset}`;
}

/** @param listed how many items stand in this answer before it was cut */
export function listNote(shown: number, listed: number, path: string, handle: string): string {
  const name = path === '' ? '' : ` of ${short(path)}`;
  return `${shown} of ${listed} items${name} are shown; ${readOn(handle, path, shown)}`;
}

/** Speaks of texts and objects that were cut; the main list is spoken of by `listNote`. */
export function cutNotes(
  cuts: readonly Cut[],
  handle: string,
  at: (segments: readonly string[]) => string = pathText,
): readonly string[] {
  const told = cuts.slice(0, MAX_CUTS_TOLD).map(({ segments, unit, kept, of }) => {
    const path = at(segments);
    const name = path === '' ? 'The answer' : short(path);
    const way = handle === '' ? '' : `; whole: read_result with handle=${handle} path=${path}`;
    return `${name} is cut: ${kept} of ${of} ${unit} are shown${way}`;
  });
  const more = cuts.length - told.length;
  return more > 0 ? [...told, `${more} more parts are cut.`] : told;
}

/** @param seen items up to here; @param total -1 where it is not known */
export function pageNote(seen: number, total: number, token: string, isListCut: boolean): string {
  const so = total >= 0 ? `${seen} of ${total} items up to here` : 'There are further items';
  const when = isListCut ? 'after those' : 'next';
  return `${so}; ${when}: the same call with _page=${token}`;
}

export function fieldNotes(unknown: readonly UnknownField[]): readonly string[] {
  return unknown.slice(0, 5).map(({ path, nearest }) => {
    const like = nearest.length === 0 ? '' : `; nearest: ${nearest.map(short).join(', ')}`;
    return `_fields: there is no ${short(path)} in the answer${like}.`;
  });
}

function short(text: string): string {
  return text.length <= MAX_NAME_CHARS ? text : `${headOf(text, MAX_NAME_CHARS)}…`;
}
