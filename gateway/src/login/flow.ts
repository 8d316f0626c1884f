/** A sign-in that was begun: what the browser keeps, sealed, until the provider sends it back. */
import { isJsonObject, ownMember, parseExact } from '../kernel/index.ts';
import type { Sealer } from '../secrets/index.ts';
import { newSecret } from './once.ts';

export interface Flow {
  /** The provider that was asked; an answer of any other is refused. */
  readonly issuer: string;
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
  /** The path to come back to. */
  readonly returnPath: string;
  readonly expiresMs: number;
}

export const FLOW_MS = 600_000;

const PURPOSE = 'login.flow';
const MAX_CHARACTERS = 8192;

export function beginFlow(issuer: string, returnPath: string, nowMs: number): Flow {
  const [state, nonce, verifier] = [newSecret(), newSecret(), newSecret()];
  return { issuer, state, nonce, verifier, returnPath, expiresMs: nowMs + FLOW_MS };
}

export function sealFlow(flow: Flow, sealer: Sealer): string {
  return sealer.seal(PURPOSE, JSON.stringify(flow), '', flow.expiresMs);
}

/** @returns undefined for what was not sealed here, was changed, or took too long */
export function openFlow(sealed: string | undefined, sealer: Sealer): Flow | undefined {
  if (sealed === undefined || sealed.length > MAX_CHARACTERS) return undefined;
  const text = sealer.open(PURPOSE, sealed, '');
  const value = text === undefined ? undefined : parseExact(text);
  if (value === undefined || !isJsonObject(value)) return undefined;
  const textOf = (name: string): string => {
    const member = ownMember(value, name);
    return typeof member === 'string' ? member : '';
  };
  const expiresMs = ownMember(value, 'expiresMs');
  return {
    issuer: textOf('issuer'),
    state: textOf('state'),
    nonce: textOf('nonce'),
    verifier: textOf('verifier'),
    returnPath: textOf('returnPath'),
    expiresMs: typeof expiresMs === 'number' ? expiresMs : 0,
  };
}
