/** What goes out and what is heard of it. */
import type { LookupFunction } from 'node:net';
import type { OutboundTls } from './outbound-tls.ts';
import type { Proxies } from './proxies.ts';

export interface OutboundRequest {
  /** Any method but CONNECT, which would turn the connection into something else. */
  readonly method: string;
  /** Path and query, as they stand in the request line. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
}

/** Header names in lower case; one that came several times has several values. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Ends a request from our side; its handler then hears of `reason` as an error. */
export interface ResponseControl {
  abort(reason: Error): void;
  /**
   * The answer waits for something that is not the origin's to hasten. Its connection does not count
   * among those that the pool may open; whoever asks for this bounds how many such answers there are.
   */
  setAside(): void;
}

/**
 * Hears what becomes of one request. The last call is `onResponseEnd` or `onResponseError`, once;
 * a throw before it ends the request, a throw from it is lost: it must not reach another request.
 */
export interface ResponseHandler {
  /** A connection was found; not a single byte of the request has been written before this. */
  onRequestStart(control: ResponseControl): void;
  onResponseStart(control: ResponseControl, status: number, headers: ResponseHeaders): void;
  onResponseData(control: ResponseControl, chunk: Buffer): void;
  onResponseEnd(): void;
  onResponseError(control: ResponseControl | null, error: Error): void;
}

export interface PoolOptions {
  /** How long a connection may take to come up, TLS included. */
  readonly connectTimeoutMs: number;
  /** Connections open at the same time, beside those set aside; further requests wait for one. */
  readonly maxConnections: number;
  /** Finds the addresses of the origin's name for each connection; the system does where left out. */
  readonly lookup?: GuardedLookup;
  /** Straight there, with what this machine trusts, where left out. */
  readonly wayOut?: WayOut | undefined;
}

/** `isNamed`: the operator wrote the host, so a proxy may find its address by itself. */
export type GuardedLookup = LookupFunction & { readonly isNamed?: boolean };

/** How connections leave: by which proxies, and with which authorities and certificate. */
export interface WayOut {
  readonly proxies?: Proxies | undefined;
  readonly tls?: OutboundTls | undefined;
}

export interface OutboundPool {
  /**
   * Sends one request. Never follows a redirect, never sends a request again, never times out by
   * itself once connected, never throws.
   */
  send(request: OutboundRequest, handler: ResponseHandler): void;
  /** Ends all connections; requests under way fail. */
  destroy(): Promise<void>;
}

/** The peer sent something that is not HTTP, or HTTP whose meaning is doubtful. */
export class InvalidResponse extends Error {}

/** Tells a handler the end of its request; what it throws harms no other request. */
export function tellFailure(
  handler: ResponseHandler,
  control: ResponseControl | null,
  reason: Error,
): void {
  try {
    handler.onResponseError(control, reason);
  } catch {
    // It was told; nothing is left to end.
  }
}
