/** What every way of opening a subscription has in common. */
import type { JsonView, Principal } from '../../../kernel/index.ts';

/** One subscription to be opened. */
export interface Wanted {
  /** The document, its operation's name and the variables: one JSON object, as every request has it. */
  readonly payload: string;
  /** Undefined for the gateway itself. */
  readonly principal: Principal | undefined;
}

/** How it ended. */
export interface LineEnd {
  /**
   * `done`: the API ended it, or refuses it in a way that asking again does not help. `lost`: the
   * connection. `unsupported`: it does not speak this way.
   */
  readonly how: 'done' | 'lost' | 'unsupported';
  /** In words, credentials taken out. */
  readonly why: string;
}

export interface Hearing {
  /** The API has taken the subscription. */
  up(): void;
  /** One result: an object with `data`, `errors` or both. */
  result(view: JsonView, entry: number): void;
  /** A result came that is not one that can be read. */
  unreadable(): void;
  /** Once, and the last that is heard. */
  ended(end: LineEnd): void;
}

/** Opens a subscription. @returns what closes it, after which nothing is heard */
export type Connect = (wanted: Wanted, hearing: Hearing) => () => void;

/** Depth of an event. */
export const SCAN = { maxDepth: 100, recordDepth: 3 } as const;

const MAX_WORDS = 300;

/** The first message of a list of GraphQL errors, or of one; '' for none. */
export function firstMessage(view: JsonView, entry: number): string {
  const first = view.kind(entry) === 'array' ? (view.children(entry)[0] ?? -1) : entry;
  return (view.string(view.member(first, 'message')) ?? '').slice(0, MAX_WORDS);
}
