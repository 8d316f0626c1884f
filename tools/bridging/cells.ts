/** What a cell of the table of losses says, and the usual ones. */
import type { Reason } from '../../gateway/src/kernel/index.ts';

/** The era of the client, then that of the server behind the gateway. */
export const PAIRS = ['modern-modern', 'modern-legacy', 'legacy-legacy', 'legacy-modern'] as const;

export type Pair = (typeof PAIRS)[number];

/**
 * `exact`: says the same. `approximated`: `text` says what is different. `refused`: cannot be said,
 * the caller gets one of `reasons`. `absent`: the client's era has no such thing.
 */
export type Fate = 'exact' | 'approximated' | 'refused' | 'absent';

export interface Cell {
  readonly fate: Fate;
  /** What is different, or what happens instead; '' where nothing has to be said. */
  readonly text: string;
  /** The refusals it may end in, beside those that every call may meet. */
  readonly reasons?: readonly Reason[];
}

export interface Row {
  /** Names it in the conformance run's exceptions. */
  readonly id: string;
  /** The method, notification or thing, as the protocol writes it. */
  readonly what: string;
  /** Where the specification speaks of it. */
  readonly spec: string;
  readonly cells: Readonly<Record<Pair, Cell>>;
}

export const EXACT: Cell = { fate: 'exact', text: '' };
export const ABSENT: Cell = { fate: 'absent', text: '' };

export const approximated = (text: string, ...reasons: Reason[]): Cell => ({
  fate: 'approximated',
  text,
  ...(reasons.length === 0 ? {} : { reasons }),
});
export const exactly = (text: string): Cell => ({ fate: 'exact', text });

/** Same in both directions of one era, different across. */
export function across(same: Cell, toLegacy: Cell, toModern: Cell): Row['cells'] {
  return {
    'modern-modern': same,
    'modern-legacy': toLegacy,
    'legacy-legacy': same,
    'legacy-modern': toModern,
  };
}

/** Only modern clients have it. */
export function modernOnly(toModern: Cell, toLegacy: Cell): Row['cells'] {
  return {
    'modern-modern': toModern,
    'modern-legacy': toLegacy,
    'legacy-legacy': ABSENT,
    'legacy-modern': ABSENT,
  };
}

/** Only legacy clients have it. */
export function legacyOnly(toLegacy: Cell, toModern: Cell): Row['cells'] {
  return {
    'modern-modern': ABSENT,
    'modern-legacy': ABSENT,
    'legacy-legacy': toLegacy,
    'legacy-modern': toModern,
  };
}
