/**
 * Verifying API keys. What was verified is remembered until somebody changes the store; then all of
 * it is compared with what stands there, and a key that was revoked is cut off.
 */
import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { principalOfKey } from './api-key.ts';
import { credentialOf, isGood, type Credential, type OpenWork } from './credential.ts';
import { hashOf, keyIdIn } from './key-text.ts';
import type { IdentityDeps, KeyState, KnownKey } from './ports.ts';
import type { Watched } from './store-watch.ts';

/** Why a key does not identify anybody. `unavailable`: keys cannot be read at the moment. */
export type KeyFault = 'unknown' | 'revoked' | 'expired' | 'unavailable';

const MAX_REMEMBERED = 20_000;
const MAX_REFUSED = 10_000;
const DAY_MS = 24 * 3600 * 1000;

export interface KeyCheckDeps extends Pick<IdentityDeps, 'keys' | 'clock'> {
  /** Keys could not be read. */
  readonly onUnreadable: (error: unknown) => void;
}

export class KeyCheck implements Watched {
  private readonly deps: KeyCheckDeps;
  private readonly open: OpenWork;
  /** By the hash of what was presented. */
  private readonly good = new LRUCache<string, Credential>({
    max: MAX_REMEMBERED,
    // What is not remembered is not compared with the store either, so nobody may rely on it.
    dispose: (credential) => (credential.recheckAtMs = 0),
  });
  private readonly bad = new LRUCache<string, KeyFault>({ max: MAX_REFUSED });
  /** Changes with every change of the store, so that nothing read before one is remembered after. */
  private generation = 0;
  private day = '';
  private dayEndsMs = 0;
  /** Keys that were used today, and whether that is written down. */
  private readonly usedToday = new Map<string, boolean>();

  constructor(deps: KeyCheckDeps, open: OpenWork) {
    this.deps = deps;
    this.open = open;
  }

  /** Tells whose key it is; never throws. */
  verify(token: string): Credential | KeyFault | Promise<Credential | KeyFault> {
    const id = keyIdIn(token);
    if (id === undefined) return 'unknown';
    const hash = hashOf(token);
    const known = this.good.get(hash);
    const nowMs = this.deps.clock.nowMs();
    if (known !== undefined) {
      if (!isGood(known, nowMs)) return known.isOver ? 'revoked' : 'expired';
      this.noteUse(known, nowMs);
      return known;
    }
    return this.bad.get(hash) ?? this.look(id, hash);
  }

  /** Compares every credential that still counts with what the store says now. */
  async changed(): Promise<void> {
    this.generation++;
    this.bad.clear();
    const busy = this.open.busy().filter(({ kind }) => kind === 'key');
    const all = new Set([...this.good.values(), ...busy]);
    const ids = [...new Set([...all].map(({ keyId }) => keyId))];
    const states = new Map<string, KeyState>();
    for (const state of await this.deps.keys.states(ids)) states.set(state.id, state);
    for (const credential of all) {
      const state = states.get(credential.keyId);
      if (state === undefined || state.revokedMs !== undefined) this.open.cut(credential);
      else credential.expiresAtMs = state.expiresMs ?? Number.POSITIVE_INFINITY;
    }
  }

  /** What was verified before is not taken for granted while nobody can say whether it still holds. */
  unreadable(): void {
    this.forget();
  }

  looked(): Promise<void> {
    return this.writeUses();
  }

  /** Forgets what was verified. */
  async stop(): Promise<void> {
    this.forget();
    await this.writeUses();
  }

  private async look(id: string, hash: string): Promise<Credential | KeyFault> {
    try {
      for (;;) {
        const before = this.generation;
        const key = await this.deps.keys.find(id);
        if (before === this.generation) return this.judge(key, hash);
      }
    } catch (error) {
      this.deps.onUnreadable(error);
      return 'unavailable';
    }
  }

  private judge(key: KnownKey | undefined, hash: string): Credential | KeyFault {
    const nowMs = this.deps.clock.nowMs();
    if (key === undefined || !isSameHash(key.hash, hash)) return this.refuse(hash, 'unknown');
    if (key.revokedMs !== undefined) return this.refuse(hash, 'revoked');
    const expiresAtMs = key.expiresMs ?? Number.POSITIVE_INFINITY;
    if (expiresAtMs <= nowMs) return this.refuse(hash, 'expired');
    // Somebody else may have looked for the same key meanwhile: one credential has one principal.
    const other = this.good.get(hash);
    if (other !== undefined) return other;
    const credential = credentialOf(principalOfKey(key), 'key', key.id, expiresAtMs);
    this.good.set(hash, credential);
    this.noteUse(credential, nowMs);
    return credential;
  }

  private refuse(hash: string, fault: KeyFault): KeyFault {
    this.bad.set(hash, fault);
    return fault;
  }

  private forget(): void {
    this.generation++;
    this.good.clear();
    this.bad.clear();
  }

  private noteUse(credential: Credential, nowMs: number): void {
    const { keyId } = credential;
    if (nowMs >= this.dayEndsMs) {
      this.day = new Date(nowMs).toISOString().slice(0, 10);
      this.dayEndsMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
      this.usedToday.clear();
    }
    credential.recheckAtMs = this.dayEndsMs;
    if (!this.usedToday.has(keyId)) this.usedToday.set(keyId, false);
  }

  /** When a key was used last is only for people to read, so failing to note it refuses nobody. */
  private async writeUses(): Promise<void> {
    const ids = [...this.usedToday].filter(([, isWritten]) => !isWritten).map(([id]) => id);
    if (ids.length === 0) return;
    for (const id of ids) this.usedToday.set(id, true);
    await this.deps.keys.used(ids, this.day).catch(() => undefined);
  }
}

function isSameHash(kept: string, presented: string): boolean {
  const [a, b] = [Buffer.from(kept, 'hex'), Buffer.from(presented, 'hex')];
  return a.length === b.length && timingSafeEqual(a, b);
}
