/**
 * Feeds: resources of an upstream whose content is the last events of something, and whose updates
 * are told to whoever subscribed. What an upstream calls a subscription or a webhook is one here.
 */
import type { JsonObject, Principal, Refusal } from '../../kernel/index.ts';
import type { Watch } from '../watched-resources.ts';

/** One feed, or many of one kind, as they are listed. */
export interface FeedHead {
  /** Within its upstream, safe in a URI. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** A URI (2026-07-28, server/resources), or an RFC 6570 template where it takes arguments. */
  readonly uri: string;
  readonly isTemplate: boolean;
}

export interface FeedLimits {
  /** What is kept of one feed; the oldest event goes first. */
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Events taken of one feed within a second; those beyond are counted and not kept. */
  readonly maxPerSecond: number;
  /** How long a feed stays open that nobody listens to or reads, milliseconds. */
  readonly idleMs: number;
  /** Feeds that are open at the same time, and those of them that one principal may open. */
  readonly maxOpen: number;
  readonly maxOpenOfOne: number;
}

export const DEFAULT_FEED_LIMITS: FeedLimits = {
  maxEvents: 100,
  maxBytes: 1024 * 1024,
  maxPerSecond: 100,
  idleMs: 60_000,
  maxOpen: 64,
  maxOpenOfOne: 16,
};

/** `open`: events come. `waiting`: it broke and is tried again. `ended`: the other side is done. */
export type FeedState = 'opening' | 'open' | 'waiting' | 'ended';

/** Where whoever opened a feed says what became of it. */
export interface FeedEars {
  /** @param members of the event beside `id` and `receivedAt`: JSON text, `"data":{}` */
  event(members: string): void;
  /** An event came that could not be taken. */
  dropped(): void;
  /** @param why in words without secrets; '' for `open` */
  become(state: FeedState, why: string): void;
  /** The connection was lost while it was open, so events may be missing. */
  missed(): void;
}

/** What an upstream has to tell, opened on demand. */
export interface FeedSource {
  /** Those that are listed; read when it is listed. */
  heads(): readonly FeedHead[];
  /**
   * Opens what stands behind a URI. Whatever breaks later is tried again until it is closed.
   * @param principal whose credentials it is opened with; undefined for those of the gateway
   * @returns what closes it; `resource_unknown` or `params_invalid` where there is no such feed
   */
  open(uri: string, principal: Principal | undefined, ears: FeedEars): (() => void) | Refusal;
}

/** All feeds of one upstream. */
export interface Feeds {
  heads(): readonly FeedHead[];
  /** Whether a URI is meant to be one of a feed of this upstream, right or wrong. */
  owns(uri: string): boolean;
  /**
   * The result of `resources/read`. Opens the feed where it is not open, so that who only reads hears
   * of what comes from now on.
   */
  read(uri: string, principal: Principal): JsonObject | Refusal;
  /** Keeps a feed open until `unwatch`; each principal counts once. */
  watch(uri: string, principal: Principal): Refusal | undefined;
  unwatch(uri: string, principal: Principal): void;
  watched(): readonly Watch[];
  /** Feeds that are open. */
  readonly size: number;
  close(): void;
}
