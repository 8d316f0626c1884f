/** The comments at the beginning of a file of SQL: what the query is called, takes and does. */
import { parseExact, type Json } from '../../../kernel/index.ts';
import { readType, schemaOf, type ParamType } from './types.ts';

export interface Param {
  readonly name: string;
  readonly type: ParamType;
  readonly isRequired: boolean;
  /** Undefined where there is none; then what is left out is NULL. */
  readonly defaultValue: Json | undefined;
  readonly description: string;
  /** Counted from 1. */
  readonly line: number;
}

export type QueryPage =
  | { readonly style: 'offset'; readonly offset: string; readonly limit: string }
  | {
      readonly style: 'keyset';
      readonly after: string;
      readonly column: string;
      readonly limit: string;
    };

export interface Header {
  /** '' where the file does not say. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly params: readonly Param[];
  readonly effect: 'read' | 'write' | 'destroy';
  readonly isIdempotent: boolean;
  readonly isDeprecated: boolean;
  readonly page: QueryPage | null;
  readonly file: FileAnswer | null;
}

/** The answer is one file, out of the first row. */
export interface FileAnswer {
  /** Column with its content. */
  readonly content: string;
  /** Media type, or the column that has it; '' for neither. */
  readonly type: string;
  /** Column with its name; '' for none. */
  readonly name: string;
}

export interface HeaderFault {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

const MAX_PARAMS = 64;
const PARAM =
  /^param\s+([A-Za-z_]\w{0,62})\s+(enum\([^()]*\)(?:\[\])?|\S+?)(?:\s+(required|optional|default\s+(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\S+)))?\s*(?::\s*(.*))?$/i;
const OFFSET_PAGE = /^offset\s+:?(\w+)\s+limit\s+:?(\w+)$/i;
const KEYSET_PAGE = /^after\s+:?(\w+)\s+by\s+(\w+)\s+limit\s+:?(\w+)$/i;
const FILE = /^(\w+)(?:\s+type\s+([\w.+/-]+))?(?:\s+name\s+(\w+))?$/i;
const WORDS = /^(name|title|description|tags|page|file)\s*:\s*(.*)$/i;
const FLAGS = /^(writes|destroys|idempotent|deprecated)\s*$/i;

/** Mutable while lines are read. */
interface Draft {
  words: Map<string, string>;
  flags: Set<string>;
  params: Param[];
  page: QueryPage | null;
  file: FileAnswer | null;
  /** What a further indented comment goes on with. */
  last: string;
}

/** Reads the comment lines before the first line that is neither comment nor empty. */
export function readHeader(text: string): Header | HeaderFault {
  const draft: Draft = {
    words: new Map(),
    flags: new Set(),
    params: [],
    page: null,
    file: null,
    last: '',
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [, comment] = /^\s*--(.*)$/.exec(line) ?? [];
    if (comment === undefined) break;
    const fault = readLine(comment, index + 1, draft);
    if (fault !== '') return { text: fault, line: index + 1 };
  }
  return headerOf(draft);
}

/** @returns words where the line is wrong */
function readLine(comment: string, line: number, draft: Draft): string {
  const text = comment.trim();
  if (/^\s{2,}\S/.test(comment) && draft.last !== '') {
    draft.words.set(draft.last, `${draft.words.get(draft.last) ?? ''} ${text}`.trim());
    return '';
  }
  draft.last = '';
  const [, key = '', value = ''] = WORDS.exec(text) ?? [];
  const name = key.toLowerCase();
  if (name === 'page') return readPage(value.trim(), draft);
  if (name === 'file') return readFile(value.trim(), draft);
  if (name !== '') {
    draft.words.set(name, value.trim());
    draft.last = name === 'description' ? name : '';
    return name === 'name' && !/^[A-Za-z0-9_-]{1,48}$/.test(value.trim())
      ? 'a name has at most 48 letters, digits, "_" and "-"'
      : '';
  }
  const [flag] = FLAGS.exec(text) ?? [];
  if (flag !== undefined) draft.flags.add(flag.trim().toLowerCase());
  return /^param\b/i.test(text) ? readParam(text, line, draft) : '';
}

function readPage(value: string, draft: Draft): string {
  const [, offset, limit] = OFFSET_PAGE.exec(value) ?? [];
  const [, after, column, size] = KEYSET_PAGE.exec(value) ?? [];
  if (offset !== undefined && limit !== undefined) draft.page = { style: 'offset', offset, limit };
  else if (after !== undefined && column !== undefined && size !== undefined) {
    draft.page = { style: 'keyset', after, column, limit: size };
  } else return 'write "page: offset :skip limit :count" or "page: after :id by id limit :count"';
  return '';
}

function readFile(value: string, draft: Draft): string {
  const [, content, type = '', name = ''] = FILE.exec(value) ?? [];
  if (content === undefined) return 'write "file: content type media_type name filename"';
  draft.file = { content, type, name };
  return '';
}

function readParam(text: string, line: number, draft: Draft): string {
  const [, name, written, mode = '', description = ''] = PARAM.exec(text) ?? [];
  if (name === undefined || written === undefined) {
    return 'write a parameter as "param <name> <type> required|default <value> : <words>"';
  }
  const type = readType(written);
  if (typeof type === 'string') return type;
  if (draft.params.some((param) => param.name === name)) return `:${name} is declared twice`;
  if (draft.params.length >= MAX_PARAMS) return `a query has at most ${MAX_PARAMS} parameters`;
  const isDefault = /^default/i.test(mode);
  const defaultValue = isDefault ? defaultOf(mode.slice(7).trim(), type) : undefined;
  if (isDefault && defaultValue === undefined) return `the default of :${name} is not of its type`;
  const isRequired = /^required$/i.test(mode);
  draft.params.push({ name, type, isRequired, defaultValue, description, line });
  return '';
}

/** As JSON where it is that, else the word itself for types that are written as text. */
function defaultOf(written: string, type: ParamType): Json | undefined {
  const value = jsonOf(written);
  if (type.isArray) return Array.isArray(value) ? value : undefined;
  if (type.base === 'json') return value;
  const kinds = [schemaOf(type)['type']].flat();
  if (type.base === 'boolean') return typeof value === 'boolean' ? value : undefined;
  const isNumber = typeof value === 'number' || (typeof value === 'object' && value !== null);
  if (!kinds.includes('string') || (isNumber && kinds.length > 1)) {
    const [least, most] = type.range ?? [-Infinity, Infinity];
    const isInside = typeof value !== 'number' || (value >= least && value <= most);
    return isNumber && !Array.isArray(value) && isInside ? value : undefined;
  }
  const text = typeof value === 'string' ? value : written;
  return type.base === 'enum' && !type.values.includes(text) ? undefined : text;
}

function jsonOf(written: string): Json | undefined {
  try {
    return parseExact(written);
  } catch {
    return undefined;
  }
}

function headerOf({ words, flags, params, page, file }: Draft): Header {
  const word = (key: string): string => words.get(key) ?? '';
  const tags = word('tags').split(',');
  return {
    name: word('name'),
    title: word('title'),
    description: word('description'),
    tags: tags.map((tag) => tag.trim()).filter((tag) => tag !== ''),
    params,
    effect: flags.has('destroys') ? 'destroy' : flags.has('writes') ? 'write' : 'read',
    isIdempotent: flags.has('idempotent'),
    isDeprecated: flags.has('deprecated'),
    page,
    file,
  };
}
