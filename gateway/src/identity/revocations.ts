/**
 * Whose tokens do not count any more, although their issuers would still say so: people and sign-ins
 * that were revoked here, by an operator or by a logout that their issuer told of.
 */
import { ownMember, type JsonObject } from '../kernel/index.ts';
import type { IdentityDeps, RevokedSubject } from './ports.ts';

export interface Revocation {
  readonly issuer: string;
  /** "sub" of the tokens. One of `subject` and `sid` has to be there. */
  readonly subject?: string;
  /**
   * "sid" of the tokens. Beside a subject: this sign-in only, and those tokens of the subject that
   * do not say of which sign-in they are.
   */
  readonly sid?: string;
  /** By when every token that is meant has expired; milliseconds since 1970. */
  readonly untilMs: number;
  /** Tokens issued until then are meant; without it, those issued until now. A sign-in ends for good. */
  readonly issuedUntilMs?: number;
}

interface Row {
  readonly issuedUntilMs: number;
  readonly untilMs: number;
}

export class Revocations {
  private readonly deps: Pick<IdentityDeps, 'revoked' | 'clock'>;
  private subjects = new Map<string, Row>();
  private sids = new Map<string, Row>();
  /** Tokens of these that name no sign-in. */
  private unnamed = new Map<string, Row>();
  private isKnown = false;

  constructor(deps: Pick<IdentityDeps, 'revoked' | 'clock'>) {
    this.deps = deps;
  }

  /** Writes it down and counts it at once. Rejects where it cannot be written. */
  async add(revocation: Revocation): Promise<void> {
    const { issuer, subject = '', sid = '', untilMs } = revocation;
    if (subject === '' && sid === '') throw new TypeError('a subject or a sid has to be named');
    const nowMs = this.deps.clock.nowMs();
    const revokedMs = revocation.issuedUntilMs ?? nowMs;
    const row = { issuer, subject, sid, revokedMs, expiresMs: untilMs };
    await this.deps.revoked.add(row, nowMs);
    this.take(row);
  }

  /** Resolves when what is revoked is known; rejects where it cannot be read. */
  async known(): Promise<void> {
    if (!this.isKnown) await this.read();
  }

  /** Reads all of them again. */
  async read(): Promise<void> {
    const rows = await this.deps.revoked.list(this.deps.clock.nowMs());
    this.subjects = new Map();
    this.sids = new Map();
    this.unnamed = new Map();
    for (const row of rows) this.take(row);
    this.isKnown = true;
  }

  /** Nothing is known until they are read again. */
  forget(): void {
    this.isKnown = false;
  }

  /** Whether a verified token with these claims is revoked. */
  covers(claims: JsonObject): boolean {
    if (this.subjects.size + this.sids.size === 0) return false;
    const nowMs = this.deps.clock.nowMs();
    const issuer = textIn(claims, 'iss');
    const [subject, sid] = [textIn(claims, 'sub'), textIn(claims, 'sid')];
    const iat = ownMember(claims, 'iat');
    const isMeant = (row: Row | undefined): boolean =>
      row !== undefined &&
      nowMs < row.untilMs &&
      (typeof iat !== 'number' || iat * 1000 <= row.issuedUntilMs);
    if (sid !== '') {
      const row = this.sids.get(keyOf(issuer, sid));
      if (row !== undefined && nowMs < row.untilMs) return true;
    } else if (isMeant(this.unnamed.get(keyOf(issuer, subject)))) return true;
    return isMeant(this.subjects.get(keyOf(issuer, subject)));
  }

  private take({ issuer, subject, sid, revokedMs, expiresMs }: RevokedSubject): void {
    const row = { issuedUntilMs: revokedMs, untilMs: expiresMs };
    if (sid === '') put(this.subjects, keyOf(issuer, subject), row);
    else {
      put(this.sids, keyOf(issuer, sid), row);
      if (subject !== '') put(this.unnamed, keyOf(issuer, subject), row);
    }
  }
}

/** Of two that mean the same, the later times hold. */
function put(rows: Map<string, Row>, key: string, row: Row): void {
  const other = rows.get(key) ?? row;
  rows.set(key, {
    issuedUntilMs: Math.max(row.issuedUntilMs, other.issuedUntilMs),
    untilMs: Math.max(row.untilMs, other.untilMs),
  });
}

function keyOf(issuer: string, name: string): string {
  return `${issuer}\n${name}`;
}

function textIn(claims: JsonObject, name: string): string {
  const value = ownMember(claims, name);
  return typeof value === 'string' ? value : '';
}
