/** The way of an answer to the result of a tool. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  stringifyExact,
} from '../../../kernel/index.ts';
import { handleUri } from '../handles/ids.ts';
import type { KeptResult } from '../handles/contract.ts';
import { nameFor, safeName } from '../files/names.ts';
import type { OperationPlan, ReplyBody } from '../model.ts';
import { decodeText, isTextType, typeOnly } from './charset.ts';
import { fittingJson, textResult, type Remarks } from './compose.ts';
import type { Asker, Controls, ResultsDeps, ToolResult } from './contract.ts';
import { dropEmpty } from './drop-empty.ts';
import { selectFields } from './fields.ts';
import { headOf } from './json-shape.ts';
import { linkBlock, mediaBlock } from './media.ts';
import { cutNotes, fieldNotes, listNote, pageNote, readOn } from './notes.ts';
import { findAt, mainList, pathText, replaceAt, type Found } from './paths.ts';
import type { Projection } from './projection.ts';

/** What is to be said of pages; `token` is '' where there are no more. */
export interface PagesRemark {
  readonly token: string;
  /** Items up to the end of this answer. */
  readonly seen: number;
  /** -1 where it is not known. */
  readonly total: number;
  /** Why no more pages were followed although more was wanted; '' for nothing. */
  readonly problem: string;
}

export const NO_PAGES: PagesRemark = { token: '', seen: 0, total: -1, problem: '' };

/** Everything that shaping one answer needs. */
export interface Shaping {
  readonly deps: ResultsDeps;
  readonly projection: Projection | undefined;
  readonly plan: OperationPlan;
  readonly controls: Controls;
  readonly asker: Asker;
  readonly pages: PagesRemark;
}

/** Never fails: what cannot be shown is linked, what cannot be kept is said. */
export async function shapeAnswer(
  x: Shaping,
  status: string,
  body: ReplyBody,
): Promise<ToolResult> {
  switch (body.kind) {
    case 'none':
      return textResult(`The API answered ${status} without any content.`, [], {});
    case 'json':
      return shapeJson(x, body.value);
    case 'text':
      return shapeText(x, body.text, typeOnly(body.mimeType) || 'text/plain');
    case 'binary':
      return shapeBinary(x, body.bytes, body.mimeType, body.filename);
  }
}

/** @returns the address; '' where it could not be kept */
async function keep({ deps, asker }: Shaping, result: KeptResult): Promise<string> {
  const id = await deps.handles.put({ ...asker, upstream: deps.upstream }, result);
  return id === undefined ? '' : handleUri(deps.upstream, id);
}

function stemOf(plan: OperationPlan): string {
  return plan.key.slice(plan.key.indexOf(':') + 1);
}

async function shapeJson(x: Shaping, body: Json): Promise<ToolResult> {
  const { deps, plan, controls, pages } = x;
  const lean = deps.dropEmpty ? dropEmpty(body) : body;
  const projected = project(x, lean);
  const { value, unknown } = selectFields(projected.value, controls.fields, plan.output);
  const list = listIn(plan, value);
  const capped = capList(x, value, list);
  const room = deps.limits.maxChars;
  const text = stringifyExact(capped);
  const isLong = text.length > room - LEFT_FOR_NOTES;
  const listPath = list === undefined ? '' : pathText(list.segments);
  const handle =
    capped !== value || isLong
      ? await keep(x, keptJson(plan, capped === value ? text : stringifyExact(value), listPath))
      : '';
  const kept = { handle, tool: x.asker.readTool };
  const first = [...projected.notes, ...fieldNotes(unknown)];
  const remarks: Remarks = (smaller, cuts) => {
    const shown = list === undefined ? 0 : lengthAt(smaller, list);
    const listed = list === undefined ? 0 : lengthAt(value, list);
    const notes = [...first];
    const isCut = shown < listed;
    if (isCut) notes.push(listNote(shown, listed, listPath, kept));
    const others = cuts.filter(({ segments }) => pathText(segments) !== listPath || !isCut);
    notes.push(...cutNotes(others, kept));
    notes.push(...pagesNotes(pages, isCut));
    return { notes, meta: metaOf(pages, isCut ? { shown, listed } : {}, handle) };
  };
  return fittingJson(capped, room, remarks, text);
}

/** Of the cap, so that notes rarely force a value to be cut twice. */
const LEFT_FOR_NOTES = 400;

function pagesNotes(pages: PagesRemark, isCut: boolean): readonly string[] {
  const notes = pages.problem === '' ? [] : [pages.problem];
  if (pages.token === '') return notes;
  return [...notes, pageNote(pages.seen, pages.total, pages.token, isCut)];
}

function metaOf(pages: PagesRemark, counts: JsonObject, handle: string): JsonObject {
  return {
    ...counts,
    ...(pages.token === '' ? {} : { nextPage: pages.token }),
    ...(pages.total < 0 ? {} : { total: pages.total }),
    ...(handle === '' ? {} : { handle }),
  };
}

function project(
  { projection }: Shaping,
  value: Json,
): { readonly value: Json; readonly notes: readonly string[] } {
  if (projection === undefined) return { value, notes: [] };
  const result = projection(value);
  return result === undefined
    ? { value: null, notes: ['The answer is too large for the projection set up for this tool.'] }
    : { value: result, notes: [] };
}

function keptJson(plan: OperationPlan, text: string, listPath: string): KeptResult {
  const mimeType = 'application/json';
  const filename = nameFor(stemOf(plan), mimeType);
  return { kind: 'json', bytes: Buffer.from(text), mimeType, filename, listPath };
}

function listIn({ pagination }: OperationPlan, value: Json): Found | undefined {
  const planned = pagination === null ? undefined : findAt(value, pagination.items);
  return planned !== undefined && isJsonArray(planned.value) ? planned : mainList(value);
}

function capList({ deps, controls }: Shaping, value: Json, list: Found | undefined): Json {
  const caps = [deps.limits.maxListItems, controls.maxItems].filter((cap) => cap > 0);
  if (list === undefined || !isJsonArray(list.value) || caps.length === 0) return value;
  // What was asked for in so many words is given, whatever the usual length of lists.
  const cap = controls.maxItems > 0 ? controls.maxItems : Math.min(...caps);
  if (list.value.length <= cap) return value;
  return replaceAt(value, list.segments, list.value.slice(0, cap));
}

function lengthAt(value: Json, { segments }: Found): number {
  const pointer = segments.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  const found = findAt(value, pointer.join(''));
  return found !== undefined && isJsonArray(found.value) ? found.value.length : 0;
}

async function shapeText(x: Shaping, text: string, mimeType: string): Promise<ToolResult> {
  const { maxChars } = x.deps.limits;
  const pages = pagesNotes(x.pages, false);
  if (text === '') return textResult('The API answered with an empty text.', pages, {});
  const meta = metaOf(x.pages, {}, '');
  const spare = pages.join('\n').length;
  if (text.length + spare <= maxChars) return textResult(text, pages, meta);
  const bytes = Buffer.from(text);
  const filename = nameFor(stemOf(x.plan), mimeType);
  const handle = await keep(x, { kind: 'text', bytes, mimeType, filename, listPath: '' });
  const head = headOf(text, Math.max(0, maxChars - spare - LEFT_FOR_NOTES));
  const next = readOn({ handle, tool: x.asker.readTool }, '', head.length);
  const cut = `${head.length} of ${text.length} characters are shown; ${next}`;
  return textResult(head, [cut, ...pages], metaOf(x.pages, {}, handle));
}

async function shapeBinary(
  x: Shaping,
  bytes: Buffer,
  declared: string,
  given: string,
): Promise<ToolResult> {
  const mimeType = typeOnly(declared) || 'application/octet-stream';
  if (bytes.length === 0) return textResult(`The API answered with an empty file.`, [], {});
  if (isTextType(mimeType)) return shapeText(x, decodeText(bytes, declared), mimeType);
  const filename = safeName(given) || nameFor(stemOf(x.plan), mimeType);
  const uri = await keep(x, { kind: 'binary', bytes, mimeType, filename, listPath: '' });
  const about = `${filename} (${mimeType}, ${bytes.length} bytes)`;
  const said =
    uri === ''
      ? `The answer is a file, ${about}, too large to be kept here.`
      : `The answer is a file, ${about}. To hand it on, give ${uri} where a tool takes a file.`;
  const block =
    mediaBlock(bytes, mimeType, uri, x.deps.limits) ??
    (uri === '' ? undefined : linkBlock(uri, filename, mimeType, bytes.length));
  const result = textResult(said, [], uri === '' ? {} : { handle: uri });
  if (block === undefined) return result;
  // Whoever wanted the file has it; only a model has to be told where it is kept.
  const told = block['type'] === 'resource_link' ? result.content : result.content.map(forModels);
  return { ...result, content: [block, ...told] };
}

/** (2026-07-28, server/tools, annotations of content.) */
function forModels(block: Json): Json {
  return isJsonObject(block) ? { ...block, annotations: { audience: ['assistant'] } } : block;
}
