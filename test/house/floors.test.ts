import { describe, expect, test } from 'vitest';
import { EMPTY_NAMES, FLOORS, SINGLE_FILES } from '../../tools/lint/floors.js';
import {
  doorFaults,
  floorFaults,
  lengthFaults,
  outwardFaults,
  ringFaults,
  starFaults,
  strangers,
} from './faults.ts';
import { edgesOf, readSources, roomOf, specifiersOf } from './sources.ts';

const house = readSources('gateway/src');

describe('the house', () => {
  test('is seen at all', () => {
    expect(house.size).toBeGreaterThan(20);
    expect(edgesOf(house).length).toBeGreaterThan(20);
    expect(new Set([...house.keys()].map(roomOf)).size).toBeGreaterThan(1);
  });

  test('has only rooms of the table', () => expect(strangers(house)).toEqual([]));

  test('has one door per room', () => {
    const rooms = new Set([...house.keys()].filter((path) => path.includes('/')).map(roomOf));
    const doorless = [...rooms].filter((room) => !house.has(`${room}/index.ts`));
    expect(doorless).toEqual([]);
  });

  test('imports nothing from outside', () => expect(outwardFaults(house)).toEqual([]));
  test('is entered through doors', () => expect(doorFaults(house)).toEqual([]));
  test('has doors that name what they export', () => expect(starFaults(house)).toEqual([]));
  test('imports downwards only', () => expect(floorFaults(house)).toEqual([]));
  test('opens pools where they are kept, and asks once through the one way for that', () => {
    const opening = [...house]
      .filter(([path, text]) => !path.endsWith('.test.ts') && /\bopenPool\(/.test(text))
      .map(([path]) => roomOf(path));
    expect([...new Set(opening)].toSorted()).toEqual(['credentials', 'egress', 'upstreams']);
  });
  test('has no rooms that import each other', () => expect(ringFaults(house)).toEqual([]));
});

describe('the table', () => {
  test('names every room once', () => {
    const rooms = FLOORS.flatMap((floor) => floor.rooms);
    expect(new Set(rooms).size).toBe(rooms.length);
  });

  test.each(FLOORS.slice(0, -1).map((floor, at) => [at, floor] as const))(
    'lets floor %i import only floors below it',
    (at, floor) => expect(floor.mayImport.filter((other) => other >= at)).toEqual([]),
  );
});

describe('everything we write', () => {
  const folders = ['gateway/src', 'bench', 'examples', 'test', 'tools'];

  test.each(folders)('%s has files of a readable length', (folder) => {
    expect(lengthFaults(readSources(folder))).toEqual([]);
  });

  test.each(folders)('%s has names that say something', (folder) => {
    const empty = [...readSources(folder).keys()].filter((path) =>
      path.split(/[/.\-_]/).some((word) => EMPTY_NAMES.includes(word.toLowerCase())),
    );
    expect(empty).toEqual([]);
  });
});

describe('the check itself', () => {
  const plant = (path: string, text: string) => new Map([[path, text]]);

  test.each([
    ["import { a } from './a.ts';", ['./a.ts']],
    ["import type { A } from './a.ts';", ['./a.ts']],
    ["import {\n  type A,\n  b,\n} from './a.ts';", ['./a.ts']],
    ["export { a } from './a.ts';", ['./a.ts']],
    ["export type * from './a.ts';", ['./a.ts']],
    ["import './a.ts';", ['./a.ts']],
    ["const a = await import('./a.ts');", ['./a.ts']],
    ["type A = import('./a.ts').A;", ['./a.ts']],
    ["// import './a.ts';", []],
    ["/* from './a.ts' */", []],
  ])('reads %j', (text, specifiers) => expect(specifiersOf(text)).toEqual(specifiers));

  test.each([
    ['a deep import', doorFaults, 'policy/a.ts', "import { x } from '../kernel/reasons.ts';"],
    ['a neighbour', floorFaults, 'policy/a.ts', "import { x } from '../catalog/index.ts';"],
    ['a floor above', floorFaults, 'store/a.ts', "import { x } from '../wire/index.ts';"],
    ['a closed room', floorFaults, 'policy/a.ts', "import { x } from '../egress/index.ts';"],
    ['a skipped floor', floorFaults, 'pipeline/a.ts', "import { x } from '../store/index.ts';"],
    ['the ground', floorFaults, 'telemetry/a.ts', "import { x } from '../kernel/index.ts';"],
    ['an import of the tests', outwardFaults, 'policy/a.ts', "import '../../../test/kit/a.ts';"],
    ['an open door', starFaults, 'policy/index.ts', "export * from './a.ts';"],
    ['a long file', lengthFaults, 'policy/a.ts', 'x;\n'.repeat(401)],
    ['an unknown room', strangers, 'misc/a.ts', ''],
  ] as const)('notices %s', (_, faultsOf, path, text) => {
    expect(faultsOf(plant(path, text))).toHaveLength(1);
  });

  test('notices rooms that import each other', () => {
    const ring = new Map([
      ['cli/index.ts', "import '../main.ts';"],
      ['main.ts', "import './cli/index.ts';"],
    ]);
    expect(ringFaults(ring)).toEqual(['cli and main import each other']);
  });

  test('knows the files that need no door', () => {
    expect(doorFaults(plant('cli/a.ts', "import '../main.ts';"))).toEqual([]);
    expect(SINGLE_FILES).toContain('main');
  });
});
