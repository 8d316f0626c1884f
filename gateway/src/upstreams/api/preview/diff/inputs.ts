/** How the inputs of one tool differ between two imports. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../../kernel/index.ts';
import { isSame, stringsOf } from '../../schema/json.ts';
import { referredName } from '../../schema/walk.ts';
import type { ArgumentPlan, OperationPlan } from '../../model.ts';

export interface InputChange {
  readonly text: string;
  readonly isRisky: boolean;
}

interface Side {
  readonly root: JsonObject;
  readonly schema: JsonObject;
}

/** Levels below the arguments, and differences told of one tool. */
const MAX_DEPTH = 6;
const MAX_CHANGES = 20;

/** @returns what a caller has to know, the most important not first but in the order of the schema */
export function inputChanges(before: OperationPlan, after: OperationPlan): readonly InputChange[] {
  const found: InputChange[] = [];
  const sides = [before, after].map(({ input }) => ({ root: input, schema: input }));
  const [old, now] = sides;
  if (old !== undefined && now !== undefined) compareObjects(old, now, '', 0, found);
  compareWires(before.arguments, after.arguments, found);
  return found.slice(0, MAX_CHANGES);
}

function compareObjects(
  before: Side,
  after: Side,
  path: string,
  depth: number,
  found: InputChange[],
): void {
  const [old, now] = [propertiesOf(before.schema), propertiesOf(after.schema)];
  const [wasRequired, isRequired] = [requiredOf(before.schema), requiredOf(after.schema)];
  for (const name of Object.keys(old)) {
    if (Object.hasOwn(now, name)) continue;
    found.push({ text: `The argument ${path}${name} is gone.`, isRisky: false });
  }
  for (const [name, schema] of Object.entries(now)) {
    if (found.length >= MAX_CHANGES) return;
    const own = `${path}${name}`;
    const needed = isRequired.has(name);
    if (!Object.hasOwn(old, name)) {
      const word = needed ? 'required' : 'optional';
      found.push({ text: `The ${word} argument ${own} is new.`, isRisky: needed });
      continue;
    }
    if (needed !== wasRequired.has(name)) {
      const text = `The argument ${own} is ${needed ? 'required now' : 'no longer required'}.`;
      found.push({ text, isRisky: needed });
    }
    compareValues(
      { root: before.root, schema: settled(old[name], before.root) },
      { root: after.root, schema: settled(schema, after.root) },
      own,
      depth + 1,
      found,
    );
  }
}

function compareValues(
  before: Side,
  after: Side,
  path: string,
  depth: number,
  found: InputChange[],
): void {
  const [old, now] = [typeWords(before.schema), typeWords(after.schema)];
  if (old !== now) {
    found.push({ text: `The argument ${path} was ${old} and is ${now}.`, isRisky: false });
    return;
  }
  const gone = enumOf(before.schema).filter((value) => !enumOf(after.schema).includes(value));
  if (gone.length > 0 && enumOf(after.schema).length > 0) {
    const words = gone.slice(0, 5).join(', ');
    found.push({ text: `The argument ${path} no longer takes ${words}.`, isRisky: false });
  }
  if (depth >= MAX_DEPTH || found.length >= MAX_CHANGES) return;
  compareObjects(before, after, `${path}.`, depth, found);
  const [oldItems, nowItems] = [before, after].map((side) => ({
    root: side.root,
    schema: settled(ownMember(side.schema, 'items'), side.root),
  }));
  if (oldItems !== undefined && nowItems !== undefined && !isSame(oldItems.schema, nowItems.schema))
    compareValues(oldItems, nowItems, `${path}[]`, depth + 1, found);
}

/** The same argument that is sent elsewhere is another one to whoever listens there. */
function compareWires(
  before: readonly ArgumentPlan[],
  after: readonly ArgumentPlan[],
  found: InputChange[],
): void {
  const known = new Map(before.map((argument) => [argument.name, argument]));
  for (const { name, location } of after) {
    const old = known.get(name);
    if (old === undefined || old.location === location) continue;
    const text = `The argument ${name} was sent in the ${old.location} and is sent in the ${location}.`;
    found.push({ text, isRisky: false });
  }
}

function propertiesOf(schema: JsonObject): JsonObject {
  const properties = ownMember(schema, 'properties');
  return isJsonObject(properties) ? properties : {};
}

function requiredOf(schema: JsonObject): ReadonlySet<string> {
  return new Set(stringsOf(ownMember(schema, 'required')));
}

function enumOf(schema: JsonObject): readonly string[] {
  const values = ownMember(schema, 'enum');
  return isJsonArray(values) ? values.map((value) => JSON.stringify(value)) : [];
}

/** What `schema` refers to; {} where it leads nowhere. */
function settled(schema: Json | undefined, root: JsonObject): JsonObject {
  let at = isJsonObject(schema) ? schema : {};
  const definitions = ownMember(root, '$defs');
  for (let hop = 0; hop < 8; hop++) {
    const name = referredName(at);
    if (name === undefined) return at;
    const next = isJsonObject(definitions) ? ownMember(definitions, name) : undefined;
    if (!isJsonObject(next)) return {};
    at = next;
  }
  return {};
}

/** `a list`, `a string or a number`, `one of several shapes`. */
function typeWords(schema: JsonObject): string {
  const type = ownMember(schema, 'type');
  const types = typeof type === 'string' ? [type] : [...stringsOf(type)].sort();
  if (types.length > 0) return types.map((one) => WORDS[one] ?? one).join(' or ');
  const isChoice = ['anyOf', 'oneOf'].some((key) => ownMember(schema, key) !== undefined);
  if (isChoice) return 'one of several shapes';
  return enumOf(schema).length > 0 ? 'one of a list of values' : 'of any type';
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};
