import { describe, expect, test } from 'vitest';
import { readAny, readDocument } from '../test-documents.ts';
import { parseJsonPath } from './json-path.ts';
import { applyOverlay, type Draft } from './overlay.ts';
import { select } from './select.ts';

const store = {
  store: {
    book: [
      { category: 'reference', price: 8.95, title: 'A' },
      { category: 'fiction', price: 12.99, title: 'B', isbn: '1' },
      { category: 'fiction', price: 22.99, title: "C's", isbn: '2' },
    ],
    bicycle: { price: 399, 'a.b': { __proto__x: 1 } },
  },
};

describe('paths', () => {
  const find = (path: string): unknown => {
    const steps = parseJsonPath(path);
    if (typeof steps === 'string') return steps;
    return select(store, steps, { left: 10_000 })?.map(({ node }) => node);
  };

  test.each([
    ['$.store.bicycle.price', [399]],
    ["$['store']['bicycle'][\"a.b\"].__proto__x", [1]],
    ['$.store.book[0].title', ['A']],
    ['$.store.book[-1].title', ["C's"]],
    ['$.store.book[1:].title', ['B', "C's"]],
    ['$.store.book[::-1].title', ["C's", 'B', 'A']],
    ['$.store.book[0, 2].title', ['A', "C's"]],
    ['$.store.book[*].price', [8.95, 12.99, 22.99]],
    ['$..price', [399, 8.95, 12.99, 22.99]],
    ['$..book[?@.isbn].title', ['B', "C's"]],
    ['$..book[?(!@.isbn)].title', ['A']],
    ['$..book[?@.price < 13 && @.category == "fiction"].title', ['B']],
    ["$..book[?@.title == 'C\\'s' || @.price<=8.95].title", ['A', "C's"]],
    ['$.store.book[?@.price > $.store.book[1].price].title', ["C's"]],
    ['$.store[?@.price == 399].price', [399]],
    ['$.none.at.all', []],
    ['$.store.constructor', []],
    ['$.store.book[0, 0].title', ['A']],
  ])('%s', (path, values) => {
    expect(find(path)).toEqual(values);
  });

  test.each([
    ['store', /begins with "\$"/],
    ['$.', /name/],
    ['$.a[', /quotes/],
    ['$.a[1', /"\]"/],
    ['$.a b', /step/],
    ['$..book[?length(@.title) > 1]', /length\(\) is not supported/],
    ['$[?@.a ==]', /literal/],
    [`$${'[?(@'.repeat(40)}`, /nested/],
  ])('%s is refused', (path, why) => {
    expect(parseJsonPath(path)).toMatch(why);
  });

  test('what looks at too much ends', () => {
    const steps = parseJsonPath('$..*..*..*');
    if (typeof steps === 'string') throw new Error(steps);
    expect(select(store, steps, { left: 100 })).toBeUndefined();
  });
});

describe('actions', () => {
  const apply = (root: unknown, ...actions: unknown[]): unknown => {
    const draft: Draft = { root: structuredClone(root), left: 5000, maxDepth: 200, unchecked: 0 };
    const notes = applyOverlay(draft, { overlay: '1.1.0', actions });
    return typeof notes === 'string' ? notes : draft.root;
  };
  const root = { info: { title: 'a', list: [1] }, tags: [{ name: 'x' }, { name: 'y' }] };

  test.each([
    [
      'merges',
      { target: '$.info', update: { title: 'b', more: { c: 1 } } },
      { ...root, info: { title: 'b', list: [1], more: { c: 1 } } },
    ],
    [
      'joins lists',
      { target: '$.info', update: { list: [2] } },
      { ...root, info: { title: 'a', list: [1, 2] } },
    ],
    [
      'adds an item',
      { target: '$.tags', update: { name: 'z' } },
      { ...root, tags: [...root.tags, { name: 'z' }] },
    ],
    [
      'replaces a value',
      { target: '$.info.title', update: 'b' },
      { ...root, info: { title: 'b', list: [1] } },
    ],
    [
      'removes from lists',
      { target: "$.tags[?@.name=='x']", remove: true },
      { ...root, tags: [{ name: 'y' }] },
    ],
    ['removes members', { target: '$.info.list', remove: true }, { ...root, info: { title: 'a' } }],
    [
      'copies',
      { target: '$.tags[0]', copy: '$.tags[1]' },
      { ...root, tags: [{ name: 'y' }, { name: 'y' }] },
    ],
    ['finds nothing', { target: '$.none', update: {} }, root],
  ])('%s', (_, action, expected) => {
    expect(apply(root, action)).toEqual(expected);
  });

  test.each([
    [{ update: {} }, /Action 1: "target" is missing/],
    [{ target: '$[?count(@) > 1]', update: {} }, /not supported/],
    [{ target: '$.info' }, /"update", "copy" or "remove: true"/],
    [{ target: '$.info', copy: '$.none' }, /finds nothing/],
    [{ target: '$.info', copy: '$.tags[*]' }, /one is needed/],
    [{ target: '$.info', remove: 'yes' }, /true or false/],
  ])('%j is refused', (action, why) => {
    expect(apply(root, action)).toMatch(why);
  });

  test('members of prototypes stay as they are', () => {
    const update: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    apply(root, { target: '$', update });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('actions that want to be too much', () => {
  const apply = (root: unknown, ...actions: unknown[]): string => {
    const draft: Draft = { root, left: 5000, maxDepth: 200, unchecked: 0 };
    const notes = applyOverlay(draft, { overlay: '1.1.0', actions });
    return typeof notes === 'string' ? notes : JSON.stringify(draft.root);
  };
  const times = (count: number, action: object): object[] =>
    Array.from({ length: count }, () => action);
  const wide = { x: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, {}])) };
  const deep = JSON.parse(`${'{"a":'.repeat(150)}1${'}'.repeat(150)}`) as unknown;

  test.each<[string, unknown, object[], RegExp]>([
    ['copying a list into itself', { l: [1, 2] }, [{ target: '$.l', copy: '$.l' }], /1,2,1,2\]/],
    [
      'copying a mapping into itself',
      { m: { l: [1] } },
      times(1, { target: '$.m', copy: '$.m' }),
      /1,1\]/,
    ],
    ['doubling', { l: [1] }, times(60, { target: '$.l', copy: '$.l' }), /more than/],
    [
      'a document in itself',
      { a: {} },
      times(300, { target: '$.a', copy: '$' }),
      /more than|deeper/,
    ],
    [
      'much in many places',
      wide,
      [{ target: '$.x.*', update: { y: Array(100).fill(1) } }],
      /more than/,
    ],
    [
      'levels below levels',
      { a: {} },
      [
        { target: '$.a', update: deep },
        { target: `$.a${'.a'.repeat(149)}`, update: deep },
      ],
      /deeper than 200/,
    ],
    [
      'prototypes',
      {},
      [
        { target: '$', update: JSON.parse('{"__proto__":{"polluted":1}}') as object },
        { target: '$.constructor.prototype', update: { polluted: 1 } },
      ],
      /^\{"__proto__":\{"polluted":1\}\}$/,
    ],
  ])('%s ends', (_what, root, actions, outcome) => {
    expect(apply(root, ...actions)).toMatch(outcome);
    expect('polluted' in {}).toBe(false);
  });
});

describe('with a document', () => {
  const api =
    'openapi: 3.0.0\nx: &shared {summary: old}\npaths:\n  /a: {get: *shared, put: *shared}\n';
  const overlay = (...actions: unknown[]): Buffer =>
    Buffer.from(JSON.stringify({ overlay: '1.0.0', actions }));

  test('overlays go one after another, and shared values are changed once', async () => {
    const overlays = [
      overlay({ target: "$.paths['/a'].get", update: { operationId: 'one' } }),
      overlay(
        { target: '$.paths.*[?@.operationId]', update: { summary: 'new' } },
        { target: '$.none', remove: true },
      ),
    ];
    const document = await readDocument(api, { overlays });
    expect(document.operations.map(({ name, summary }) => [name, summary])).toEqual([
      ['one', 'new'],
      ['replace_a', 'old'],
    ]);
    expect(document.repairs.map(({ what }) => what)).toEqual([
      'Overlay 2: action 2 found nothing at $.none',
    ]);
  });

  test.each([
    [Buffer.from('{"actions": []}'), /overlay: 1\.0\.0/],
    [Buffer.from('{"overlay": "2.0.0", "actions": []}'), /"2\.0\.0"/],
    [Buffer.from('{"overlay": "1.0.0"}'), /list/],
    [Buffer.from('a: b: c'), /line 1/],
  ])('a wrong one is a fault', async (bytes, why) => {
    expect(await readAny(api, { overlays: [bytes] })).toMatchObject({
      text: expect.stringMatching(why),
    });
  });
});
