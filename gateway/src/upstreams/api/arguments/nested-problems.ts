/** What a compiled validator found, in words. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearest } from '../../../config/index.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { expected } from './expected.ts';
import { below, listed, shown, type Problem } from './problem.ts';

const COMPOSITES: ReadonlySet<string> = new Set(['anyOf', 'oneOf']);
/** Say only that something below them failed, which is told by itself. */
const FRAMES: ReadonlySet<string> = new Set(['if', 'propertyNames']);
const MAX_NAMES = 12;

/** What was judged: a value at its path, by a schema whose definitions stand in `root`. */
export interface Judged {
  readonly value: Json;
  readonly path: string;
  readonly schema: Json;
  readonly root: JsonObject;
}

/** @returns at least one problem */
export function nestedProblems(errors: readonly ErrorObject[], judged: Judged): Problem[] {
  const told = withoutBranches(errors).filter((error) => !FRAMES.has(error.keyword));
  const found = new Map<string, Problem>();
  for (const error of told) {
    const problem = inWords(error, judged);
    found.set(`${problem.path} ${problem.text}`, problem);
  }
  if (found.size > 0) return [...found.values()];
  return [{ path: judged.path, text: `must be ${expected(judged.schema, judged.root)}.` }];
}

/** Leaves out what failed inside of a choice: no branch of it was meant for sure. */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = new Set(
    errors.filter((error) => COMPOSITES.has(error.keyword)).map((error) => error.instancePath),
  );
  return errors.filter(({ instancePath, keyword }) => {
    if (choices.has(instancePath) && !COMPOSITES.has(keyword)) return false;
    let above = instancePath;
    while (above !== '') {
      above = above.slice(0, above.lastIndexOf('/'));
      if (choices.has(above)) return false;
    }
    return true;
  });
}

function inWords(error: ErrorObject, judged: Judged): Problem {
  const { root } = judged;
  const { place, data } = placeOf(error.instancePath, judged);
  const { params, keyword } = error;
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return missing(place, String(params['missingProperty']), error, root);
    case 'additionalProperties':
      return unknown(place, String(params['additionalProperty']), error);
    case 'unevaluatedProperties':
      return unknown(place, String(params['unevaluatedProperty']), error);
    case 'uniqueItems':
      return { path: place, text: 'must not hold the same item twice.' };
    case 'not':
      return { path: place, text: `must be something else than ${shown(data)}.` };
    default: {
      const schema = schemaOf(error);
      const words = schema === undefined ? 'a value' : expected(schema, root);
      const rule = words === 'a value' ? (error.message ?? 'is not valid') : `must be ${words}`;
      return { path: place, text: `${rule}, not ${shown(data)}.` };
    }
  }
}

function missing(path: string, name: string, error: ErrorObject, root: JsonObject): Problem {
  const schema = propertiesOf(error);
  const words = expected(schema === undefined ? undefined : ownMember(schema, name), root);
  return { path: below(path, name), text: `is missing: it must be ${words}.` };
}

function unknown(path: string, name: string, error: ErrorObject): Problem {
  const known = Object.keys(propertiesOf(error) ?? {});
  return { path: below(path, name), text: unknownText(name, known, 'member') };
}

/** @param what an `argument` or a `member` is known by its name */
export function unknownText(name: string, known: readonly string[], what: string): string {
  const near = nearest(name, known) ?? onlyLonger(name, known);
  const article = what.startsWith('a') ? 'an' : 'a';
  if (near !== undefined) return `is not ${article} ${what} here; did you mean ${near}?`;
  if (known.length === 0) return `is not ${article} ${what} here; none are taken.`;
  const some = known.slice(0, MAX_NAMES);
  const more = known.length - some.length;
  const names = listed(more > 0 ? [...some, `${more} more`] : some, 'and');
  return `is not ${article} ${what} here; leave it out. Known are ${names}.`;
}

/** `latitude` for `lat`, where nothing else begins so. */
function onlyLonger(name: string, known: readonly string[]): string | undefined {
  if (name.length < 3) return undefined;
  const found = known.filter((each) => each.toLowerCase().startsWith(name.toLowerCase()));
  return found.length === 1 ? found[0] : undefined;
}

function schemaOf(error: ErrorObject): JsonObject | undefined {
  const schema: Json | undefined = error.parentSchema;
  return isJsonObject(schema) ? schema : undefined;
}

function propertiesOf(error: ErrorObject): JsonObject | undefined {
  const schema = schemaOf(error);
  const properties = schema === undefined ? undefined : ownMember(schema, 'properties');
  return isJsonObject(properties) ? properties : undefined;
}

/** What a JSON Pointer leads to below the judged value, and its place as a model writes it. */
function placeOf(pointer: string, { value, path }: Judged): { place: string; data: Json } {
  let place = path;
  let data = value;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    place = below(place, isJsonArray(data) ? Number(key) : key);
    data =
      (isJsonArray(data) ? data[Number(key)] : isJsonObject(data) ? ownMember(data, key) : null) ??
      null;
  }
  return { place, data };
}
