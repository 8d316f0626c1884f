/** A schema of arguments told only to a certain depth. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { joinText, type Draft } from './json.ts';
import { shortenOwn, shortenText, type Wording } from './shorten.ts';
import type { SchemaMemo } from './memo.ts';
import { mapSubschemas, referredName } from './walk.ts';

/** A branch that was collapsed. */
export interface Collapsed {
  readonly key: string;
  /** Characters that it and what it alone refers to first would take. */
  readonly chars: number;
}

export interface Unfolded {
  readonly schema: JsonObject;
  /** In the order in which they were met. */
  readonly collapsed: readonly Collapsed[];
  /** The work was given up: there is too much at this depth. */
  readonly isTooLarge: boolean;
}

export interface UnfoldOptions {
  /** Levels of branches under an argument that are told. */
  readonly depth: number;
  /** Keys of branches one level deeper that are told nevertheless. */
  readonly opened: ReadonlySet<string>;
  readonly wording: Wording;
  /** Work is given up beyond, in characters. */
  readonly maxChars: number;
  readonly memo: SchemaMemo;
}

const MARK = '(shortened)';

/** Tells `root` as `options` say: branches that lie deeper become an object and a mark. */
export function unfold(root: JsonObject, options: UnfoldOptions): Unfolded {
  return new Unfolding(root, options).run();
}

class Unfolding {
  private readonly root: JsonObject;
  private readonly defs: JsonObject;
  private readonly options: UnfoldOptions;
  private readonly collapsed: Collapsed[] = [];
  /** Definitions that are told and how deep they were first met, in that order. */
  private readonly reached = new Map<string, number>();
  private left: number;

  constructor(root: JsonObject, options: UnfoldOptions) {
    this.root = root;
    this.defs = isJsonObject(root['$defs']) ? root['$defs'] : {};
    this.options = options;
    this.left = options.maxChars;
  }

  run(): Unfolded {
    const { $defs: _, ...own } = this.root;
    const schema = this.tell(own, 0, '');
    const definitions: [string, Json][] = [];
    for (const [name, depth] of this.reached) {
      const definition = ownMember(this.defs, name);
      const told = isJsonObject(definition) ? this.tell(definition, depth, `${name}:`) : {};
      definitions.push([name, told]);
      if (this.left < 0) break;
    }
    const isTooLarge = this.left < 0;
    const whole =
      definitions.length === 0 ? schema : { ...schema, $defs: Object.fromEntries(definitions) };
    return { schema: whole, collapsed: this.collapsed, isTooLarge };
  }

  /** @param depth of `schema` itself: 0 for the root, 1 for an argument */
  private tell(schema: JsonObject, depth: number, key: string): JsonObject {
    const own = shortenOwn(schema, this.options.wording, depth <= 1);
    this.left -= ownChars(own);
    if (this.left < 0) return own;
    const name = referredName(own);
    if (name !== undefined && !this.reached.has(name)) this.reached.set(name, depth);
    return mapSubschemas(own, (part, keyword, member) => {
      if (typeof part === 'boolean') return part;
      const place = `${key}/${keyword}/${member}`;
      // Lists and choices are no level of their own: what stands in them is.
      const level = keyword === 'properties' ? depth + 1 : depth;
      return isBranch(part) ? this.branch(part, level, place) : this.tell(part, level, place);
    });
  }

  private branch(part: JsonObject, level: number, place: string): JsonObject {
    const { depth, opened } = this.options;
    if (level <= depth || opened.has(place)) return this.tell(part, level, place);
    this.collapsed.push({ key: place, chars: this.charsOf(part) });
    const stub = stubOf(part, this.defs, this.options.wording, level <= 1);
    this.left -= ownChars(stub);
    return stub;
  }

  private charsOf(part: JsonObject): number {
    const { memo } = this.options;
    const name = referredName(part);
    const definition = name === undefined || this.reached.has(name) ? undefined : this.defs[name];
    return memo.charsOf(part) + (isJsonObject(definition) ? memo.charsOf(definition) : 0);
  }
}

const INNER = ['properties', 'items', 'anyOf', 'oneOf', 'allOf', 'additionalProperties', 'not'];

/** What has something to collapse. */
function isBranch(schema: JsonObject): boolean {
  if (schema['$ref'] !== undefined) return true;
  return INNER.some((keyword) => {
    const value = schema[keyword];
    if (keyword !== 'items') return typeof value === 'object';
    return isJsonObject(value) && isBranch(value);
  });
}

/** A branch in one line: its type, and its words with a mark. */
function stubOf(
  schema: JsonObject,
  defs: JsonObject,
  wording: Wording,
  isArgument: boolean,
): JsonObject {
  const name = referredName(schema);
  const target = name === undefined ? undefined : ownMember(defs, name);
  const told = isJsonObject(target) ? { ...target, ...schema } : schema;
  const type = told['type'];
  const isList = type === 'array' || (isJsonArray(type) && type.includes('array'));
  const maxChars = isArgument ? wording.argumentChars : wording.innerChars;
  const text = typeof told['description'] === 'string' ? told['description'] : '';
  const draft: Draft = {};
  if (type !== undefined) draft['type'] = type;
  else if (told['properties'] !== undefined) draft['type'] = 'object';
  draft['description'] = joinText(shortenText(text, maxChars), MARK);
  return isList ? { ...draft, items: {} } : draft;
}

/** Characters of what stands in `schema` itself, names of properties included. */
function ownChars(schema: JsonObject): number {
  let chars = 4;
  for (const [keyword, value] of Object.entries(schema)) {
    chars += keyword.length + 4;
    if (isJsonObject(value)) chars += Object.keys(value).join('","').length;
    else if (typeof value === 'string') chars += value.length;
    else if (isJsonArray(value)) chars += keyword.endsWith('Of') ? 4 : JSON.stringify(value).length;
  }
  return chars;
}
