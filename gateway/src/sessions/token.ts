/** A legacy session is a sealed token: what `initialize` agreed on, bound to principal and endpoint. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { LEGACY_REVISIONS, type Principal, type SessionRef } from '../kernel/index.ts';
import type { TokenSealer } from './ports.ts';

const PURPOSE = 'session';
const LIFETIME_MS = 7 * 24 * 3600 * 1000;

/** Longer declarations are cut to nothing: a token has to fit into a header. */
const MAX_CAPABILITIES_CHARS = 2048;
const MAX_CLIENT_INFO_CHARS = 512;

const contents = z.strictObject({
  k: z.string(),
  v: z.enum(LEGACY_REVISIONS),
  c: z.string(),
  i: z.string(),
  e: z.number(),
});

/** An opened token; it is good until `expiresAtMs`, however often it was opened before. */
export interface OpenedSession {
  readonly session: SessionRef;
  readonly expiresAtMs: number;
}

export interface SessionTerms {
  readonly revision: string;
  readonly capabilities: string;
  readonly clientInfo: string;
}

export function sealSession(
  sealer: TokenSealer,
  terms: SessionTerms,
  principal: Principal,
  endpoint: string,
  nowMs: number,
): string {
  const expiresAtMs = nowMs + LIFETIME_MS;
  const text = JSON.stringify({
    k: randomUUID(),
    v: terms.revision,
    c: terms.capabilities.length > MAX_CAPABILITIES_CHARS ? '{}' : terms.capabilities,
    i: terms.clientInfo.length > MAX_CLIENT_INFO_CHARS ? '' : terms.clientInfo,
    e: expiresAtMs,
  });
  return sealer.seal(PURPOSE, text, contextOf(principal, endpoint), expiresAtMs);
}

/**
 * @returns the session, or undefined where this gateway never gave the token to this principal, it
 *   has expired, or it was given out by a release that agreed on something else
 */
export function openSession(
  sealer: TokenSealer,
  token: string,
  principal: Principal,
  endpoint: string,
): OpenedSession | undefined {
  const text = sealer.open(PURPOSE, token, contextOf(principal, endpoint));
  if (text === undefined) return undefined;
  const read = contents.safeParse(JSON.parse(text));
  if (!read.success) return undefined;
  const { k, v, c, i, e } = read.data;
  const session = { token, key: k, revision: v, capabilities: c, clientInfo: i };
  return { session, expiresAtMs: e };
}

function contextOf(principal: Principal, endpoint: string): string {
  return JSON.stringify([principal.id, endpoint]);
}
