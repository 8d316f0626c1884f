/** Whether a schema knows a path, and which names it has at its top. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';

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
    const properties = ownMember(object, 'properties');
    if (!isJsonObject(properties)) continue;
    if (Object.hasOwn(properties, path)) return true;
    for (let at = path.indexOf('.'); at >= 0; at = path.indexOf('.', at + 1)) {
      const below = ownMember(properties, path.slice(0, at));
      if (below !== undefined && reaches(walk, below, path.slice(at + 1))) return true;
    }
  }
  return false;
}

/** Every schema of an object that this one may mean: through references, unions and lists. */
function objectsOf(walk: Walk, schema: Json | undefined): readonly JsonObject[] {
  if (!isJsonObject(schema) || walk.steps++ > MAX_STEPS) return [];
  const found: JsonObject[] = [];
  const reference = ownMember(schema, '$ref');
  if (typeof reference === 'string' && reference.startsWith(LOCAL)) {
    const definitions = ownMember(walk.root, '$defs');
    if (isJsonObject(definitions)) {
      found.push(...objectsOf(walk, ownMember(definitions, reference.slice(LOCAL.length))));
    }
  }
  if (isJsonObject(ownMember(schema, 'properties'))) found.push(schema);
  for (const key of PARTS) {
    const parts = ownMember(schema, key);
    if (isJsonArray(parts)) for (const part of parts) found.push(...objectsOf(walk, part));
  }
  found.push(...objectsOf(walk, ownMember(schema, 'items')));
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
    const properties = ownMember(object, 'properties');
    if (!isJsonObject(properties)) continue;
    for (const [name, part] of Object.entries(properties)) {
      const [below] = isListSchema(walk, part) ? samplesBelow(walk, part) : [];
      paths.push(below === undefined ? name : `${name}.${below}`);
      if (paths.length >= count) return paths;
    }
  }
  return paths;
}

function isListSchema(walk: Walk, schema: Json): boolean {
  return isJsonObject(schema) && walk.steps < MAX_STEPS && isJsonObject(ownMember(schema, 'items'));
}

function samplesBelow(walk: Walk, schema: Json): readonly string[] {
  return objectsOf(walk, schema).flatMap((object) => {
    const properties = ownMember(object, 'properties');
    return isJsonObject(properties) ? Object.keys(properties) : [];
  });
}
