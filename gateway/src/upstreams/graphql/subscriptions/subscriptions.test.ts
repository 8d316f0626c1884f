import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { stringifyExact } from '../../../kernel/index.ts';
import type { Skipped } from '../../api/model.ts';
import { graphQlSchema } from '../config-schema.ts';
import { limitsOf, subscriptionsConfig, subscriptionsSchema } from './config-schema.ts';
import { subscriptionsOf } from './find-subscriptions.ts';
import { readVariables } from './read-variables.ts';

const SCHEMA = buildSchema(`
  scalar BigInt
  enum Status { OPEN PAID }
  input Filter { minTotal: BigInt, statuses: [Status!] }
  type Order { id: ID! status: Status! customer: Customer }
  type Customer { name: String! }
  type Query { hello: String }
  type Subscription {
    "New orders."
    orderAdded: Order!
    orderChanged(id: ID!, status: Status = OPEN): Order
    totals(from: BigInt, list: [[Int!]!], filter: Filter, on: Boolean, text: String): BigInt
  }
`);

function found(written: unknown, ...files: string[]) {
  const skipped: Skipped[] = [];
  const sources = files.map((text, at) => ({
    location: `${at}.graphql`,
    bytes: Buffer.from(text),
  }));
  const all = subscriptionsOf(SCHEMA, sources, subscriptionsSchema.parse(written), skipped);
  return {
    all,
    names: [...all.keys()],
    skipped: skipped.map(({ what, why }) => `${what}: ${why}`),
  };
}

describe('which there are', () => {
  test('none without a word of the operator', () => {
    const { names, skipped } = found(false);
    expect(names).toEqual([]);
    expect(skipped).toHaveLength(3);
    expect(skipped[0]).toMatch(
      /^subscription orderAdded: .*graphql\.subscriptions makes resources/,
    );
  });

  test('all of the root, each with what is asked of it', () => {
    const { all, names, skipped } = found(true);
    expect(names).toEqual(['orderAdded', 'orderChanged', 'totals']);
    expect(skipped).toEqual([]);
    expect(all.get('orderAdded')).toMatchObject({
      title: 'Order added',
      description: 'New orders.',
      text: 'subscription orderAdded { orderAdded { id status customer { name } } }',
      variables: [],
    });
    expect(all.get('orderChanged')?.text).toBe(
      'subscription orderChanged($id: ID!, $status: Status) { orderChanged(id: $id, status: $status) { id status customer { name } } }',
    );
    expect(all.get('orderChanged')?.variables).toEqual([
      { name: 'id', isRequired: true },
      { name: 'status', isRequired: false },
    ]);
  });

  test('those that are named', () => {
    const { names, skipped } = found(['order*']);
    expect(names).toEqual(['orderAdded', 'orderChanged']);
    expect(skipped).toEqual(['subscription totals: it is not in graphql.subscriptions']);
  });

  const FILE = `
    # Orders that were paid.
    subscription Paid($id: ID!) { orderChanged(id: $id, status: PAID) { ...part } }
    fragment part on Order { id }
    query Hello { hello }
  `;

  test('those in files, and no others where none is named', () => {
    const { all, names, skipped } = found(true, FILE);
    expect(names).toEqual(['Paid']);
    expect(skipped).toHaveLength(3);
    expect(all.get('Paid')).toMatchObject({
      description: 'Orders that were paid.',
      variables: [{ name: 'id', isRequired: true }],
    });
    expect(all.get('Paid')?.text).toMatch(/^subscription Paid.*fragment part on Order/s);
    expect(found({ include: ['*'] }, FILE).names).toEqual([
      'Paid',
      'orderAdded',
      'orderChanged',
      'totals',
    ]);
  });

  test('what does not fit the schema is left out with the reason', () => {
    const broken =
      'subscription A { nothing } subscription { orderAdded { id } } subscription B { orderAdded { id } }';
    const { names, skipped } = found(
      { include: ['none'] },
      broken,
      'subscription B { orderAdded { id } }',
    );
    expect(names).toEqual(['B']);
    expect(skipped.slice(0, 3)).toEqual([
      'subscription A: Cannot query field "nothing" on type "Subscription".',
      'subscription: it has no name',
      'subscription B: another one has its name',
    ]);
  });
});

describe('arguments of an address', () => {
  const one = (name: string) => {
    const all = found(true).all.get(name);
    if (all === undefined) throw new Error(`no ${name}`);
    return all;
  };
  const read = (name: string, pairs: readonly (readonly [string, string])[]): string => {
    const variables = readVariables(SCHEMA, one(name), { pairs });
    return typeof variables === 'string' ? variables : stringifyExact(variables);
  };

  test.each<[string, [string, string][], string]>([
    [
      'orderChanged',
      [
        ['id', '007'],
        ['status', 'PAID'],
      ],
      '{"id":"007","status":"PAID"}',
    ],
    ['totals', [], '{}'],
    ['totals', [['from', '9007199254740993']], '{"from":9007199254740993}'],
    ['totals', [['from', 'tomorrow']], '{"from":"tomorrow"}'],
    ['totals', [['from', '"12"']], '{"from":"12"}'],
    [
      'totals',
      [
        ['on', 'true'],
        ['text', 'true'],
      ],
      '{"on":true,"text":"true"}',
    ],
    ['totals', [['list', '[[1,2],[3]]']], '{"list":[[1,2],[3]]}'],
    [
      'totals',
      [
        ['list', '[1]'],
        ['list', '[2]'],
      ],
      '{"list":[[1],[2]]}',
    ],
    [
      'totals',
      [['filter', '{"minTotal":1e3,"statuses":["PAID"]}']],
      '{"filter":{"minTotal":1e3,"statuses":["PAID"]}}',
    ],
  ])('%s %j', (name, pairs, variables) => {
    expect(read(name, pairs)).toBe(variables);
  });

  test.each<[string, [string, string][], RegExp]>([
    ['orderAdded', [['id', '1']], /^There is no argument "id"; it takes none\.$/],
    ['orderChanged', [['identity', '1']], /it takes id, status/],
    ['orderChanged', [], /^Argument "id" has invalid value: .*"ID!"/],
    [
      'orderChanged',
      [
        ['id', '1'],
        ['status', 'LOST'],
      ],
      /"LOST"/,
    ],
    [
      'orderChanged',
      [
        ['id', '1'],
        ['id', '2'],
      ],
      /Argument "id"/,
    ],
    ['totals', [['on', 'perhaps']], /Boolean/],
    ['totals', [['filter', '{"other":1}']], /"other"/],
    ['totals', [['filter', 'nothing']], /Filter/],
  ])('%s %j is explained', (name, pairs, words) => {
    expect(read(name, pairs)).toMatch(words);
  });
});

describe('the configuration', () => {
  test('in its three forms', () => {
    const read = (written: unknown) => subscriptionsConfig(subscriptionsSchema.parse(written));
    expect(subscriptionsConfig(undefined)).toBeUndefined();
    expect(read(false)).toBeUndefined();
    expect(read(true)).toMatchObject({ transport: 'auto', credentialsIn: 'both' });
    expect(read(['a'])).toMatchObject({ include: ['a'] });
    const limits = limitsOf(subscriptionsConfig(subscriptionsSchema.parse({ maxOpen: 10 }))!);
    expect(limits).toMatchObject({ maxOpen: 10, maxOpenOfOne: 3, idleMs: 60_000, maxEvents: 100 });
  });

  test('says where they are opened', () => {
    const schema = './shop.graphql';
    const read = (written: object) => graphQlSchema.safeParse({ schema, ...written }).success;
    expect(read({ subscriptions: true })).toBe(false);
    expect(read({ subscriptions: false })).toBe(true);
    expect(read({ subscriptions: true, url: 'https://shop.example/graphql' })).toBe(true);
    expect(read({ subscriptions: { url: 'wss://shop.example/graphql' } })).toBe(true);
  });

  test.each([
    [[]],
    [['a b']],
    [{ url: 'ftp://a' }],
    [{ url: 'wss://a:b@c' }],
    [{ maxEvents: 0 }],
    [{ transport: 'polling' }],
    ['all'],
  ])('%j is not taken', (written) => {
    expect(subscriptionsSchema.safeParse(written).success).toBe(false);
  });
});
