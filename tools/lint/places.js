/** Where a file stands in the house, and where an import of it leads. */
import { dirname, resolve } from 'node:path';
import { EMPTY_NAMES, FLOORS, RESTRICTED_ROOMS, SINGLE_FILES, floorOf } from './floors.js';

const HOUSE = '/gateway/src/';

/**
 * @typedef {object} Place
 * @property {string} room First folder under `gateway/src`, or the name of the file there.
 * @property {string} path Path under `gateway/src`.
 * @property {boolean} isDoor Other rooms may import this file.
 * @property {boolean} isTest
 */

/**
 * @param {string} file Absolute path.
 * @returns {Place | undefined} Nothing where the file is not part of the house.
 */
export function placeOf(file) {
  const normal = file.replaceAll('\\', '/');
  const at = normal.lastIndexOf(HOUSE);
  if (at < 0) return undefined;
  const path = normal.slice(at + HOUSE.length);
  const [first = ''] = path.split('/');
  const isAlone = first === path;
  const room = isAlone ? first.replace(/\..*$/, '') : first;
  const isDoor = isAlone ? SINGLE_FILES.includes(room) : path === `${room}/index.ts`;
  return { room, path, isDoor, isTest: path.endsWith('.test.ts') };
}

/**
 * @param {string} file Absolute path of the importing file.
 * @param {string} specifier
 * @returns {string | undefined} Absolute path of the imported file; nothing for packages.
 */
export function targetOf(file, specifier) {
  return specifier.startsWith('.') ? resolve(dirname(file), specifier) : undefined;
}

/**
 * Judges the direction of one import inside the house.
 * @param {Place} from
 * @param {Place} to
 * @returns {string | undefined} What is wrong with it.
 */
export function directionFault(from, to) {
  if (from.room === to.room) return undefined;
  const fromFloor = floorOf(from.room);
  const toFloor = floorOf(to.room);
  if (fromFloor < 0) return unknownRoom(from.room);
  if (toFloor < 0) return unknownRoom(to.room);
  const allowed = FLOORS[fromFloor]?.mayImport ?? [];
  if (!allowed.includes(toFloor)) {
    const list = allowed.length === 0 ? 'nothing of the house' : `floors ${allowed.join(', ')}`;
    return `${from.room} stands on floor ${fromFloor} and may import ${list}, but ${to.room} stands on floor ${toFloor}. Declare what it needs as a port in ${from.room}; compose connects them.`;
  }
  const users = RESTRICTED_ROOMS[to.room];
  if (users !== undefined && !users.includes(from.room)) {
    return `Only ${users.join(', ')} may import ${to.room}, not ${from.room}.`;
  }
  return undefined;
}

/** @param {string} room */
function unknownRoom(room) {
  return `"${room}" is not a room of the house; the rooms stand in tools/lint/floors.js.`;
}

/**
 * @param {string} path Path relative to the root of the repository.
 * @returns {string | undefined} The word in it that says nothing.
 */
export function emptyName(path) {
  const words = path.toLowerCase().split(/[/.\-_]/);
  return words.find((word) => EMPTY_NAMES.includes(word));
}
