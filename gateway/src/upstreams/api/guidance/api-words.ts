/** What an API says of its failure, short and as data: nothing of it is an instruction. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
  stringifyExact,
} from '../../../kernel/index.ts';
import type { ReplyBody } from '../model.ts';

const MAX_WORDS_CHARS = 1000;
const MAX_READ_CHARS = 20_000;
/** Members in which APIs say what went wrong, the most particular first (RFC 9457, OAuth, common use). */
const MESSAGE_KEYS = ['detail', 'error_description', 'message', 'msg', 'reason', 'title', 'error'];
const MAX_DEPTH = 4;
/** Lines of stack traces in usual languages. */
const FRAME =
  /^\s*(?:at\s+\S.*[(:].*|File ".*", line \d+.*|Traceback \(most recent.*|from \S+:\d+:in .*|#\d+ .*\(\d+\).*|goroutine \d+.*|\S+\.go:\d+.*)$/;

/** A JSON string, so that it is plain where it begins and ends; '' where the API says nothing. */
export function apiWords(body: ReplyBody): string {
  const said = quotable(text(body));
  return said === '' ? '' : `The API's own words, as data: ${JSON.stringify(said)}`;
}

/** Text of an API without line breaks, stack traces and length. */
export function quotable(said: string, maxChars = MAX_WORDS_CHARS): string {
  const lines = said.slice(0, MAX_READ_CHARS).split(/[\r\n\u2028\u2029]+/);
  const kept = lines.filter((line) => !FRAME.test(line)).map((line) => line.trim());
  const whole = kept.filter((line) => line !== '').join(' ');
  return whole.length > maxChars ? `${whole.slice(0, maxChars).toWellFormed()}…` : whole;
}

function text(body: ReplyBody): string {
  if (body.kind === 'json') return message(body.value, 0) ?? fallback(body.value);
  if (body.kind !== 'text') return '';
  return /html|xml/i.test(body.mimeType) ? titleOf(body.text) : body.text;
}

/** Of a page only its title; its markup tells a model nothing. */
function titleOf(page: string): string {
  return /<title[^>]{0,200}>([^<]{1,300})</i.exec(page.slice(0, MAX_READ_CHARS))?.[1] ?? '';
}

function message(value: Json, depth: number): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (depth > MAX_DEPTH) return undefined;
  if (isJsonArray(value)) {
    const found = value.slice(0, 3).map((each) => message(each, depth + 1));
    const told = found.filter((each) => each !== undefined);
    return told.length === 0 ? undefined : told.join('; ');
  }
  return isJsonObject(value) ? fromObject(value, depth) : undefined;
}

function fromObject(value: JsonObject, depth: number): string | undefined {
  for (const key of [...MESSAGE_KEYS, 'errors']) {
    const told = message(ownMember(value, key) ?? null, depth + 1);
    if (told !== undefined) return told;
  }
  return undefined;
}

/** An answer of no known form is shown as it is. */
function fallback(value: Json): string {
  const whole = stringifyExact(value);
  return whole === '{}' || whole === '[]' || whole === 'null' ? '' : whole;
}
