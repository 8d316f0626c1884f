/** Arguments that a schema takes: the least, and as many as there can be. */
import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

/** `least` gives what is required, `full` also what is optional, as deep as the budget goes. */
export type Extent = 'least' | 'full';

const MAX_DEPTH = 40;
/** Of optional parts. */
const MAX_FULL_DEPTH = 7;
const MAX_VALUES = 1500;
const SEED = 7;
/** How a schema says that a text is an ID. */
const UNIQUE = 'Unique in the message.';
/** The judge declares it, so that it may stand where any element may that is declared. */
const FREE_ELEMENT = '<free xmlns="urn:judge:calls"/>';

/** The same for the same schema. */
export function sampleOf(root: Schema, extent: Extent): Record<string, never> {
  return new Sampler(root, extent).value(root, 0) as Record<string, never>;
}

class Sampler {
  private readonly root: Schema;
  private readonly extent: Extent;
  private readonly costs: ReadonlyMap<string, number>;
  private values = 0;
  private turns = 0;

  constructor(root: Schema, extent: Extent) {
    this.root = root;
    this.extent = extent;
    this.costs = costsOf((root['$defs'] ?? {}) as Record<string, Schema>);
  }

  /** @returns undefined where nothing says what fits */
  value(schema: Schema, depth: number): unknown {
    this.values++;
    if (depth > MAX_DEPTH) return {};
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      const name = reference.split('/').at(-1) ?? '';
      const found = (this.root['$defs'] as Record<string, Schema>)[name] ?? {};
      return this.value(found, depth + 1);
    }
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum'])) return this.oneOf(schema['enum'], () => 0);
    if (schema['description'] === UNIQUE) return `id-${this.turns++}`;
    if (Array.isArray(schema['examples'])) return schema['examples'][0];
    const ways = schema['anyOf'];
    if (Array.isArray(ways) && schema['properties'] === undefined) {
      const way = this.oneOf(ways as Schema[], (one) => costOf(one, this.costs));
      return this.value(way ?? {}, depth + 1);
    }
    const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
    switch (type) {
      case 'object':
        return this.object(schema, depth);
      case 'array':
        return this.list(schema, depth);
      case 'boolean':
        return true;
      case 'integer':
      case 'number':
        return number(schema, type === 'integer');
      case 'null':
        return null;
      default:
        if ('not' in schema) return undefined;
        return text(schema);
    }
  }

  private isFull(depth: number): boolean {
    return this.extent === 'full' && depth < MAX_FULL_DEPTH * 2 && this.values < MAX_VALUES;
  }

  /** The one that needs least, or each in turn. */
  private oneOf<T>(all: readonly T[], cost: (one: T) => number): T | undefined {
    if (this.extent === 'full' && this.values < MAX_VALUES) return all[this.turns++ % all.length];
    return all.toSorted((a, b) => cost(a) - cost(b))[0];
  }

  private list(schema: Schema, depth: number): unknown {
    const least = Number(schema['minItems'] ?? 0);
    const most = Number(schema['maxItems'] ?? 100);
    const wanted = this.isFull(depth) ? 2 : 1;
    const count = Math.min(Math.max(least, wanted), Math.max(most, least), 100);
    const items = schema['items'] as Schema;
    const made = Array.from({ length: count }, () => this.value(items, depth + 1));
    return made.includes(undefined) ? undefined : made;
  }

  private object(schema: Schema, depth: number): unknown {
    const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
    const names = new Set((schema['required'] ?? []) as string[]);
    const left = new Set<string>();
    for (const rule of [schema, ...((schema['allOf'] ?? []) as Schema[])]) {
      const branches = (rule['oneOf'] ?? rule['anyOf'] ?? []) as { required?: string[] }[];
      const chosen = this.oneOf(branches, ({ required = [] }) =>
        Math.max(0, ...required.map((name) => costOf(properties[name] ?? {}, this.costs))),
      );
      for (const branch of branches) {
        for (const name of branch.required ?? []) (branch === chosen ? names : left).add(name);
      }
    }
    for (const name of this.isFull(depth) ? Object.keys(properties) : []) {
      if (!left.has(name)) names.add(name);
    }
    const ordered = Object.keys(properties).filter((name) => names.has(name));
    const made = ordered.map((name) => [name, this.value(properties[name] ?? {}, depth + 1)]);
    return Object.fromEntries(made.filter(([, value]) => value !== undefined));
  }
}

/** How deep the least value of each definition is; those that only hold themselves are not in it. */
function costsOf(defs: Readonly<Record<string, Schema>>): ReadonlyMap<string, number> {
  const costs = new Map<string, number>();
  for (let before = -1; before !== costs.size;) {
    before = costs.size;
    for (const [name, schema] of Object.entries(defs)) {
      const cost = costs.has(name) ? Infinity : costOf(schema, costs);
      if (cost < Infinity) costs.set(name, cost);
    }
  }
  return costs;
}

function costOf(schema: Schema, costs: ReadonlyMap<string, number>): number {
  const reference = schema['$ref'];
  if (typeof reference === 'string')
    return costs.get(reference.split('/').at(-1) ?? '') ?? Infinity;
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const needed = (names: readonly string[]): number =>
    Math.max(0, ...names.map((name) => costOf(properties[name] ?? {}, costs)));
  const ways = (schema['anyOf'] ?? schema['oneOf'] ?? []) as (Schema & { required?: string[] })[];
  const least = ways.map((one) =>
    schema['properties'] === undefined ? costOf(one, costs) : needed(one.required ?? []),
  );
  const items = schema['items'] as Schema | undefined;
  return (
    1 +
    needed((schema['required'] ?? []) as string[]) +
    (least.length === 0 ? 0 : Math.min(...least)) +
    (items === undefined ? 0 : costOf(items, costs))
  );
}

function number(schema: Schema, isInteger: boolean): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema as Record<
    string,
    number | undefined
  >;
  const step = multipleOf ?? 1;
  if (minimum !== undefined) return isInteger ? Math.ceil(minimum) : minimum;
  if (exclusiveMinimum !== undefined) return exclusiveMinimum + step;
  return maximum ?? (exclusiveMaximum === undefined ? 1 : exclusiveMaximum - step);
}

function text(schema: Schema): string | undefined {
  const { minLength = 0, maxLength = 1000 } = schema as Record<string, number | undefined>;
  if (schema['contentEncoding'] === 'base64') return 'AAEC';
  const said = typeof schema['description'] === 'string' ? schema['description'] : '';
  if (said.startsWith('XML of one element'))
    return / Of namespace/.test(said) ? undefined : FREE_ELEMENT;
  const rules = [schema, ...((schema['allOf'] ?? []) as Schema[])];
  const patterns = rules.flatMap(({ pattern }) => (typeof pattern === 'string' ? [pattern] : []));
  const found = patterns.length > 0 ? fitting(patterns, minLength, maxLength) : undefined;
  return (
    found ??
    'text'
      .repeat(Math.ceil(Math.max(minLength, 1) / 4))
      .slice(0, Math.max(minLength, Math.min(4, maxLength)))
  );
}

const LETTERS = ['a', 'A', '1', '12', 'AB', 'ABC', 'en', 'a@b.c', 'http://a', 'urn:a'];

/** A text that all patterns take: a plain one where one does, else one made of the last pattern. */
function fitting(patterns: readonly string[], min: number, max: number): string | undefined {
  const all = patterns.map((one) => new RegExp(one, 'u'));
  const fits = (one: string): boolean =>
    one.length >= min && one.length <= max && all.every((regex) => regex.test(one));
  const long = ['1', 'A', 'a'].flatMap((one) =>
    Array.from({ length: 40 }, (_, at) => one.repeat(Math.max(1, min) + at)),
  );
  const plain = [...LETTERS, ...long].find(fits);
  if (plain !== undefined) return plain;
  for (const pattern of patterns.toReversed()) {
    const made = matching(pattern).find(fits);
    if (made !== undefined) return made;
  }
  return undefined;
}

/** Some texts of a pattern, of those patterns that the maker of texts reads. */
function matching(pattern: string): readonly string[] {
  const simple = pattern
    .replaceAll(String.raw`[\p{L}_:]`, '[a-z]')
    .replaceAll(String.raw`\p{L}`, 'a-z')
    .replaceAll(String.raw`\p{N}`, '0-9');
  try {
    return fc.sample(fc.stringMatching(new RegExp(simple)), { numRuns: 200, seed: SEED });
  } catch {
    return [];
  }
}
