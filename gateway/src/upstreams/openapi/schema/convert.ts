/** One schema of any version as JSON Schema 2020-12. */
import { isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { type Draft } from '../../api/schema/json.ts';
import { visibleText } from '../../api/words/visible-text.ts';
import type { Ref } from '../document.ts';
import { readArrayKeywords } from './array-keywords.ts';
import { combine, countsBeside, readChoices, readParts } from './composition.ts';
import { isMapping, isTrue, jsonOf, textOf } from './node.ts';
import { withNull } from './nullable.ts';
import { readObjectKeywords } from './object-keywords.ts';
import { findTarget, referenceOf } from './references.ts';
import { built, type Built, type Run } from './run.ts';
import { readBounds, readFormat } from './scalar-keywords.ts';
import { tellSubtypes } from './subtypes.ts';
import { readTypes, writeTypes, type ReadTypes } from './types.ts';
import { coerce, readEnum } from './values.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** Levels of schemas within one definition; what lies deeper is left open. */
const MAX_DEPTH = 48;

/** Converts what stands at `at`; what cannot be read is left open and said in the description. */
export function convertSchema(at: Ref, run: Run): Built {
  const { node } = at;
  if (node === undefined || node === true) return built({});
  if (node === false) return built({ not: {} });
  if (!isMapping(node)) return built(readOdd(at, run));
  if (run.depth >= MAX_DEPTH || run.budget.schemas <= 0) {
    run.resolver.repaired('The schema is too deep or too large here and was left open.', at);
    return built({ description: 'Too deep or too large to be told here; any value is taken.' });
  }
  run.budget.schemas--;
  const inner = { ...run, depth: run.depth + 1 };
  const reference = referenceOf(node);
  if (reference !== undefined) return convertReference(reference, node, at, inner);
  return convertMapping(node, at, inner);
}

/** Something that is no schema: the name of a type where it is text. */
function readOdd(at: Ref, run: Run): JsonObject {
  const read = typeof at.node === 'string' ? readTypes(at.node) : undefined;
  run.resolver.repaired('Something that is no schema stands where one is expected.', at);
  return read?.types === undefined ? {} : { type: writeTypes(read.types) };
}

function convertReference(reference: string, node: Mapping, at: Ref, run: Run): Built {
  const target = findTarget(run.resolver, reference, at);
  const description = toldText(node['description']);
  if (typeof target === 'string') {
    run.resolver.repaired(`The reference "${reference}" leads nowhere: ${target}`, at);
    const missing = `The API's document does not contain "${reference}"; any value is taken.`;
    return built({ description: description === '' ? missing : `${description} ${missing}` });
  }
  const referred = run.definitions.refer(target);
  const { $ref: _, $dynamicRef: _dynamic, $recursiveRef: _recursive, ...beside } = node;
  if (Object.keys(beside).length === 0) return built(referred);
  if (countsBeside(run)) {
    const own = convertMapping(beside, { ...at, node: beside }, run);
    return combine(own, [built(referred)], at, run);
  }
  return built(description === '' ? referred : { ...referred, description });
}

function convertMapping(node: Mapping, at: Ref, run: Run): Built {
  const read = readTypes(node['type']);
  const named = read.types === undefined ? namedSchema(read, node, at, run) : undefined;
  if (named !== undefined) return built(named);
  if (read.isRepaired) {
    run.resolver.repaired(`The type ${JSON.stringify(node['type'])} is none of JSON Schema.`, at);
  }
  const draft: Draft = {};
  const notes: string[] = [];
  const inside = { ...run, withSubtypes: true };
  readBounds(draft, node, at, run);
  const hidden = readObjectKeywords(draft, node, at, inside, convertSchema);
  readArrayKeywords(draft, node, at, inside, convertSchema);
  const singles = readChoices(draft, node, at, inside, convertSchema);
  readTexts(draft, node, read, notes, run);
  const types = settleTypes(draft, node, read, at, run);
  const own = withAnnotations(draft, node, types, notes);
  const parts = [...readParts(node, at, run, convertSchema), ...singles];
  const whole = combine({ schema: own, hidden }, parts, at, run);
  const told = tellSubtypes(whole.schema, node, at, run);
  return { ...whole, schema: isNullable(node) ? withNull(told) : told };
}

function isNullable(node: Mapping): boolean {
  return isTrue(node['nullable']) || isTrue(node['x-nullable']);
}

/** A type that nobody knows may be the name of a schema. */
function namedSchema(read: ReadTypes, node: Mapping, at: Ref, run: Run): JsonObject | undefined {
  const [name] = read.unknown;
  if (name === undefined || name === '?') return undefined;
  const target = findTarget(run.resolver, name, at);
  if (typeof target === 'string') return undefined;
  const description = toldText(node['description']);
  const referred = run.definitions.refer(target);
  return description === '' ? referred : { ...referred, description };
}

/** `format`, `pattern` and what text holds; the parts that cannot be kept become notes. */
function readTexts(draft: Draft, node: Mapping, read: ReadTypes, notes: string[], run: Run): void {
  const { format, note } = readFormat(node['format'] ?? read.format);
  if (format !== '') draft['format'] = format;
  const isText = read.types === undefined || read.types.includes('string');
  if (note !== '' && isText) notes.push(note);
  const pattern = node['pattern'];
  if (typeof pattern === 'string' && pattern !== '') {
    const kept = run.patterns.read(pattern);
    if (kept.pattern !== '') draft['pattern'] = kept.pattern;
    if (kept.note !== '') notes.push(kept.note);
  }
  for (const keyword of ['contentEncoding', 'contentMediaType']) {
    const value = textOf(node[keyword]);
    if (value !== '') draft[keyword] = value;
  }
}

const COMPOSING = ['allOf', 'oneOf', 'anyOf', 'not', 'if'];

/** Types, and the values that have to agree with them. */
function settleTypes(
  draft: Draft,
  node: Mapping,
  read: ReadTypes,
  at: Ref,
  run: Run,
): readonly string[] | undefined {
  let types = read.types ?? inferTypes(draft, node);
  const isOfItems = types?.join() === 'array' && isListOfScalars(node['enum']);
  const values = readEnum(node['enum'], isOfItems ? undefined : types);
  if (values.isRepaired || isOfItems) {
    run.resolver.repaired('"enum" and "type" did not agree.', at);
  }
  if (isOfItems) {
    const items = isJsonObject(draft['items']) ? draft['items'] : {};
    const agreed = readEnum(node['enum'], typeNames(items));
    if (items['enum'] === undefined && agreed.values !== undefined && items['$ref'] === undefined) {
      draft['items'] = { ...items, type: writeTypes(agreed.types ?? []), enum: agreed.values };
    }
  } else if (values.values !== undefined) {
    draft['enum'] = values.values;
    types = values.types;
  }
  if (types?.includes('array') === false) delete draft['uniqueItems'];
  if (types?.includes('array') === true && draft['items'] === undefined) {
    draft['items'] = read.itemTypes === undefined ? {} : { type: writeTypes(read.itemTypes) };
  }
  if (node['const'] !== undefined) draft['const'] = jsonOf(node['const']) ?? null;
  return types;
}

function typeNames(schema: JsonObject): readonly string[] | undefined {
  return typeof schema['type'] === 'string' ? [schema['type']] : undefined;
}

function isListOfScalars(node: unknown): boolean {
  return Array.isArray(node) && node.length > 0 && node.every((item) => !Array.isArray(item));
}

/** What a schema without a type speaks of, where its keywords leave no doubt. */
function inferTypes(draft: Draft, node: Mapping): readonly string[] | undefined {
  if (COMPOSING.some((keyword) => node[keyword] !== undefined)) return undefined;
  const isObjects =
    draft['properties'] !== undefined || isJsonObject(draft['additionalProperties']);
  const isArrays = draft['items'] !== undefined || draft['prefixItems'] !== undefined;
  if (isObjects === isArrays) return undefined;
  return isObjects ? ['object'] : ['array'];
}

const MAX_DEFAULT_CHARS = 400;

function withAnnotations(
  draft: Draft,
  node: Mapping,
  types: readonly string[] | undefined,
  notes: readonly string[],
): JsonObject {
  const head: Draft = {};
  if (types !== undefined) head['type'] = writeTypes(types);
  const title = toldText(node['title']);
  if (title !== '') head['title'] = title;
  const description = describe(toldText(node['description']), notes);
  if (description !== '') head['description'] = description;
  if (node['deprecated'] === true) head['deprecated'] = true;
  const value = defaultOf(node, types);
  return value === undefined ? { ...head, ...draft } : { ...head, ...draft, default: value };
}

/** A default that agrees with the type and is short enough to be told. */
function defaultOf(node: Mapping, types: readonly string[] | undefined): Json | undefined {
  if (node['default'] === undefined) return undefined;
  const value = jsonOf(node['default']);
  if (value === undefined || JSON.stringify(value).length > MAX_DEFAULT_CHARS) return undefined;
  return coerce(value, isNullable(node) && types !== undefined ? [...types, 'null'] : types);
}

/** Longest title or description of one schema, characters; nobody writes so much by hand. */
const MAX_TOLD_CHARS = 20_000;

function toldText(node: unknown): string {
  return visibleText(textOf(node).slice(0, MAX_TOLD_CHARS)).toWellFormed();
}

function describe(text: string, notes: readonly string[]): string {
  if (notes.length === 0) return text;
  const lead = text === '' || /[.!?:]$/.test(text) ? text : `${text}.`;
  return [lead, ...notes.map((note) => `${note}.`)].filter((part) => part !== '').join(' ');
}
