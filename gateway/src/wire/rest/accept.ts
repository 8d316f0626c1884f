/** In which form a caller wants its answer (RFC 9110, section 12.5.1). */
import type { Head } from '../../kernel/index.ts';
import { header } from '../headers.ts';

/**
 * `stream`: server-sent events with progress. `json`: JSON whatever the tool gave. `plain`: text as
 * text, an image as its bytes, everything else as JSON.
 */
export type AnswerForm = 'stream' | 'json' | 'plain';

interface Range {
  readonly type: string;
  /** From 0 to 1. */
  readonly quality: number;
}

const JSON_TYPE = 'application/json';
const STREAM_TYPE = 'text/event-stream';

/**
 * The form that the `Accept` header asks for. Events have to be named and liked better than JSON;
 * JSON has to be named and liked no less than any other type that is named.
 */
export function answerForm(head: Head): AnswerForm {
  const accept = header(head, 'accept');
  if (accept === '' || accept === '*/*') return 'plain';
  if (accept === JSON_TYPE) return 'json';
  const ranges = readRanges(accept);
  const json = named(ranges, JSON_TYPE);
  const stream = named(ranges, STREAM_TYPE);
  if (stream > 0 && stream > json) return 'stream';
  const best = Math.max(
    0,
    ...ranges
      .filter(({ type }) => !type.endsWith('/*') && type !== STREAM_TYPE)
      .map(({ quality }) => quality),
  );
  return json > 0 && json >= best ? 'json' : 'plain';
}

/** Whether an answer of this media type is welcome; without the header every one is. */
export function accepts(head: Head, type: string): boolean {
  const accept = header(head, 'accept');
  return accept === '' || qualityOf(readRanges(accept), type) > 0;
}

/** Whether the header leaves any form in which a tool may answer. */
export function acceptsAnyAnswer(head: Head): boolean {
  const accept = header(head, 'accept');
  if (accept === '') return true;
  const ranges = readRanges(accept);
  const isMedia = ({ type, quality }: Range): boolean =>
    quality > 0 && (type.startsWith('image/') || type.startsWith('audio/'));
  return (
    ranges.some(isMedia) ||
    [JSON_TYPE, STREAM_TYPE, 'text/plain'].some((type) => qualityOf(ranges, type) > 0)
  );
}

function readRanges(accept: string): readonly Range[] {
  return accept.split(',').flatMap((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return type === '' ? [] : [{ type, quality: readQuality(parameters) }];
  });
}

/** What is no quality is none at all: the range counts as refused. */
function readQuality(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith('q='));
  if (text === undefined) return 1;
  return /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text.slice(2)) : 0;
}

/** Quality of a type that is named itself; -1 where it is not. */
function named(ranges: readonly Range[], wanted: string): number {
  return ranges.find(({ type }) => type === wanted)?.quality ?? -1;
}

/** The most particular range decides. */
function qualityOf(ranges: readonly Range[], type: string): number {
  const [family = ''] = type.split('/', 1);
  for (const wanted of [type, `${family}/*`, '*/*']) {
    const quality = named(ranges, wanted);
    if (quality >= 0) return quality;
  }
  return 0;
}
