/**
 * A file as an argument: `{ uri | data | text, filename?, mimeType? }`, or a text that is an address
 * or the content itself. The gateway's own disk is never read.
 */
import { isJsonObject, type Json, type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { KeptResult } from '../handles/contract.ts';
import { isHandleUri } from '../handles/ids.ts';
import type { FileValue } from '../model.ts';
import { typeOnly } from '../results/charset.ts';
import type { FetchFile } from '../results/contract.ts';
import { nameFor, safeName, typeOfName } from './names.ts';

export interface FileDeps {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** What is kept at an address of this gateway; undefined where there is nothing for this caller. */
  readonly kept: (uri: string) => Promise<KeptResult | undefined>;
  readonly fetchFile: FetchFile | undefined;
}

export const FILE_FORMS =
  'Give {"uri": "drawbridge-result://…"} with the address from an earlier result, {"data": "<base64>"} or {"text": "…"}, with filename and mimeType where they matter.';

const MEMBERS: ReadonlySet<string> = new Set(['uri', 'data', 'text', 'filename', 'mimeType']);
const SOURCES = ['uri', 'data', 'text'] as const;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const DATA_URI = /^data:([^,;]*)((?:;[^,;]*)*),/i;
const PATH_LIKE = /^(?:~?\/|\.{1,2}\/|[A-Za-z]:[\\/]|\\\\)[^\s][^\n]{0,1000}$/;
const SCHEME = /^([a-z][a-z0-9+.-]{1,30}):\/\//i;

interface Asked {
  readonly filename: string;
  readonly mimeType: string;
}

/** @returns words where there is no such file, or it is not to be had this way */
export async function readFile(value: Json, deps: FileDeps): Promise<FileValue | string> {
  if (typeof value === 'string') return readFile(fileOfText(value), deps);
  if (!isJsonObject(value)) return `is no file. ${FILE_FORMS}`;
  const unknown = Object.keys(value).find((key) => !MEMBERS.has(key));
  if (unknown !== undefined)
    return `has an unknown member ${JSON.stringify(unknown)}. ${FILE_FORMS}`;
  const given = SOURCES.filter((key) => (ownMember(value, key) ?? null) !== null);
  const [source] = given;
  if (source === undefined || given.length > 1) {
    return `must have exactly one of uri, data and text. ${FILE_FORMS}`;
  }
  const content = ownMember(value, source);
  if (typeof content !== 'string') return `has a ${source} that is no text. ${FILE_FORMS}`;
  const asked = readAsked(value);
  if (typeof asked === 'string') return asked;
  if (source === 'uri') return readAddress(content.trim(), asked, deps);
  return source === 'text' ? ofText(content, asked, deps) : ofData(content, asked, deps);
}

function readAsked(value: JsonObject): Asked | string {
  const filename = ownMember(value, 'filename') ?? '';
  const mimeType = ownMember(value, 'mimeType') ?? '';
  if (typeof filename !== 'string') return 'has a filename that is no text.';
  if (typeof mimeType !== 'string') return 'has a mimeType that is no text.';
  if (mimeType !== '' && (typeOnly(mimeType) === '' || /[^\x20-\x7e]/.test(mimeType))) {
    return 'has a mimeType that is none; it looks like image/png.';
  }
  return { filename: safeName(filename), mimeType: mimeType.slice(0, 200) };
}

/**
 * What a plain text means as a file: an address where it looks like one, else the content. Texts
 * that look like a path count as addresses, so that they are refused in words and not sent.
 */
export function fileOfText(text: string): JsonObject {
  const trimmed = text.trim();
  const isAddress =
    DATA_URI.test(trimmed) ||
    PATH_LIKE.test(trimmed) ||
    (!/\s/.test(trimmed) && (SCHEME.test(trimmed) || /^file:/i.test(trimmed)));
  return isAddress ? { uri: trimmed } : { text };
}

async function readAddress(uri: string, asked: Asked, deps: FileDeps): Promise<FileValue | string> {
  if (isHandleUri(uri)) return readKeptFile(uri, asked, deps);
  const data = DATA_URI.exec(uri);
  if (data !== null) return ofDataUri(uri, data, asked, deps);
  if (/^https:\/\//i.test(uri)) return fetchHttps(uri, asked, deps);
  if (PATH_LIKE.test(uri)) {
    return `looks like a path, and this gateway reads no files of its own machine. ${FILE_FORMS}`;
  }
  const scheme = SCHEME.exec(uri)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'file' || /^file:/i.test(uri)) {
    return `must not be a file: address; this gateway reads no files of its own machine. ${FILE_FORMS}`;
  }
  return `has an address that cannot be read (${scheme === '' ? 'it has no scheme' : scheme}). ${FILE_FORMS}`;
}

async function readKeptFile(
  uri: string,
  asked: Asked,
  deps: FileDeps,
): Promise<FileValue | string> {
  const kept = await deps.kept(uri);
  if (kept === undefined) {
    return 'names a result that does not exist, or was dropped with age. Call the tool that gave it again.';
  }
  const named = {
    filename: asked.filename || kept.filename,
    mimeType: asked.mimeType || kept.mimeType,
  };
  return bounded(kept.bytes, named, deps);
}

async function fetchHttps(uri: string, asked: Asked, deps: FileDeps): Promise<FileValue | string> {
  if (deps.fetchFile === undefined) {
    return `has an https address, and fetching files is not switched on for this upstream. ${FILE_FORMS}`;
  }
  const fetched = await deps.fetchFile(uri, { maxBytes: deps.maxBytes, signal: deps.signal });
  if (typeof fetched === 'string') return `could not be fetched: ${fetched}`;
  const filename = asked.filename || safeName(fetched.filename);
  return bounded(fetched.bytes, { filename, mimeType: asked.mimeType || fetched.mimeType }, deps);
}

function ofText(text: string, asked: Asked, deps: FileDeps): FileValue | string {
  const mimeType = asked.mimeType || typeOfName(asked.filename) || 'text/plain; charset=utf-8';
  if (text.length > deps.maxBytes) return tooLarge(text.length, deps);
  return bounded(Buffer.from(text), { filename: asked.filename, mimeType }, deps);
}

function ofData(data: string, asked: Asked, deps: FileDeps): FileValue | string {
  if (data.startsWith('data:')) {
    const found = DATA_URI.exec(data);
    return found === null
      ? 'has a data: address that cannot be read.'
      : ofDataUri(data, found, asked, deps);
  }
  // Line breaks every 76 characters are usual.
  const length = Math.floor((data.length * 3) / 4);
  if (length > deps.maxBytes * 1.1) return tooLarge(length, deps);
  const plain = data.replaceAll(/[\r\n\t ]/g, '');
  if (!BASE64.test(plain) || plain.replace(/=+$/, '').length % 4 === 1) {
    return 'has data that is not base64. Give plain text as {"text": "…"}.';
  }
  return bounded(Buffer.from(plain, 'base64'), asked, deps);
}

function ofDataUri(
  uri: string,
  [head, type = '', parameters = '']: RegExpExecArray,
  asked: Asked,
  deps: FileDeps,
): FileValue | string {
  const rest = uri.slice(head.length);
  const named = { filename: asked.filename, mimeType: asked.mimeType || typeOnly(type) };
  if (/;\s*base64\s*$/i.test(parameters)) return ofData(rest, named, deps);
  if (rest.length > deps.maxBytes * 3) return tooLarge(rest.length, deps);
  try {
    return ofText(decodeURIComponent(rest), named, deps);
  } catch {
    return 'has a data: address that cannot be decoded.';
  }
}

function bounded(bytes: Buffer, { filename, mimeType }: Asked, deps: FileDeps): FileValue | string {
  if (bytes.length > deps.maxBytes) return tooLarge(bytes.length, deps);
  const type = mimeType || typeOfName(filename) || 'application/octet-stream';
  return { bytes, filename: filename || nameFor('file', typeOnly(type)), mimeType: type };
}

function tooLarge(bytes: number, deps: FileDeps): string {
  return `has about ${bytes} bytes; a file may have ${deps.maxBytes} at most.`;
}
