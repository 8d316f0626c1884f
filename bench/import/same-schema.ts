/** Whether two schemas of arguments say the same, whatever their definitions are called. */
import { isTree, treeOf, type Tree } from './tree.ts';

/** Values in one schema with its references followed; what lies beyond is compared by its names. */
const MAX_VALUES = 200_000;

/** Arguments that the gateway adds to those of an operation. */
const CONTROLS: ReadonlySet<string> = new Set(['_fields', '_page', '_max_items']);

/** What a caller is told of the arguments of a tool. */
export interface ToldArguments {
  /** Schema of each argument in its canonical form, by name. */
  readonly schemas: ReadonlyMap<string, string>;
  readonly required: readonly string[];
  /** Everything else at the root but descriptions and definitions. */
  readonly rest: string;
}

/** @param input a tool's input schema; references in it are `#/$defs/<name>` */
export function toldArguments(input: unknown): ToldArguments {
  const root = treeOf(input);
  const { properties, required, $defs, description: _, title: _title, ...rest } = root;
  const told = Object.entries(treeOf(properties)).filter(([name]) => !CONTROLS.has(name));
  return {
    schemas: new Map(told.map(([name, schema]) => [name, canonical(schema, treeOf($defs))])),
    required: (Array.isArray(required) ? required : []).map(String).toSorted(),
    rest: canonical(rest, treeOf($defs)),
  };
}

/** @returns what differs, in words; [] where nothing does */
export function argumentDifferences(before: ToldArguments, after: ToldArguments): string[] {
  const differences: string[] = [];
  for (const [name, schema] of before.schemas) {
    const other = after.schemas.get(name);
    if (other === undefined) differences.push(`argument ${name} is gone`);
    else if (other !== schema) {
      differences.push(`argument ${name}: ${firstDifference(schema, other)}`);
    }
  }
  for (const name of after.schemas.keys()) {
    if (!before.schemas.has(name)) differences.push(`argument ${name} is new`);
  }
  const required = [before.required.join(), after.required.join()];
  if (required[0] !== required[1]) differences.push(`required: ${required.join(' became ')}`);
  if (before.rest !== after.rest)
    differences.push(`root: ${firstDifference(before.rest, after.rest)}`);
  return differences;
}

/** The schema with its references followed and its members in order, as text. */
function canonical(schema: unknown, definitions: Tree): string {
  let left = MAX_VALUES;
  const write = (value: unknown, above: readonly string[], isNames: boolean): unknown => {
    left--;
    if (Array.isArray(value)) return value.map((one) => write(one, above, false));
    if (!isTree(value)) return value;
    const reference = isNames ? undefined : value['$ref'];
    const name = typeof reference === 'string' ? nameIn(reference, definitions) : undefined;
    if (name !== undefined) {
      const { $ref: _, ...beside } = value;
      const at = above.indexOf(name);
      if (at >= 0 || left < 0) {
        const rest = members(beside, above, false);
        return { $up: left < 0 ? 'far' : above.length - at, ...rest };
      }
      return write({ ...treeOf(definitions[name]), ...beside }, [...above, name], false);
    }
    return members(value, above, isNames);
  };
  const members = (tree: Tree, above: readonly string[], isNames: boolean): Tree => {
    const entries = Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      entries.map(([key, value]) => {
        const isSet = !isNames && (key === 'required' || key === 'enum' || key === 'type');
        if (isSet && Array.isArray(value)) return [key, value.map(String).toSorted()];
        const holdsNames = !isNames && (key === 'properties' || key === 'patternProperties');
        return [key, write(value, above, holdsNames)];
      }),
    );
  };
  return JSON.stringify(write(schema, [], false));
}

function nameIn(reference: string, definitions: Tree): string | undefined {
  const name = reference.startsWith('#/$defs/') ? reference.slice('#/$defs/'.length) : '';
  return Object.hasOwn(definitions, name) ? name : undefined;
}

function firstDifference(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  const from = Math.max(0, at - 40);
  return `…${before.slice(from, at + 60)}… became …${after.slice(from, at + 60)}…`;
}
