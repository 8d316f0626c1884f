/** Answers to introspections that tell less than they should, as far as they can be used. */

type Told = Readonly<Record<string, unknown>>;

/** What was left out or filled in, in words. */
export type Mended = { readonly schema: Told; readonly repairs: readonly string[] };

const MAX_REPAIRS = 100;
const MAX_WRAPS = 64;
const BUILT_IN = ['String', 'Int', 'Float', 'Boolean', 'ID'] as const;
const LISTS: Readonly<Record<string, readonly string[]>> = {
  OBJECT: ['fields', 'interfaces'],
  INTERFACE: ['fields', 'interfaces', 'possibleTypes'],
  UNION: ['possibleTypes'],
  ENUM: ['enumValues'],
  INPUT_OBJECT: ['inputFields'],
};

/**
 * Old servers know no `interfaces` of interfaces, some tell no directives, and those that show each
 * asker only part leave out types that others refer to: fields of such types are left out, too.
 * @param schema what stands under `__schema`
 */
export function mendIntrospection(schema: Told): Mended {
  const types = listOf(schema['types']).filter((type) => typeof type['name'] === 'string');
  const names = new Set(types.map((type) => type['name']));
  const missing = BUILT_IN.filter((name) => !names.has(name));
  for (const name of missing) names.add(name);
  const mending: Mending = { names, repairs: [] };
  const scalars = missing.map((name) => ({ kind: 'SCALAR', name }));
  const directives = listOf(schema['directives']).map((one) => ({
    ...one,
    locations: Array.isArray(one['locations']) ? one['locations'] : [],
    args: inputsOf(one['args'], `directive @${String(one['name'])}`, mending).kept,
  }));
  return {
    schema: {
      ...schema,
      types: [...types.map((type) => typeOf(type, mending)), ...scalars],
      directives,
    },
    repairs: mending.repairs,
  };
}

interface Mending {
  /** Of types that are told. */
  readonly names: Set<unknown>;
  readonly repairs: string[];
}

function typeOf(type: Told, mending: Mending): Told {
  const name = String(type['name']);
  const kind = String(type['kind']);
  const own = Object.hasOwn(LISTS, kind) ? (LISTS[kind] ?? []) : [];
  const lists: Record<string, readonly Told[]> = Object.fromEntries(
    own.map((key) => [key, listOf(type[key])]),
  );
  if (lists['fields'] !== undefined) {
    lists['fields'] = lists['fields'].flatMap((field) => fieldOf(field, name, mending));
  }
  if (lists['inputFields'] !== undefined) {
    lists['inputFields'] = inputsOf(lists['inputFields'], name, mending).kept;
  }
  for (const key of ['interfaces', 'possibleTypes']) {
    if (lists[key] === undefined) continue;
    lists[key] = lists[key].filter((one) => mending.names.has(one['name']));
  }
  return { ...type, ...lists };
}

function fieldOf(field: Told, owner: string, mending: Mending): readonly Told[] {
  const place = `${owner}.${String(field['name'])}`;
  const unknown = unknownType(field['type'], mending);
  if (unknown !== undefined) {
    tell(mending, `${place} is left out: its type ${unknown} is not told`);
    return [];
  }
  const { kept, needed } = inputsOf(field['args'], place, mending);
  if (needed !== '') {
    tell(mending, `${place} is left out: it needs ${needed}, whose type is not told`);
    return [];
  }
  const isOld = field['isDeprecated'] === true && typeof field['deprecationReason'] !== 'string';
  return [{ ...field, args: kept, ...(isOld ? { deprecationReason: 'No longer supported' } : {}) }];
}

/** @returns `needed`: one that is not told and has to be given; '' for none */
function inputsOf(
  inputs: unknown,
  owner: string,
  mending: Mending,
): { readonly kept: readonly Told[]; readonly needed: string } {
  let needed = '';
  const kept = listOf(inputs).filter((input) => {
    const { type, name, defaultValue } = input;
    const unknown = unknownType(type, mending);
    if (unknown === undefined) return true;
    const isNeeded = isTold(type) && type['kind'] === 'NON_NULL' && (defaultValue ?? null) === null;
    if (isNeeded) needed = String(name);
    tell(mending, `${owner}.${String(name)} is left out: its type ${unknown} is not told`);
    return false;
  });
  return { kept, needed };
}

/** @returns the name of a type that is not told; undefined where it is, or nothing can be said */
function unknownType(type: unknown, { names }: Mending): string | undefined {
  let at = type;
  for (let wraps = 0; wraps < MAX_WRAPS && isTold(at); wraps++) {
    const { name, ofType } = at;
    if (typeof name === 'string') return names.has(name) ? undefined : name.slice(0, 100);
    at = ofType;
  }
  return undefined;
}

function tell({ repairs }: Mending, text: string): void {
  if (repairs.length < MAX_REPAIRS) repairs.push(text);
}

function listOf(value: unknown): Told[] {
  return Array.isArray(value) ? value.filter(isTold) : [];
}

function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
