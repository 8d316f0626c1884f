/** The detail of a fault as data that may be shown. */
import { isJsonArray, isJsonObject, type Json } from '../../../kernel/index.ts';
import { quotable } from '../../api/guidance/api-words.ts';
import { elementsOf, textIn, type XmlElement } from '../xml/element.ts';
import { freeValue } from './free-value.ts';
import { Members } from './members.ts';

const MAX_MEMBERS = 50;
const MAX_CHARS = 300;
/** Where servers put what is for their own people. */
const TRACE = /stack|trace/i;

export interface DetailWords {
  /** Null where it says nothing. */
  readonly value: Json;
  /** Whether the service declares it. */
  readonly isDeclared: boolean;
}

/** @param declared reads an element that the service declares */
export function detailWords(
  detail: XmlElement | undefined,
  declared: (element: XmlElement) => Json | undefined,
): DetailWords {
  if (detail === undefined) return { value: null, isDeclared: false };
  const children = elementsOf(detail);
  if (children.length === 0) return { value: shown(textIn(detail).trim()), isDeclared: false };
  const members = new Members();
  let isDeclared = false;
  for (const child of children.slice(0, MAX_MEMBERS)) {
    const read = declared(child);
    isDeclared ||= read !== undefined;
    const value = TRACE.test(child.local) ? null : shown(read ?? freeValue(child));
    if (value !== null) members.put(child.local, value, false);
  }
  const { value } = members;
  return { value: Object.keys(value).length === 0 ? null : value, isDeclared };
}

/** Without traces, long texts and what is empty. */
function shown(value: Json): Json {
  if (typeof value === 'string') return quotable(value, MAX_CHARS) || null;
  if (isJsonArray(value)) {
    const items = value.slice(0, MAX_MEMBERS).map(shown);
    return items.length === 0 ? null : items;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value)
    .slice(0, MAX_MEMBERS)
    .map(([name, one]) => [name, TRACE.test(name) ? null : shown(one)] as const)
    .filter(([, one]) => one !== null);
  return members.length === 0 ? null : Object.fromEntries(members);
}
