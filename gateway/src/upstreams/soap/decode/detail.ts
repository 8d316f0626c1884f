/** The detail of a fault in words that may be shown: `Problem.field: sku; Problem.limit: 5`. */
import { isJsonArray, isJsonObject, stringifyExact, type Json } from '../../../kernel/index.ts';
import { quotable } from '../../api/guidance/api-words.ts';
import { elementsOf, textIn, type XmlElement } from '../xml/element.ts';
import { freeValue } from './free-value.ts';

const MAX_WORDS = 30;
const MAX_CHARS = 300;
/** Where servers put what is for their own people. */
const TRACE = /(?:^|\.)[^.]*(?:stack|trace)(?:\[\d+\])?$/i;

export interface DetailWords {
  /** '' where it says nothing. */
  readonly text: string;
  /** Whether the service declares it. */
  readonly isDeclared: boolean;
}

/** @param declared reads an element that the service declares */
export function detailWords(
  detail: XmlElement | undefined,
  declared: (element: XmlElement) => Json | undefined,
): DetailWords {
  if (detail === undefined) return { text: '', isDeclared: false };
  const children = elementsOf(detail);
  if (children.length === 0) {
    return { text: quotable(textIn(detail).trim(), MAX_CHARS), isDeclared: false };
  }
  const words: string[] = [];
  let isDeclared = false;
  for (const child of children.slice(0, MAX_WORDS)) {
    const read = declared(child);
    isDeclared ||= read !== undefined;
    gather(read ?? freeValue(child), child.local, words);
  }
  return { text: words.join('; '), isDeclared };
}

/** Without traces, long texts and what is empty. */
function gather(value: Json, path: string, into: string[]): void {
  if (into.length >= MAX_WORDS || value === null || TRACE.test(path)) return;
  if (isJsonArray(value)) {
    for (const [at, item] of value.slice(0, MAX_WORDS).entries()) {
      gather(item, value.length === 1 ? path : `${path}[${at}]`, into);
    }
  } else if (isJsonObject(value)) {
    for (const [name, one] of Object.entries(value).slice(0, MAX_WORDS)) {
      gather(one, `${path}.${name}`, into);
    }
  } else {
    const text = typeof value === 'string' ? quotable(value, MAX_CHARS) : stringifyExact(value);
    if (text !== '') into.push(`${path.slice(0, MAX_CHARS)}: ${text}`);
  }
}
