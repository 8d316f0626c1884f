/** What an API key is: how one is made and exchanged, whom it stands for, and whether it still does. */
import { principalOf, type Principal } from '../kernel/index.ts';
import { mintKey } from './key-text.ts';
import type { KeyState, KnownKey } from './ports.ts';

/** All that is kept of a key, as the store has it; times in milliseconds since 1970. */
export interface WholeKey extends KnownKey {
  readonly createdMs: number;
  /** Id of the key that has taken over; '' while none has. */
  readonly replacedBy: string;
  /** `2026-01-31` (UTC); '' where it was never used. */
  readonly lastUsedDay: string;
}

type Left<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** Whom a new key is to stand for; what is left out is empty. */
export type KeyWish = Pick<WholeKey, 'name' | 'expiresMs'> &
  Left<Pick<WholeKey, 'user' | 'agent' | 'team' | 'groups' | 'scopes'>>;

export interface NewKey {
  readonly key: WholeKey;
  /** The key itself; shown once and kept nowhere. */
  readonly text: string;
}

/** Makes a key that is not kept yet. */
export function newKey(wish: KeyWish, nowMs: number): NewKey {
  const { name, expiresMs, user = '', agent = '', team = '', groups = [], scopes = [] } = wish;
  const { id, text, hash } = mintKey();
  const whose = { name, user, agent, team, groups, scopes };
  const fresh = { createdMs: nowMs, revokedMs: undefined, replacedBy: '', lastUsedDay: '' };
  return { key: { ...whose, ...fresh, id, firstId: id, hash, expiresMs }, text };
}

export interface Succession {
  /** How long the old key stays good beside the new one, at most. */
  readonly overlapMs: number;
  /** When the new one ends; after a life as long as that of the old one where left out. */
  readonly expiresMs?: number | undefined;
}

/**
 * Makes the successor of a key: the same principal, so that what it has begun goes on.
 * @returns words that say why a key has none, to follow "the key is"
 */
export function successorOf(
  old: Omit<WholeKey, 'hash'>,
  { overlapMs, expiresMs }: Succession,
  nowMs: number,
): (NewKey & { readonly oldEndsMs: number }) | string {
  const state = keyState(old, nowMs);
  if (old.replacedBy !== '') return `replaced by ${old.replacedBy}`;
  if (state !== 'good') return state;
  const { id, text, hash } = mintKey();
  const lifeMs = old.expiresMs === undefined ? undefined : old.expiresMs - old.createdMs;
  const ownEndMs = lifeMs === undefined ? undefined : nowMs + lifeMs;
  const fresh = { id, hash, createdMs: nowMs, expiresMs: expiresMs ?? ownEndMs, lastUsedDay: '' };
  const oldEndsMs = Math.min(nowMs + overlapMs, old.expiresMs ?? Number.MAX_SAFE_INTEGER);
  return { key: { ...old, ...fresh }, text, oldEndsMs };
}

/** Whether a key still counts. */
export function keyState(
  { revokedMs, expiresMs }: Omit<KeyState, 'id'>,
  nowMs: number,
): 'good' | 'expired' | 'revoked' {
  if (revokedMs !== undefined) return 'revoked';
  return expiresMs !== undefined && expiresMs <= nowMs ? 'expired' : 'good';
}

/** Keys that replace each other are one principal, so that what it has begun survives a rotation. */
export function principalOfKey(key: Omit<KnownKey, 'hash' | 'expiresMs' | 'revokedMs'>): Principal {
  const { firstId, id, user, team, groups, scopes } = key;
  return principalOf({
    id: `key:${firstId}`,
    kind: user === '' ? 'agent' : 'user',
    verifiedBy: `key ${id}`,
    user,
    agent: agentOfKey(key),
    team,
    groups: Object.freeze([...groups]),
    scopes: Object.freeze([...scopes]),
  });
}

/** The agent that a key stands for. */
export function agentOfKey({ agent, name }: Pick<KnownKey, 'agent' | 'name'>): string {
  return agent === '' ? name : agent;
}
