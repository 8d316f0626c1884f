/**
 * The law of the house, once: which room stands on which floor, what each floor may import, and
 * which types are proofs. The lint rules and the tests of `test/house` both read it here.
 */

/**
 * @typedef {object} Floor
 * @property {readonly string[]} rooms Folders (or single files) directly under `gateway/src`.
 * @property {readonly number[]} mayImport Floors whose doors these rooms may use.
 */

/** @type {readonly Floor[]} One row per floor, the ground first. */
export const FLOORS = [
  { rooms: ['kernel', 'certificates', 'telemetry'], mayImport: [] },
  { rooms: ['config', 'store', 'coordination', 'secrets', 'egress'], mayImport: [0] },
  {
    rooms: [
      'wire',
      'identity',
      'catalog',
      'limits',
      'guard',
      'policy',
      'approvals',
      'upstreams',
      'audit',
      'interactions',
      'tasks',
      'sessions',
      'subscriptions',
      'credentials',
    ],
    mayImport: [0, 1],
  },
  { rooms: ['pipeline'], mayImport: [0, 2] },
  { rooms: ['listeners', 'admin', 'login'], mayImport: [0, 1, 2, 3] },
  { rooms: ['compose'], mayImport: [0, 1, 2, 3, 4] },
  { rooms: ['main', 'cli'], mayImport: [0, 1, 2, 3, 4, 5, 6] },
];

/**
 * Rooms that only some may import although their floor would allow more. Those above compose are
 * never restricted.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const RESTRICTED_ROOMS = {
  egress: ['upstreams', 'identity', 'credentials', 'guard', 'login', 'compose', 'main', 'cli'],
};

/** @type {readonly string[]} Rooms that are one file beside the folders; they have no door. */
export const SINGLE_FILES = ['main'];

/**
 * Types that prove that a stage has let an exchange pass, and the one file of `gateway/src` in which
 * each is declared and made. A proof with no file is only a sum of others: nobody makes it.
 * @type {Readonly<Record<string, string | undefined>>}
 */
export const EVIDENCE = {
  Received: 'kernel/exchange.ts',
  Routed: 'wire/evidence.ts',
  Identified: 'identity/evidence.ts',
  Decoded: 'wire/evidence.ts',
  Resolved: 'catalog/evidence.ts',
  Limited: 'limits/evidence.ts',
  Screened: 'guard/evidence.ts',
  Authorized: 'policy/evidence.ts',
  Approved: 'approvals/evidence.ts',
  Recorded: 'audit/evidence.ts',
  AfterRoute: undefined,
  AfterIdentify: undefined,
  AfterDecode: undefined,
  AfterResolve: undefined,
  AfterLimit: undefined,
  AfterScreen: undefined,
  AfterAuthorize: undefined,
  AfterApprove: undefined,
  Dispatchable: undefined,
};

/**
 * Functions that make a proof and have to pass a door, and the one other room that may call each.
 * @type {Readonly<Record<string, string>>}
 */
export const MINT_CALLERS = { markReceived: 'listeners' };

/** @type {readonly string[]} Words that say nothing about what a file or folder is for. */
export const EMPTY_NAMES = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'misc'];

/** The longest file, in lines. */
export const MAX_FILE_LINES = 400;

/**
 * @param {string} room
 * @returns {number} Its floor, or -1 where the table does not know the room.
 */
export function floorOf(room) {
  return FLOORS.findIndex((floor) => floor.rooms.includes(room));
}
