/** Any arguments of any small schema arrive at a real server as they were given. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startGateway } from '../../kit/gateway.ts';
import { startGraphQl } from '../../kit/graphql-server.ts';
import { callTool } from '../../kit/rest-request.ts';

/** A type of input: as it is written, and a value of it, as JSON text. */
interface Kind {
  readonly type: string;
  readonly value: fc.Arbitrary<string>;
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((one) => JSON.stringify(one));
/** Whatever JSON can say but null, which no scalar is where it must be given. */
const json = fc
  .jsonValue({ maxDepth: 2 })
  .filter((one) => one !== null)
  .map((one) => JSON.stringify(one));
const SCALARS: readonly Kind[] = [
  { type: 'String', value: text },
  { type: 'Int', value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String) },
  { type: 'Float', value: fc.integer().map((one) => `${one}.5`) },
  { type: 'Boolean', value: fc.constantFrom('true', 'false') },
  { type: 'ID', value: text },
  { type: 'Odd', value: fc.constantFrom('"_"', '"type"', '"_x1"', '"UPPER_lower"') },
  { type: 'JSON', value: json },
  { type: 'DateTime', value: fc.constant('"2026-01-31T12:00:00.000Z"') },
  {
    type: 'BigInt',
    value: fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }).map((one) => `"${one}"`),
  },
];

/** Names that a gateway might take for something of its own. */
const NAMES = [
  'a',
  '_b',
  'first',
  'query',
  'variables',
  'operationName',
  'extensions',
  'input',
  'null',
];

/** May be left out, be null, or be given; lists of it, and lists of lists. */
function wrapped({ type, value }: Kind): readonly Kind[] {
  const orNull = fc.oneof(
    { weight: 4, arbitrary: value },
    { arbitrary: fc.constant('null'), weight: 1 },
  );
  const list = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.array(item, { maxLength: 3 }).map((items) => `[${items.join(',')}]`);
  return [
    { type, value: orNull },
    { type: `${type}!`, value },
    { type: `[${type}]!`, value: list(type === 'JSON' ? value : orNull) },
    { type: `[[${type}!]!]`, value: list(list(value)) },
  ];
}

const leaf = fc.constantFrom(...SCALARS.flatMap(wrapped));
/** Fields of an input or arguments of a field. */
const members = (kind: fc.Arbitrary<Kind>) =>
  fc.dictionary(fc.constantFrom(...NAMES), kind, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

interface Made {
  readonly sdl: string;
  /** Arguments as JSON text, whose members may be left out where they may be null. */
  readonly args: string;
}

function valuesOf(kinds: Readonly<Record<string, Kind>>): fc.Arbitrary<string> {
  const parts = Object.entries(kinds).map(([name, { type, value }]) => {
    const given = value.map((one) => `${JSON.stringify(name)}:${one}`);
    return type.endsWith('!')
      ? given
      : fc.oneof({ weight: 3, arbitrary: given }, { weight: 1, arbitrary: fc.constant('') });
  });
  return fc.tuple(...parts).map((all) => `{${all.filter((one) => one !== '').join(',')}}`);
}

const written = (kinds: Readonly<Record<string, Kind>>): string =>
  Object.entries(kinds)
    .map(([name, { type }]) => `${name}: ${type}`)
    .join(' ');

const made: fc.Arbitrary<Made> = members(leaf).chain((inner) => {
  const input: Kind = { type: 'In', value: valuesOf(inner) };
  const kind = fc.oneof(leaf, fc.constantFrom(...wrapped(input)));
  return members(kind).chain((outer) =>
    valuesOf(outer).map((args) => ({
      sdl: `enum Odd { _ type _x1 UPPER_lower } scalar JSON scalar DateTime scalar BigInt
        input In { ${written(inner)} }
        type Query { nothing: Int } type Mutation { take(${written(outer)}): JSON }`,
      args,
    })),
  );
});

test('what is given is what arrives, null and nothing included', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(made, async ({ sdl, args }) => {
      let landed: unknown;
      const take = (_: unknown, given: unknown): number => {
        landed = given;
        return 1;
      };
      await using server = await startGraphQl(sdl, { Mutation: { take } });
      await using gateway = await startGateway({
        upstreams: { api: { graphql: server.url } },
        policy: { default: 'allow' },
      });
      const told = await callTool(gateway, 'api__take', args);
      expect([told.status, told.text]).toEqual([200, expect.any(String)]);
      expect(JSON.parse(JSON.stringify(landed))).toEqual(JSON.parse(args));
    }),
    { numRuns: 25 },
  );
});
