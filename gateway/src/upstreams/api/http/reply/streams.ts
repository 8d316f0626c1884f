/** Streams of values, read as the list of what came. */
import type { Json } from '../../../../kernel/index.ts';
import { readJson } from './json-text.ts';

/** An item as JSON where it is JSON, else as the text it is. */
function itemOf(text: string): Json {
  return readJson(text) ?? text;
}

/** One value a line (NDJSON, JSON Lines). @param isWhole whether the last line may be complete */
export function readLines(text: string, isWhole: boolean): Json[] {
  const lines = text.split(/\r?\n/);
  if (!isWhole) lines.pop();
  return lines.filter((line) => line.trim() !== '').map(itemOf);
}

/** RFC 7464: each value after a record separator; one without its line feed may be torn. */
export function readSequence(text: string, isWhole: boolean): Json[] {
  return text
    .split('\x1e')
    .filter((part) => part.trim() !== '' && (isWhole || part.endsWith('\n')))
    .map(itemOf);
}

/** What some APIs say when a stream is over. */
const DONE = '[DONE]';

/**
 * Server-sent events (HTML, section 9.2.6): the data of each, with the event's name beside it where
 * it has one.
 */
export function readEvents(text: string, isWhole: boolean): Json[] {
  const items: Json[] = [];
  const blocks = text.replace(/^\uFEFF/, '').split(/(?:\r\n|\n|\r(?!\n)){2,}/);
  // What stands behind the last empty line is an event only where nothing more can come.
  if (!isWhole) blocks.pop();
  for (const block of blocks) {
    const { data, name } = readEvent(block);
    if (data === undefined || data === DONE) continue;
    const item = itemOf(data);
    items.push(name === '' || name === 'message' ? item : { event: name, data: item });
  }
  return items;
}

function readEvent(block: string): { readonly data: string | undefined; readonly name: string } {
  const data: string[] = [];
  let name = '';
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
  }
  return { data: data.length === 0 ? undefined : data.join('\n'), name };
}

/**
 * Tells when an event stream says that it is over, although its connection stays open.
 * @returns a function to be given every chunk in turn
 */
export function createDoneWatch(): (chunk: Buffer) => boolean {
  let tail = '';
  return (chunk) => {
    tail = (tail + chunk.subarray(-64).toString('latin1')).slice(-64);
    return /(?:^|[\r\n])data: ?\[DONE\](?:\r\n|\n|\r){2,}$/.test(tail);
  };
}
