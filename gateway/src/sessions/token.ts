/** A legacy session is a sealed token: what `initialize` agreed on, bound to principal and endpoint. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Principal, SessionRef } from '../kernel/index.ts';
import type { TokenSealer } from './ports.ts';

const PURPOSE = 'session';
const LIFETIME_MS = 7 * 24 * 3600 * 1000;

/** Longer declarations are cut to nothing: a token has to fit into a header. */
const MAX_CAPABILITIES_CHARS = 2048;
const MAX_CLIENT_INFO_CHARS = 512;

const contents = z.strictObject({ k: z.string(), v: z.string(), c: z.string(), i: z.string() });

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
  const text = JSON.stringify({
    k: randomUUID(),
    v: terms.revision,
    c: terms.capabilities.length > MAX_CAPABILITIES_CHARS ? '{}' : terms.capabilities,
    i: terms.clientInfo.length > MAX_CLIENT_INFO_CHARS ? '' : terms.clientInfo,
  });
  return sealer.seal(PURPOSE, text, contextOf(principal, endpoint), nowMs + LIFETIME_MS);
}

/** @returns the session, or undefined where this gateway never gave the token to this principal */
export function openSession(
  sealer: TokenSealer,
  token: string,
  principal: Principal,
  endpoint: string,
): SessionRef | undefined {
  const text = sealer.open(PURPOSE, token, contextOf(principal, endpoint));
  if (text === undefined) return undefined;
  const { k, v, c, i } = contents.parse(JSON.parse(text));
  return { token, key: k, revision: v, capabilities: c, clientInfo: i };
}

function contextOf(principal: Principal, endpoint: string): string {
  return JSON.stringify([principal.id, endpoint]);
}
