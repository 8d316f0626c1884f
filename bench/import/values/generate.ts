/** Arguments made of a schema: the same for the same seed, and awkward on purpose. */
import { createHash } from 'node:crypto';
import { parseExact, type Json } from '../../../gateway/src/kernel/index.ts';
import { isTree, listOf, textOf, treeOf, type Tree } from '../tree.ts';

/** What a place on the wire can hold. */
export interface Room {
  /** Only JSON has null, empty lists and objects, and parts of any depth. */
  readonly isJson: boolean;
  /** A text as it can stand there; items and members are asked for with `isPart`. */
  fit(text: string, isPart: boolean): string;
}

/** Numbers from 0 up to 1. */
export type Random = () => number;

const TEXTS = [
  'plain',
  'two words',
  'a,b',
  'a/b',
  '100%',
  '%2F',
  'a&b=c',
  'a+b',
  'é ü 漢 😀',
  '[x]',
  '"quoted"',
  "it's",
  'x?y#z',
  'a;b',
  '{a}|~^`',
  '<tag>',
  'back\\slash',
  'a.b',
  '0',
  'false',
  'null',
  ' ',
  '..',
  '',
  '$&@!*()',
  'a:b',
];

const LARGE = '9007199254740993';
const MAX_DEPTH = 5;
/** No schema is followed further than this, whatever it requires. */
const MAX_REQUIRED_DEPTH = 9;

export function randomOf(seed: string): Random {
  const bytes = createHash('sha256').update(seed).digest();
  let state = bytes.readUInt32LE(0) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/** @param root holds the definitions that `schema` refers to */
export function valueOf(schema: unknown, root: Tree, room: Room, random: Random, depth = 0): Json {
  const at = settled(schema, root);
  if (depth > MAX_REQUIRED_DEPTH) return room.isJson ? null : 'deep';
  const chosen = chosenValue(at, room, random);
  if (chosen !== undefined) return chosen;
  const variants = [...listOf(at['anyOf']), ...listOf(at['oneOf'])].filter(
    (one) => room.isJson || settled(one, root)['type'] !== 'null',
  );
  if (variants.length > 0 && depth <= MAX_DEPTH) {
    const { anyOf: _, oneOf: _other, ...own } = at;
    const variant = settled(pick(variants, random), root);
    return valueOf(merged([own, variant]), root, room, random, depth + 1);
  }
  const parts = listOf(at['allOf']);
  if (parts.length > 0 && depth <= MAX_DEPTH) {
    const { allOf: _, ...own } = at;
    const whole = merged([own, ...parts.map((part) => settled(part, root))]);
    return valueOf(whole, root, room, random, depth + 1);
  }
  switch (typeOf(at, room, random)) {
    case 'object':
      return objectOf(at, root, room, random, depth);
    case 'array':
      return arrayOf(at, root, room, random, depth);
    case 'integer':
      return numberIn(at, true, random);
    case 'number':
      return numberIn(at, false, random);
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    default:
      return textIn(at, room, random, depth > 0);
  }
}

function settled(schema: unknown, root: Tree): Tree {
  let at = treeOf(schema);
  for (let hop = 0; hop < 20 && typeof at['$ref'] === 'string'; hop++) {
    const { $ref, ...beside } = at;
    at = { ...treeOf(treeOf(root['$defs'])[textOf($ref).slice('#/$defs/'.length)]), ...beside };
  }
  return at;
}

function merged(parts: readonly Tree[]): Tree {
  const properties = Object.assign({}, ...parts.map((part) => treeOf(part['properties'])));
  const required = parts.flatMap((part) => listOf(part['required']));
  const all: Tree = Object.assign({}, ...parts);
  const hasProperties = Object.keys(properties).length > 0;
  return { ...all, ...(hasProperties ? { properties } : {}), required };
}

function chosenValue(at: Tree, room: Room, random: Random): Json | undefined {
  const values = listOf(at['enum']).filter((one) => room.isJson || one !== null);
  const value = at['const'] ?? pick(values, random);
  if (value === undefined || (value === '' && !room.isJson)) return undefined;
  return parseExact(JSON.stringify(value));
}

function typeOf(at: Tree, room: Room, random: Random): string {
  const listed = Array.isArray(at['type']) ? at['type'] : [at['type']];
  const types = listed.filter((one) => typeof one === 'string' && (room.isJson || one !== 'null'));
  const type = pick(types, random);
  if (typeof type === 'string') return type;
  if (isTree(at['properties'])) return 'object';
  if (at['items'] !== undefined) return 'array';
  return room.isJson ? (pick(['string', 'integer', 'boolean'], random) ?? 'string') : 'string';
}

function objectOf(at: Tree, root: Tree, room: Room, random: Random, depth: number): Json {
  const required = new Set(listOf(at['required']));
  const members: [string, Json][] = [];
  for (const [name, schema] of Object.entries(treeOf(at['properties']))) {
    const isWanted = required.has(name) || (depth < 3 && random() < 0.4);
    if (isWanted) members.push([name, valueOf(schema, root, room, random, depth + 1)]);
  }
  const isEmpty = members.length === 0 && !room.isJson;
  const more = at['additionalProperties'];
  const [name, schema] = Object.entries(treeOf(at['properties']))[0] ?? ['', {}];
  if (isEmpty && name !== '') members.push([name, valueOf(schema, root, room, random, depth + 1)]);
  else if (more !== false && depth <= MAX_DEPTH && (isEmpty || isTree(more))) {
    members.push(['k1', valueOf(more, root, room, random, depth + 1)]);
  }
  return Object.fromEntries(members);
}

function arrayOf(at: Tree, root: Tree, room: Room, random: Random, depth: number): Json {
  const least = Math.max(Number(at['minItems'] ?? 0), room.isJson ? 0 : 1);
  const wanted = depth < 2 ? 3 : 1;
  const most = Math.min(Number(at['maxItems'] ?? wanted), Math.max(wanted, least));
  const count = depth > MAX_DEPTH ? least : least + Math.floor(random() * (most - least + 1));
  return Array.from({ length: Math.min(count, 10) }, () =>
    valueOf(at['items'], root, room, random, depth + 1),
  );
}

function numberIn(at: Tree, isWhole: boolean, random: Random): Json {
  const least = Number(at['minimum'] ?? at['exclusiveMinimum'] ?? -Infinity);
  const most = Number(at['maximum'] ?? at['exclusiveMaximum'] ?? Infinity);
  const known = isWhole ? ['0', '1', '-7', LARGE, '42'] : ['0', '1.5', '-0.25', '1e21', LARGE];
  const bounds = [least, most].filter(Number.isFinite).map(String);
  const fitting = [...known, ...bounds].filter((one) => +one >= least && +one <= most);
  return parseExact(pick(fitting, random) ?? '1');
}

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['date', '2026-02-28'],
  ['date-time', '2026-02-28T23:59:59+01:00'],
  ['time', '23:59:59Z'],
  ['email', 'a+b@example.com'],
  ['uri', 'https://example.com/a?b=c&d=%20#e'],
  ['uuid', '123e4567-e89b-42d3-a456-426614174000'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['hostname', 'example.com'],
]);

function textIn(at: Tree, room: Room, random: Random, isPart: boolean): string {
  const text = FORMATS.get(textOf(at['format'])) ?? pick(TEXTS, random) ?? '';
  const least = Number(at['minLength'] ?? 0);
  const long = text.length < least ? text.padEnd(Math.min(least, 2000), 'x') : text;
  const cut = long.slice(0, Number(at['maxLength'] ?? 2000)).toWellFormed();
  return room.fit(cut, isPart);
}
