/** What is said of an answer that is not all there, and how to get the rest. */
import { headOf } from './json-shape.ts';
import type { UnknownField } from './fields.ts';
import { pathText } from './paths.ts';
import type { Cut } from './shrink.ts';

const MAX_CUTS_TOLD = 3;
const MAX_NAME_CHARS = 120;

/** Where all of an answer is, and how its caller gets there. */
export interface Kept {
  /** '' where nothing was kept. */
  readonly handle: string;
  /** What the caller calls `read_result`; '' where it does not see it. */
  readonly tool: string;
}

const ASK_FOR_LESS = 'ask for less with _fields, _max_items or the filters of this tool.';

/** How to read on in what is kept. */
export function readOn({ handle, tool }: Kept, path: string, offset: number): string {
  if (handle === '') return `what is left out is not kept; ${ASK_FOR_LESS}`;
  if (tool === '') return `no tool here reads on in what is left out; ${ASK_FOR_LESS}`;
  const where = path === '' ? '' : ` path=${path}`;
  return `next: ${tool} with handle=${handle}${where} offset=${offset}`;
}

/** @param listed how many items stand in this answer before it was cut */
export function listNote(shown: number, listed: number, path: string, kept: Kept): string {
  const told =
    path === '' ? `${shown} of ${listed} items` : `${short(path)}: ${shown} of ${listed}`;
  return `${told} are shown; ${readOn(kept, path, shown)}`;
}

/** Speaks of texts and objects that were cut; the main list is spoken of by `listNote`. */
export function cutNotes(
  cuts: readonly Cut[],
  { handle, tool }: Kept,
  at: (segments: readonly string[]) => string = pathText,
): readonly string[] {
  const told = cuts.slice(0, MAX_CUTS_TOLD).map(({ segments, unit, kept, of }) => {
    const path = at(segments);
    const name = path === '' ? 'The answer' : short(path);
    const isThere = handle !== '' && tool !== '';
    const way = isThere ? `; whole: ${tool} with handle=${handle} path=${path}` : '';
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
