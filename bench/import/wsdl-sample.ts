/** The least arguments that a schema takes. */

type Schema = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 40;

export function sampleOf(root: Schema): Record<string, never> {
  return sample(root, root, 0) as Record<string, never>;
}

function sample(schema: Schema, root: Schema, depth: number): unknown {
  if (depth > MAX_DEPTH) return {};
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    return sample((root['$defs'] as Record<string, Schema>)[name] ?? {}, root, depth + 1);
  }
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (Array.isArray(schema['examples'])) return schema['examples'][0];
  if (Array.isArray(schema['anyOf']) && schema['properties'] === undefined) {
    return sample(schema['anyOf'][0] as Schema, root, depth + 1);
  }
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return object(schema, root, depth);
    case 'array': {
      const count = Math.max(Number(schema['minItems'] ?? 0), 1);
      return Array.from({ length: Math.min(count, 100) }, () =>
        sample(schema['items'] as Schema, root, depth + 1),
      );
    }
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return number(schema);
    default:
      return text(schema);
  }
}

function object(schema: Schema, root: Schema, depth: number): unknown {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const names = new Set((schema['required'] ?? []) as string[]);
  const rules = [schema, ...((schema['allOf'] ?? []) as Schema[])];
  for (const rule of rules) {
    const [first] = (rule['oneOf'] ?? rule['anyOf'] ?? []) as { required?: string[] }[];
    for (const name of first?.required ?? []) names.add(name);
  }
  return Object.fromEntries(
    [...names].map((name) => [name, sample(properties[name] ?? {}, root, depth + 1)]),
  );
}

function number(schema: Schema): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Record<
    string,
    number | undefined
  >;
  if (minimum !== undefined) return minimum;
  if (exclusiveMinimum !== undefined) return exclusiveMinimum + 1;
  return maximum ?? (exclusiveMaximum === undefined ? 1 : exclusiveMaximum - 1);
}

function text(schema: Schema): string {
  const { minLength = 0, maxLength = 100 } = schema as Record<string, number | undefined>;
  if (schema['contentEncoding'] === 'base64') return 'AAEC';
  const pattern = schema['pattern'];
  const found = typeof pattern === 'string' ? fitting(pattern, minLength, maxLength) : undefined;
  return (
    found ??
    'text'
      .repeat(Math.ceil(Math.max(minLength, 1) / 4))
      .slice(0, Math.max(minLength, Math.min(4, maxLength)))
  );
}

/** Patterns are not read but tried. */
const TRIES = [
  'a',
  'A',
  '1',
  '01',
  '12',
  'AB',
  'ABC',
  'abc',
  '123',
  '1234',
  '12345',
  '123456',
  '1.0',
  'AB-100',
  'a@b.c',
  'a.b',
  '2026-01-31',
  '00000000-0000-0000-0000-000000000000',
  'urn:a',
  'http://a',
  '+41',
  '#1',
  '1:1',
  '',
];

function fitting(pattern: string, min: number, max: number): string | undefined {
  const regex = new RegExp(pattern, 'u');
  const long = ['1', 'A', 'a'].flatMap((one) =>
    Array.from({ length: 40 }, (_, at) => one.repeat(at + 1)),
  );
  return [...TRIES, ...long].find(
    (one) => regex.test(one) && one.length >= min && one.length <= max,
  );
}
