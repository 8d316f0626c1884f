/** The law of the house, read off the table once more, independently of the lint rules. */
import { FLOORS, MAX_FILE_LINES, RESTRICTED_ROOMS, SINGLE_FILES } from '../../tools/lint/floors.js';
import { edgesOf, roomOf, type Edge, type Sources } from './sources.ts';

const isTest = (path: string) => path.endsWith('.test.ts');

/** Imports that lead out of the house; tests may use the test kit. */
export function outwardFaults(sources: Sources): readonly string[] {
  return edgesOf(sources)
    .filter(({ from, to }) => to.startsWith('..') && !isTest(from))
    .map(({ from, to }) => `${from} imports ${to}, outside of gateway/src`);
}

function crossings(sources: Sources): readonly Edge[] {
  return edgesOf(sources).filter(
    ({ from, to }) => !to.startsWith('..') && roomOf(from) !== roomOf(to),
  );
}

/** Imports past a door. */
export function doorFaults(sources: Sources): readonly string[] {
  return crossings(sources)
    .filter(({ to }) => {
      const room = roomOf(to);
      return to !== `${room}/index.ts` && !(SINGLE_FILES.includes(room) && to === `${room}.ts`);
    })
    .map(({ from, to }) => `${from} reaches past the door to ${to}`);
}

/** Doors that do not name what they export. */
export function starFaults(sources: Sources): readonly string[] {
  return [...sources]
    .filter(
      ([path, text]) => /^[^/]+\/index\.ts$/.test(path) && /^export \*|^export type \*/m.test(text),
    )
    .map(([path]) => `${path} exports *`);
}

/** Imports against the direction of the floors. */
export function floorFaults(sources: Sources): readonly string[] {
  return crossings(sources).flatMap(({ from, to }) => {
    const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
    const floor = FLOORS.find((one) => one.rooms.includes(fromRoom));
    const target = FLOORS.findIndex((one) => one.rooms.includes(toRoom));
    const isUser = RESTRICTED_ROOMS[toRoom]?.includes(fromRoom) ?? true;
    if (floor?.mayImport.includes(target) === true && isUser) return [];
    return [`${from} may not import ${to}`];
  });
}

/** Rooms that import each other in a ring, each ring once. */
export function ringFaults(sources: Sources): readonly string[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of crossings(sources)) {
    const rooms = next.get(roomOf(from)) ?? new Set();
    next.set(roomOf(from), rooms.add(roomOf(to)));
  }
  const faults = new Set<string>();
  const walk = (room: string, path: readonly string[]): void => {
    const at = path.indexOf(room);
    if (at >= 0) {
      faults.add(path.slice(at).sort().join(' and '));
      return;
    }
    for (const other of next.get(room) ?? []) walk(other, [...path, room]);
  };
  for (const room of next.keys()) walk(room, []);
  return [...faults].map((rooms) => `${rooms} import each other`);
}

/** Files and folders at the top of the house that the table does not know. */
export function strangers(sources: Sources): readonly string[] {
  const known = FLOORS.flatMap((floor) => floor.rooms);
  return [...new Set([...sources.keys()].map(roomOf))].filter((room) => !known.includes(room));
}

/** Files too long to be read in one sitting. */
export function lengthFaults(sources: Sources): readonly string[] {
  return [...sources]
    .map(([path, text]) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > MAX_FILE_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
}
