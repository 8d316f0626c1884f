/**
 * One downstream request while it lives. One object of constant shape walks the whole path: stages
 * fill its fields and return it as the next evidence type, so nothing is copied.
 */
import { randomUUID } from 'node:crypto';
import type { ItemBindings } from './bindings.ts';
import { Cancellation } from './cancellation.ts';
import type { Call, Head, SessionRef } from './call.ts';
import type { Dialect } from './dialect.ts';
import type { Decision } from './decision.ts';
import type { Target } from './item.ts';
import type { Edit } from './json/splice.ts';
import type { Principal } from './principal.ts';
import type { Refusal } from './refusal.ts';

/** The unread body of a request; `read` refuses more than `maxBytes`. */
export interface Body {
  read(maxBytes: number): Awaitable<Buffer | Refusal>;
}

/** Where encoded bytes go. Only `listeners` implements it and only encode's results reach it. */
export interface Outlet {
  /** A whole answer at once. */
  send(status: number, headers: OutHeaders, body: Buffer | string): void;
  /** The head of a stream; `write` and `end` follow. */
  open(status: number, headers: OutHeaders): void;
  /** @returns false where the reader is so far behind that it is told nothing more but the end */
  write(chunk: Buffer | string): boolean;
  end(chunk?: Buffer | string): void;
}

/** A stream that outlives the connection it began on (2025-11-25, resumability). */
export interface LastingOutlet extends Outlet {
  /** Whether what was written last was heard or can still be fetched. */
  readonly isReachable: boolean;
  /** That connection is gone; nothing happens where the stream goes on elsewhere already. */
  detach(outlet: Outlet): void;
}

/** Flat list of names and values, as node:http takes it without copying. */
export type OutHeaders = readonly string[];

/** A place among the calls under way; released exactly once by `finish`. */
export interface Lease {
  release(): void;
}

/** A reserved place in the audit log; without one a call is not dispatched. */
export interface AuditSlot {
  release(): void;
}

const NONE: readonly string[] = [];

export class Exchange {
  readonly id = randomUUID();
  readonly cancellation = new Cancellation();
  readonly startedMs: number;
  readonly head: Head;
  readonly body: Body;
  readonly outlet: Outlet;
  /** Number of the configuration snapshot this exchange lives under. */
  readonly epoch: number;

  dialect: Dialect = 'modern';
  endpoint = '';
  principal: Principal | undefined = undefined;
  /** The JSON-RPC id as soon as it is known, even where the message is then refused. */
  rawId = '';
  call: Call | undefined = undefined;
  session: SessionRef | undefined = undefined;
  target: Target | undefined = undefined;
  /** Arguments of its item that the configuration decides for this caller. */
  bindings: ItemBindings | undefined = undefined;
  /** Names of the arguments that were decided so, for the record. */
  bound: readonly string[] = NONE;
  lease: Lease | undefined = undefined;
  /** Edits that turn the received bytes into the exact call that leaves. */
  edits: readonly Edit[] = [];
  decision: Decision | undefined = undefined;
  slot: AuditSlot | undefined = undefined;
  /** The item or method that a record names where no target was found. */
  asked = '';
  /** Several upstreams stand behind its endpoint. */
  isOfMany = false;
  /** The parked call that it brings answers for; '' where it begins one. */
  parked = '';
  /** Name of the endpoint's own tool in which the call came; '' where it came by itself. */
  via = '';
  /** Where it stands in the list of what is under way; only that list reads it. */
  place = -1;

  constructor(head: Head, body: Body, outlet: Outlet, startedMs: number, epoch: number) {
    this.head = head;
    this.body = body;
    this.outlet = outlet;
    this.startedMs = startedMs;
    this.epoch = epoch;
  }
}

/** What a stage returns: the same exchange as the next evidence, or a refusal. */
export type Step<Next> = Next | Refusal;
export type Awaitable<T> = T | Promise<T>;

declare const received: unique symbol;

/** Proof that `receive` let the request in: host, origin and head are in order. */
export type Received = Exchange & { readonly [received]: true };

/** Says that host, origin and head were checked. Only `listeners` may call it; lint holds that. */
export function markReceived(x: Exchange): asserts x is Received {
  void x;
}
