/** The arguments that the gateway adds to those of an operation: `_fields`, `_page`, `_max_items`. */
import { createHash } from 'node:crypto';
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
  stringifyExact,
} from '../../../kernel/index.ts';
import { fileOfText } from '../files/file-argument.ts';
import type { OperationPlan, PaginationPlan } from '../model.ts';
import type { ArgumentFault, Controls, PagePosition, TakenControls } from './contract.ts';
import { hasParts, samplePaths } from './schema-paths.ts';

export const FIELDS = '_fields';
export const PAGE = '_page';
export const MAX_ITEMS = '_max_items';

const MAX_FIELDS = 64;
const MAX_FIELD_CHARS = 200;
const MAX_FIELD_PARTS = 16;
const MAX_PAGE_CHARS = 8000;

/** Opens what a result gave as `_page`; undefined where it was not given for this call. */
export type OpenPage = (token: string) => OpenedPage | undefined;

export interface OpenedPage {
  readonly position: PagePosition;
  /** Digest of the arguments it was given for. */
  readonly argumentsDigest: string;
}

/** Schemas of those that an operation takes and does not itself use the names of. */
export function controlSchemas(plan: OperationPlan, maxItems: number): JsonObject {
  const schemas: [string, JsonObject][] = [];
  if (hasParts(plan.output)) schemas.push([FIELDS, fieldsSchema(plan)]);
  if (plan.pagination !== null) {
    schemas.push([PAGE, { type: 'string', description: 'Next page: _page of the last result.' }]);
    const description = 'Items wanted in all; further pages are fetched for them.';
    schemas.push([MAX_ITEMS, { type: 'integer', minimum: 1, maximum: maxItems, description }]);
  }
  return Object.fromEntries(schemas.filter(([name]) => !isOwn(plan, name)));
}

function fieldsSchema(plan: OperationPlan): JsonObject {
  const paths = samplePaths(plan.output, 2).map((path) => JSON.stringify(path));
  const example = paths.length === 0 ? '' : `, e.g. [${paths.join(', ')}]`;
  return {
    type: 'array',
    items: { type: 'string' },
    description: `Only these parts of the answer${example}`,
  };
}

/** A name that the operation itself uses stays the operation's. */
function isOwn(plan: OperationPlan, name: string): boolean {
  const properties = ownMember(plan.input, 'properties');
  return isJsonObject(properties) && Object.hasOwn(properties, name);
}

/** Takes the gateway's own arguments out; none of them ever reaches the API. */
export function readControls(
  plan: OperationPlan,
  values: JsonObject,
  maxItems: number,
  openPage: OpenPage,
): TakenControls | ArgumentFault {
  const own = [FIELDS, PAGE, MAX_ITEMS].filter(
    (name) => Object.hasOwn(values, name) && !isOwn(plan, name),
  );
  const rest = withFiles(plan, own.length === 0 ? values : without(values, own));
  const given = (name: string): Json =>
    own.includes(name) ? (ownMember(values, name) ?? null) : null;
  const fields = readFields(given(FIELDS));
  if ('kind' in fields) return fields;
  const argumentsDigest = digestOf(plan, rest);
  const page = readPage(plan, given(PAGE), argumentsDigest, openPage);
  if (page !== null && 'kind' in page) return page;
  const wanted = readMaxItems(plan, given(MAX_ITEMS), maxItems);
  if (typeof wanted !== 'number') return wanted;
  const controls: Controls = { fields, page, maxItems: wanted, argumentsDigest };
  return { kind: 'taken', controls, rest };
}

function without(values: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/** Files that are given as plain texts, in the form that the schema has for them. */
function withFiles(plan: OperationPlan, values: JsonObject): JsonObject {
  const given = plan.arguments.flatMap(({ name, role }): [string, JsonObject][] => {
    const value = role === 'file' ? ownMember(values, name) : undefined;
    // A text that begins like an object may be one as its JSON text; the checker knows what to do.
    return typeof value === 'string' && !value.trimStart().startsWith('{')
      ? [[name, fileOfText(value)]]
      : [];
  });
  return given.length === 0 ? values : Object.fromEntries([...Object.entries(values), ...given]);
}

function fault(argument: string, text: string): ArgumentFault {
  return { kind: 'fault', argument, text: `${argument} ${text}` };
}

function readFields(value: Json): readonly string[] | ArgumentFault {
  if (value === null) return [];
  const paths = typeof value === 'string' ? pathsInText(value) : value;
  if (!isJsonArray(paths))
    return fault(FIELDS, 'must be a list of paths, for example ["items.name"].');
  if (paths.length > MAX_FIELDS) return fault(FIELDS, `holds more than ${MAX_FIELDS} paths.`);
  const fields: string[] = [];
  for (const path of paths) {
    if (typeof path !== 'string' || path.trim() === '') {
      return fault(FIELDS, 'must hold texts only, each a path like "items.name".');
    }
    if (path.length > MAX_FIELD_CHARS || path.split('.').length > MAX_FIELD_PARTS) {
      return fault(
        FIELDS,
        `holds a path of more than ${MAX_FIELD_CHARS} characters or ${MAX_FIELD_PARTS} parts.`,
      );
    }
    fields.push(path.trim());
  }
  return fields;
}

/** Some models write a list as its JSON text, or with commas only. */
function pathsInText(text: string): Json {
  if (text.trimStart().startsWith('[')) {
    try {
      const value: unknown = JSON.parse(text);
      return Array.isArray(value) ? value.map(String) : null;
    } catch {
      return null;
    }
  }
  return text.split(',').filter((path) => path.trim() !== '');
}

function readPage(
  plan: OperationPlan,
  value: Json,
  argumentsDigest: string,
  openPage: OpenPage,
): PagePosition | ArgumentFault | null {
  if (value === null || value === '') return null;
  if (plan.pagination === null) return fault(PAGE, 'is not taken here: this tool has no pages.');
  const opened =
    typeof value === 'string' && value.length <= MAX_PAGE_CHARS ? openPage(value) : undefined;
  if (opened === undefined) {
    return fault(
      PAGE,
      'was not given by an earlier result of this tool, or is too old. Leave it out to begin with the first page.',
    );
  }
  if (opened.argumentsDigest === argumentsDigest) return opened.position;
  return fault(
    PAGE,
    'belongs to a call with other arguments. Repeat the arguments of that call, or leave it out to begin with the first page.',
  );
}

function readMaxItems(plan: OperationPlan, value: Json, maxItems: number): number | ArgumentFault {
  if (value === null) return 0;
  if (plan.pagination === null) {
    return fault(MAX_ITEMS, 'is not taken here: this tool has no pages.');
  }
  const text = value instanceof ExactNumber ? value.text : value;
  const wanted = typeof text === 'string' && text.trim() === '' ? NaN : Number(text);
  const isCount = typeof text !== 'boolean' && !isJsonArray(value) && Number.isInteger(wanted);
  return isCount && wanted >= 1 && wanted <= maxItems
    ? wanted
    : fault(MAX_ITEMS, `must be a whole number from 1 to ${maxItems}.`);
}

/** The same for the same call, however its numbers and the order of its arguments are written. */
function digestOf(plan: OperationPlan, values: JsonObject): string {
  const { pagination } = plan;
  if (pagination === null) return '';
  const steered = new Set(stepped(pagination));
  const rest = Object.entries(values).filter(([name]) => !steered.has(name));
  const text = stringifyExact(plain(Object.fromEntries(rest)));
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** Arguments that are another on each page. */
function stepped(pagination: PaginationPlan): readonly string[] {
  if (!('argument' in pagination)) return [];
  const { argument } = pagination;
  const back = pagination.style === 'token' ? pagination.back?.argument : undefined;
  return back === undefined ? [argument] : [argument, back];
}

function plain(value: Json): Json {
  if (isJsonArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value instanceof ExactNumber ? value.text : String(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => [key, plain(item)]);
}
