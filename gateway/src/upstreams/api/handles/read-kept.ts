/** A part of a kept result, as a result of its own. */
import { isJsonArray, type Json, type JsonArray, parseExact } from '../../../kernel/index.ts';
import { errorResult, fittingJson, textResult } from '../results/compose.ts';
import type { ResultLimits, ToolResult } from '../results/contract.ts';
import { headOf } from '../results/json-shape.ts';
import { nearestPaths } from '../results/known-paths.ts';
import { imageType, linkBlock, mediaBlock } from '../results/media.ts';
import { cutNotes, readOn, type Kept } from '../results/notes.ts';
import { findAt, pathText } from '../results/paths.ts';
import type { KeptResult } from './contract.ts';

const LEFT_FOR_NOTES = 400;

/** Which part of a kept result is wanted. */
export interface Slice {
  readonly path: string;
  readonly offset: number;
  /** 0 where nothing was said. */
  readonly maxItems: number;
  readonly maxChars: number;
}

/** What is no text is only shown where it is a small image. */
export function readKept(
  kept: KeptResult,
  at: Kept,
  slice: Slice,
  limits: ResultLimits,
): ToolResult {
  if (kept.kind === 'binary') return readBinary(kept, at.handle, limits);
  const text = kept.bytes.toString('utf8');
  if (kept.kind === 'json') return readJson(parseExact(text), kept.listPath, at, slice);
  if (slice.path !== '') return errorResult('This result is a text; path cannot be used on it.');
  return readText(text, '', at, slice);
}

function readJson(root: Json, listPath: string, kept: Kept, slice: Slice): ToolResult {
  const isWhole = slice.path === '' && slice.offset === 0 && slice.maxItems === 0;
  const path = slice.path === '' && !isWhole ? listPath : slice.path;
  const found = findAt(root, path);
  if (found === undefined) {
    const plain = path.replaceAll(/\.\d+(?=\.|$)|\[\d+\]/g, '');
    const nearest = nearestPaths(root, plain);
    const like = nearest.length === 0 ? '' : ` Nearest: ${nearest.join(', ')}.`;
    return errorResult(`There is nothing at path ${path}.${like}`);
  }
  if (typeof found.value === 'string') return readText(found.value, path, kept, slice);
  if (isJsonArray(found.value)) return readItems(found.value, found.segments, kept, slice);
  return fittingJson(found.value, slice.maxChars, (_value, cuts) => ({
    notes: cutNotes(cuts, kept, (segments) => pathText([...found.segments, ...segments])),
    meta: { handle: kept.handle },
  }));
}

function readItems(
  list: JsonArray,
  segments: readonly string[],
  kept: Kept,
  { offset, maxItems, maxChars }: Slice,
): ToolResult {
  const end = maxItems === 0 ? list.length : offset + maxItems;
  const where = pathText(segments);
  return fittingJson(list.slice(offset, end), maxChars, (value, cuts) => {
    const shown = isJsonArray(value) ? value.length : 0;
    const next = offset + shown;
    const here = `${shown} ${shown === 1 ? 'item' : 'items'} from ${offset} on, of ${list.length}`;
    const more = next < list.length ? `; ${readOn(kept, where, next)}` : '';
    const others = cuts.filter((cut) => cut.segments.length > 0);
    const at = ([first = '', ...rest]: readonly string[]): string =>
      pathText([...segments, String(Number(first) + offset), ...rest]);
    const meta = { handle: kept.handle, shown, listed: list.length };
    return { notes: [here + more, ...cutNotes(others, kept, at)], meta };
  });
}

function readText(text: string, path: string, kept: Kept, slice: Slice): ToolResult {
  // An offset within a character of two units begins with the whole character.
  const unit = text.charCodeAt(slice.offset);
  const start =
    slice.offset > 0 && unit >= 0xdc00 && unit <= 0xdfff ? slice.offset - 1 : slice.offset;
  const part = headOf(text.slice(start), slice.maxChars - LEFT_FOR_NOTES);
  const end = start + part.length;
  const more = end < text.length ? `; ${readOn(kept, path, end)}` : '';
  const note = `Characters ${Math.min(start, text.length)} to ${end} of ${text.length}${more}`;
  return textResult(part, [note], { handle: kept.handle });
}

function readBinary(kept: KeptResult, uri: string, limits: ResultLimits): ToolResult {
  const { bytes, mimeType, filename } = kept;
  const image = imageType(bytes) === '' ? undefined : mediaBlock(bytes, mimeType, uri, limits);
  const about = `${filename} (${mimeType}, ${bytes.length} bytes)`;
  const said = textResult(
    `${about} cannot be read as text. Give ${uri} where a tool takes a file, or let the client read it as a resource.`,
    [],
    { handle: uri },
  );
  if (image === undefined) {
    const link = linkBlock(uri, filename, mimeType, bytes.length);
    return { ...said, content: [link, ...said.content] };
  }
  return {
    ...textResult(about, [], { handle: uri }),
    content: [image, { type: 'text', text: about }],
  };
}
