/** Whether a schema knows a path, and which names it has at its top. */
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { isList, isObject, memberOf } from './json-shape.ts';

const MAX_STEPS = 400;
const PARTS = ['allOf', 'anyOf', 'oneOf'] as const;
const LOCAL = '#/$defs/';

interface Walk {
  readonly root: JsonObject;
  steps: number;
}

/** @param path dotted, without indices */
export function schemaHasPath(schema: JsonObject | null, path: string): boolean {
  if (schema === null) return false;
  return reaches({ root: schema, steps: 0 }, schema, path);
}

function reaches(walk: Walk, schema: Json | undefined, path: string): boolean {
  for (const object of objectsOf(walk, schema)) {
    const properties = memberOf(object, 'properties');
    if (!isObject(properties)) continue;
    if (Object.hasOwn(properties, path)) return true;
    for (let at = path.indexOf('.'); at >= 0; at = path.indexOf('.', at + 1)) {
      const below = memberOf(properties, path.slice(0, at));
      if (below !== undefined && reaches(walk, below, path.slice(at + 1))) return true;
    }
  }
  return false;
}

/** Every schema of an object that this one may mean: through references, unions and lists. */
function objectsOf(walk: Walk, schema: Json | undefined): readonly JsonObject[] {
  if (!isObject(schema) || walk.steps++ > MAX_STEPS) return [];
  const found: JsonObject[] = [];
  const reference = memberOf(schema, '$ref');
  if (typeof reference === 'string' && reference.startsWith(LOCAL)) {
    const definitions = memberOf(walk.root, '$defs');
    if (isObject(definitions)) {
      found.push(...objectsOf(walk, memberOf(definitions, reference.slice(LOCAL.length))));
    }
  }
  if (isObject(memberOf(schema, 'properties'))) found.push(schema);
  for (const key of PARTS) {
    const parts = memberOf(schema, key);
    if (isList(parts)) for (const part of parts) found.push(...objectsOf(walk, part));
  }
  found.push(...objectsOf(walk, memberOf(schema, 'items')));
  return found;
}

/** A schema whose answers have parts that can be asked for. */
export function hasParts(schema: JsonObject | null): boolean {
  return schema !== null && objectsOf({ root: schema, steps: 0 }, schema).length > 0;
}

/** Some paths of a schema, for an example; those below lists of the top included. */
export function samplePaths(schema: JsonObject | null, count: number): readonly string[] {
  if (schema === null) return [];
  const walk: Walk = { root: schema, steps: 0 };
  const paths: string[] = [];
  for (const object of objectsOf(walk, schema)) {
    const properties = memberOf(object, 'properties');
    if (!isObject(properties)) continue;
    for (const [name, part] of Object.entries(properties)) {
      const [below] = isListSchema(walk, part) ? samplesBelow(walk, part) : [];
      paths.push(below === undefined ? name : `${name}.${below}`);
      if (paths.length >= count) return paths;
    }
  }
  return paths;
}

function isListSchema(walk: Walk, schema: Json): boolean {
  return isObject(schema) && walk.steps < MAX_STEPS && isObject(memberOf(schema, 'items'));
}

function samplesBelow(walk: Walk, schema: Json): readonly string[] {
  return objectsOf(walk, schema).flatMap((object) => {
    const properties = memberOf(object, 'properties');
    return isObject(properties) ? Object.keys(properties) : [];
  });
}
