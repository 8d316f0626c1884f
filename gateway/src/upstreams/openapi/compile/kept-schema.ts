/** Schemas that need no conversion, because a gateway already wrote them for its own tools. */
import { isJsonObject, type Json, type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { Node, Ref, Resolver } from '../document.ts';
import { isList, isMapping, jsonOf } from '../schema/node.ts';
import { FORMATS } from '../../api/schema/clean.ts';
import { eachSubschema, referredName } from '../../api/schema/walk.ts';
import { circularNames, namesInPlace } from '../schema/cycles.ts';
import { isPattern } from '../schema/patterns.ts';
import { decodeFragment, pointerKeys } from '../source/pointer.ts';

const MAX_DEPTH = 64;
const MAX_SCHEMAS = 20_000;
const MAX_PATTERN_CHARS = 1000;

const TYPES: ReadonlySet<Node> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
]);

/** What the root of arguments says: no choices, no parts, no reference. */
const AT_ROOT: ReadonlySet<string> = new Set([
  'type',
  'description',
  'properties',
  'required',
  'additionalProperties',
  '$defs',
]);
/** Beside a reference only words stand. */
const BESIDE_REF: ReadonlySet<string> = new Set(['$ref', 'description', 'default']);
const BOUNDS =
  /^(?:(?:min|max)(?:Length|Items|Properties)|(?:exclusiveM|m)(?:in|ax)imum|multipleOf)$/;
const SCHEMAS: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not']);
const LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'prefixItems']);
const MAPS: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs']);

interface Walk {
  /** Keys of the way to the schema in its document. */
  readonly root: readonly string[];
  left: number;
}

/**
 * The schema of arguments as it stands, where every keyword in it is one of the profile that tools
 * are listed in and every reference leads to a definition of its own; those are `#/$defs/<name>` then.
 * @returns undefined where anything else is in it, so that it has to be converted
 */
export function keptSchema(resolver: Resolver, ref: Ref | undefined): JsonObject | undefined {
  const isOld = resolver.version === '2.0' || resolver.version === '3.0';
  if (ref === undefined || isOld) return undefined;
  const kept = schemaOf(ref.node, { root: pointerKeys(ref.pointer), left: MAX_SCHEMAS }, 0);
  if (typeof kept !== 'object' || kept['type'] !== 'object') return undefined;
  if (!isJsonObject(kept['properties'])) return undefined;
  const isPlain = Object.keys(kept).every((keyword) => AT_ROOT.has(keyword));
  return isPlain && isSound(kept) ? kept : undefined;
}

/** Whether every reference leads somewhere, and none back to where it stands. */
function isSound(root: JsonObject): boolean {
  const defs = isJsonObject(root['$defs']) ? root['$defs'] : {};
  const inPlace = (name: string): ReadonlySet<string> => {
    const definition = ownMember(defs, name);
    return isJsonObject(definition) ? namesInPlace(definition) : new Set();
  };
  const names = Object.keys(defs);
  return (
    [...mentioned(root)].every((name) => Object.hasOwn(defs, name)) &&
    names.every((name) => circularNames(name, inPlace).size === 0)
  );
}

function mentioned(schema: JsonObject, names = new Set<string>()): ReadonlySet<string> {
  const name = referredName(schema);
  if (name !== undefined) names.add(name);
  eachSubschema(schema, (part) => mentioned(part, names));
  return names;
}

function schemaOf(node: Node, walk: Walk, depth: number): JsonObject | undefined {
  if (!isMapping(node) || depth > MAX_DEPTH || walk.left-- <= 0) return undefined;
  const keywords = Object.keys(node);
  const isReference = keywords.includes('$ref');
  if (isReference && !keywords.every((keyword) => BESIDE_REF.has(keyword))) return undefined;
  const members: [string, Json][] = [];
  for (const [keyword, value] of Object.entries(node)) {
    const kept = keywordOf(keyword, value, walk, depth);
    if (kept === undefined) return undefined;
    members.push([keyword, kept]);
  }
  return Object.fromEntries(members);
}

function keywordOf(keyword: string, value: Node, walk: Walk, depth: number): Json | undefined {
  if (keyword === '$ref') return referenceOf(value, walk);
  if (keyword === 'type') return typeOf(value);
  if (keyword === 'required') return textsOf(value);
  if (keyword === 'enum') return isList(value) && value.length > 0 ? jsonOf(value) : undefined;
  if (keyword === 'default') return jsonOf(value);
  if (keyword === 'uniqueItems') return typeof value === 'boolean' ? value : undefined;
  if (keyword === 'description') return typeof value === 'string' ? value : undefined;
  if (keyword === 'format') {
    return typeof value === 'string' && FORMATS.has(value) ? value : undefined;
  }
  // The two places where a boolean is no harder to read than a schema.
  const isClosing = keyword === 'additionalProperties' || (keyword === 'items' && value === false);
  if (isClosing && typeof value === 'boolean') return value;
  if (keyword === 'pattern') {
    return typeof value === 'string' && isKeptPattern(value) ? value : undefined;
  }
  if (BOUNDS.test(keyword)) return typeof value === 'number' ? value : undefined;
  if (SCHEMAS.has(keyword)) return schemaOf(value, walk, depth + 1);
  if (LISTS.has(keyword)) return isList(value) ? listOf(value, walk, depth) : undefined;
  if (!MAPS.has(keyword) || !isMapping(value)) return undefined;
  if (keyword === '$defs' && depth > 0) return undefined;
  const isPatterns = keyword === 'patternProperties';
  if (isPatterns && !Object.keys(value).every(isKeptPattern)) return undefined;
  return mapOf(value, walk, depth);
}

function listOf(list: readonly Node[], walk: Walk, depth: number): Json | undefined {
  const kept = list.map((one) => schemaOf(one, walk, depth + 1)).filter((one) => one !== undefined);
  return kept.length === list.length && kept.length > 0 ? kept : undefined;
}

function mapOf(map: Readonly<Record<string, Node>>, walk: Walk, depth: number): Json | undefined {
  const members: [string, Json][] = [];
  for (const [name, one] of Object.entries(map)) {
    const kept = schemaOf(one, walk, depth + 1);
    if (kept === undefined) return undefined;
    members.push([name, kept]);
  }
  return Object.fromEntries(members);
}

/** A definition of the schema itself; a way to anywhere else is not kept. */
function referenceOf(value: Node, { root }: Walk): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('#')) return undefined;
  const keys = pointerKeys(decodeFragment(value));
  const isOwn = root.every((key, at) => keys[at] === key);
  const [defs, name, ...more] = isOwn ? keys.slice(root.length) : [];
  const isDefinition = defs === '$defs' && name !== undefined && more.length === 0;
  return isDefinition && /^[\w.-]+$/.test(name) ? `#/$defs/${name}` : undefined;
}

function typeOf(value: Node): Json | undefined {
  if (typeof value === 'string') return TYPES.has(value) ? value : undefined;
  const types = textsOf(value);
  return types?.every((type) => TYPES.has(type)) === true ? types : undefined;
}

function textsOf(value: Node): string[] | undefined {
  if (!isList(value)) return undefined;
  const texts = value.filter((one) => typeof one === 'string');
  return texts.length === value.length ? texts : undefined;
}

function isKeptPattern(pattern: string): boolean {
  return pattern.length <= MAX_PATTERN_CHARS && isPattern(pattern);
}
