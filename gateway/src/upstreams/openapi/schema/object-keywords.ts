/** Keywords about objects. */
import { isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { put, type Draft } from '../../api/schema/json.ts';
import type { Ref } from '../document.ts';
import { isList, isMapping, isTrue } from './node.ts';
import { isPattern } from './patterns.ts';
import { findTarget, referenceOf } from './references.ts';
import type { Convert, Run } from './run.ts';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Converts `properties`, `required` and their like into `draft`.
 * @returns the properties that the direction leaves out
 */
export function readObjectKeywords(
  draft: Draft,
  node: Mapping,
  at: Ref,
  run: Run,
  convert: Convert,
): ReadonlySet<string> {
  const hidden = new Set<string>();
  const required = new Set(readRequired(node, at, run));
  readProperties(draft, at, run, convert, hidden, required);
  for (const name of hidden) required.delete(name);
  readAdditional(draft, node, at, run, convert);
  dropImpossible(draft, required, at, run);
  if (required.size > 0) draft['required'] = [...required];
  for (const keyword of ['patternProperties', 'dependentSchemas']) {
    readMap(draft, keyword, node, at, run, convert);
  }
  readDependencies(draft, node, at, run, convert);
  if (isMapping(node['propertyNames'])) {
    draft['propertyNames'] = convert(run.resolver.child(at, 'propertyNames'), run).schema;
  }
  return hidden;
}

function readRequired(node: Mapping, at: Ref, run: Run): readonly string[] {
  const { required } = node;
  if (required === undefined || typeof required === 'boolean') return [];
  if (isList(required)) return required.filter((name) => typeof name === 'string');
  run.resolver.repaired('"required" is no list of names and was left out.', at);
  return [];
}

function readProperties(
  draft: Draft,
  at: Ref,
  run: Run,
  convert: Convert,
  hidden: Set<string>,
  required: Set<string>,
): void {
  const map = mapAt(at, 'properties', run);
  if (map === undefined) return;
  const properties: Draft = {};
  for (const name of Object.keys(map.node)) {
    const property = run.resolver.child(map.at, name);
    if (isHidden(property, run)) {
      hidden.add(name);
      continue;
    }
    if (isMapping(property.node) && isTrue(property.node['required'])) {
      required.add(name);
      run.resolver.repaired('"required: true" of a property was read at its object.', property);
    }
    put(properties, name, convert(property, run).schema);
  }
  draft['properties'] = properties;
}

interface MapAt {
  readonly node: Mapping;
  readonly at: Ref;
}

/** A map of schemas, which some documents give by a reference. */
function mapAt(parent: Ref, keyword: string, run: Run): MapAt | undefined {
  const at = run.resolver.child(parent, keyword);
  if (!isMapping(at.node)) {
    if (at.node !== undefined && at.node !== null) {
      run.resolver.repaired(`"${keyword}" is no mapping and was left out.`, at);
    }
    return undefined;
  }
  if (typeof at.node['$ref'] !== 'string') return { node: at.node, at };
  const target = findTarget(run.resolver, at.node['$ref'], at);
  if (typeof target === 'string' || !isMapping(target.node)) return undefined;
  return { node: target.node, at: target };
}

/** `readOnly` leaves requests and `writeOnly` leaves answers; both at once say nothing. */
function isHidden(property: Ref, run: Run): boolean {
  const { node } = property;
  if (!isMapping(node)) return false;
  const says = marksOf(node, property, run, 0);
  if (says.readOnly === says.writeOnly) return false;
  return run.direction === 'input' ? says.readOnly : says.writeOnly;
}

interface Marks {
  readonly readOnly: boolean;
  readonly writeOnly: boolean;
}

function marksOf(node: Mapping, at: Ref, run: Run, hops: number): Marks {
  const readOnly = isTrue(node['readOnly']);
  const writeOnly = isTrue(node['writeOnly']);
  const reference = referenceOf(node);
  if (readOnly || writeOnly || reference === undefined || hops > 0) return { readOnly, writeOnly };
  const target = run.resolver.follow(reference, at);
  if (typeof target === 'string' || !isMapping(target.node)) return { readOnly, writeOnly };
  return marksOf(target.node, target, run, hops + 1);
}

function readAdditional(draft: Draft, node: Mapping, at: Ref, run: Run, convert: Convert): void {
  for (const keyword of ['additionalProperties', 'unevaluatedProperties']) {
    const value = node[keyword];
    if (typeof value === 'boolean') draft[keyword] = value;
    else if (value === 'true' || value === 'false') draft[keyword] = value === 'true';
    else if (isMapping(value)) {
      const { schema } = convert(run.resolver.child(at, keyword), run);
      draft[keyword] = Object.keys(schema).length === 0 ? true : schema;
    } else if (value !== undefined) {
      run.resolver.repaired(`"${keyword}" is no schema and was left out.`, at);
    }
  }
}

/** A closed object cannot hold what it does not declare, so it cannot require it either. */
function dropImpossible(draft: Draft, required: Set<string>, at: Ref, run: Run): void {
  const properties = draft['properties'];
  if (draft['additionalProperties'] !== false || !isJsonObject(properties)) return;
  for (const name of required) {
    if (Object.hasOwn(properties, name)) continue;
    required.delete(name);
    run.resolver.repaired(`"${name}" is required but the object may not hold it.`, at);
  }
}

function readMap(
  draft: Draft,
  keyword: string,
  node: Mapping,
  at: Ref,
  run: Run,
  convert: Convert,
): void {
  if (!isMapping(node[keyword])) return;
  const map = run.resolver.child(at, keyword);
  const schemas: [string, JsonObject][] = [];
  for (const name of Object.keys(node[keyword])) {
    const child = run.resolver.child(map, name);
    if (keyword === 'patternProperties' && !isPattern(name)) {
      run.resolver.repaired('A pattern of property names cannot be read and was left out.', child);
      if (draft['additionalProperties'] === false) delete draft['additionalProperties'];
    } else {
      schemas.push([name, convert(child, run).schema]);
    }
  }
  if (schemas.length > 0) draft[keyword] = Object.fromEntries(schemas);
}

/** `dependencies` of older drafts is `dependentRequired` or `dependentSchemas` by what it holds. */
function readDependencies(draft: Draft, node: Mapping, at: Ref, run: Run, convert: Convert): void {
  const names: [string, Json][] = [];
  const schemas: [string, Json][] = [];
  for (const keyword of ['dependencies', 'dependentRequired']) {
    const map = node[keyword];
    if (!isMapping(map)) continue;
    for (const [name, value] of Object.entries(map)) {
      if (isList(value)) {
        names.push([name, [...new Set(value.filter((item) => typeof item === 'string'))]]);
      } else if (isMapping(value)) {
        schemas.push([name, convert(run.resolver.child(at, keyword, name), run).schema]);
      }
    }
  }
  if (names.length > 0) draft['dependentRequired'] = Object.fromEntries(names);
  if (schemas.length === 0) return;
  const earlier = draft['dependentSchemas'];
  draft['dependentSchemas'] = {
    ...(isJsonObject(earlier) ? earlier : {}),
    ...Object.fromEntries(schemas),
  };
}
