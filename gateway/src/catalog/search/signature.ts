/** What has to be known of a tool to call it at once. */
import type { ItemSource } from '../items/rewritten-item.ts';

/** Names of optional arguments that are shown. */
const MAX_OPTIONAL = 24;
const MAX_REQUIRED = 48;
const MAX_TYPE_CHARACTERS = 80;

export interface Signature {
  /** Type in a few words of each argument that must be given. */
  readonly required: Readonly<Record<string, string>>;
  /** Names of further arguments. */
  readonly optional: readonly string[];
  /** As the upstream annotates it; never a promise. */
  readonly effect: 'read' | 'write' | 'destroy' | 'unknown';
}

type Members = Readonly<Record<string, unknown>>;

/** @returns undefined where the definition turns out not to be usable */
export function signatureOf(item: ItemSource): Signature | undefined {
  if ('code' in item.parts()) return undefined;
  const tool = membersOf(JSON.parse(item.definition.toString()));
  const schema = membersOf(tool['inputSchema']);
  const properties = membersOf(schema['properties']);
  const names = strings(schema['required']);
  const definitions = membersOf(schema['$defs'] ?? schema['definitions']);
  const required = names
    .slice(0, MAX_REQUIRED)
    .map((name): [string, string] => [name, typeText(own(properties, name), definitions, 3)]);
  const isRequired = new Set(names);
  return {
    required: Object.fromEntries(required),
    optional: Object.keys(properties)
      .filter((name) => !isRequired.has(name))
      .slice(0, MAX_OPTIONAL),
    effect: effectOf(membersOf(tool['annotations'])),
  };
}

function effectOf(annotations: Members): Signature['effect'] {
  if (annotations['readOnlyHint'] === true) return 'read';
  if (annotations['destructiveHint'] === true) return 'destroy';
  return annotations['destructiveHint'] === false ? 'write' : 'unknown';
}

/** @param depth how many further levels are looked into */
function typeText(schema: unknown, definitions: Members, depth: number): string {
  const members = membersOf(schema);
  const reference = members['$ref'];
  if (typeof reference === 'string' && depth > 0) {
    return typeText(own(definitions, nameIn(reference)), definitions, depth - 1);
  }
  if ('const' in members) return cut(JSON.stringify(members['const']) ?? 'any');
  const choices: unknown = members['enum'];
  if (Array.isArray(choices)) {
    return cut(
      choices
        .slice(0, 20)
        .map((each) => JSON.stringify(each))
        .join('|'),
    );
  }
  const either = members['anyOf'] ?? members['oneOf'];
  if (Array.isArray(either) && depth > 0) {
    const texts = either.slice(0, 6).map((each) => typeText(each, definitions, depth - 1));
    return cut([...new Set(texts)].join('|'));
  }
  return cut(plainType(members, definitions, depth));
}

function plainType(members: Members, definitions: Members, depth: number): string {
  const { type, format, items } = members;
  if (Array.isArray(type)) return strings(type).join('|');
  if (type === 'array') {
    return depth > 0 && items !== undefined
      ? `${typeText(items, definitions, depth - 1)}[]`
      : 'array';
  }
  if (typeof type !== 'string') return 'any';
  return typeof format === 'string' ? `${type} (${format})` : type;
}

function strings(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === 'string')
    : [];
}

function nameIn(reference: string): string {
  return reference
    .slice(reference.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}

function cut(text: string): string {
  return text.length <= MAX_TYPE_CHARACTERS
    ? text
    : `${text.slice(0, MAX_TYPE_CHARACTERS - 1).toWellFormed()}…`;
}

function own(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
