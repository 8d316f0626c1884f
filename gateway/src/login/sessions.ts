/** Browser sessions: a random id in a cookie, and behind its hash what the provider said of the person. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import {
  isJsonObject,
  ownMember,
  parseExact,
  type JsonObject,
  type Principal,
} from '../kernel/index.ts';
import type { LoginSession } from '../store/index.ts';
import { cookieName, readCookie, writeCookie } from './cookies.ts';
import { hashOf, newSecret } from './once.ts';
import type { Place } from './place.ts';
import type { LoginDeps } from './ports.ts';
import type { LoginConfig } from './schema.ts';

export const CSRF_HEADER = 'x-drawbridge-csrf';

/** What a request with a cookie of ours stands for. */
export interface OpenSession {
  readonly hash: string;
  readonly issuer: string;
  readonly principal: Principal;
  /** What a request that changes something has to show. */
  readonly csrf: string;
  /** Milliseconds since 1970, used or not. */
  readonly expiresMs: number;
}

/** Settings in force, and where the gateway is. */
export interface SessionSettings {
  readonly config: LoginConfig;
  readonly place: Place;
}

type SessionDeps = Pick<LoginDeps, 'store' | 'clock' | 'principalOf' | 'isRevoked'>;

const MINUTE_MS = 60_000;
/** How many sign-ins a person may have at once; the oldest end. */
const MAX_PER_PERSON = 20;
const MAX_REMEMBERED = 5000;
const ID = /^[\w-]{43}$/;

export class Sessions {
  private readonly deps: SessionDeps;
  private settings: SessionSettings | undefined;
  /** The same session is the same principal, as long as the configuration stays. */
  private readonly principals = new LRUCache<string, Principal>({ max: MAX_REMEMBERED });

  constructor(deps: SessionDeps) {
    this.deps = deps;
  }

  /** @param settings undefined where nobody signs in */
  configure(settings: SessionSettings | undefined): void {
    this.settings = settings;
    this.principals.clear();
  }

  /**
   * Signs a person in under an id that nobody has seen before; what the browser had ends.
   * @param claims what was verified, "iss" and "sub" among them
   * @returns the cookie
   */
  async begin(claims: JsonObject, cookies: string | undefined): Promise<string> {
    const { config, place } = this.inForce();
    await this.end(cookies);
    const id = newSecret();
    const nowMs = this.deps.clock.nowMs();
    const lastsMs = config.sessionMinutes * MINUTE_MS;
    await this.deps.store.insert(
      {
        hash: hashOf('session', id),
        issuer: textIn(claims, 'iss'),
        subject: textIn(claims, 'sub'),
        sid: textIn(claims, 'sid'),
        claims: JSON.stringify(claims),
        createdMs: nowMs,
        seenMs: nowMs,
        expiresMs: nowMs + lastsMs,
      },
      MAX_PER_PERSON,
    );
    const name = cookieName('session', place.isSecure);
    return writeCookie({ name, value: id, maxAgeSeconds: lastsMs / 1000 }, place.isSecure);
  }

  /** The session of a request, where it still counts; rejects where the store cannot be read. */
  async find(cookies: string | undefined): Promise<OpenSession | undefined> {
    const id = this.idIn(cookies);
    if (id === undefined) return undefined;
    const hash = hashOf('session', id);
    const session = await this.deps.store.find(hash);
    const principal = session === undefined ? undefined : await this.judge(session);
    if (session === undefined || principal === undefined) {
      this.principals.delete(hash);
      return undefined;
    }
    await this.touch(session);
    const { issuer, expiresMs } = session;
    return { hash, issuer, principal, csrf: hashOf('csrf', id), expiresMs };
  }

  /** Ends the session of a request, if there is one. */
  async end(cookies: string | undefined): Promise<void> {
    const id = this.idIn(cookies);
    if (id !== undefined) await this.deps.store.end(hashOf('session', id));
  }

  private inForce(): SessionSettings {
    if (this.settings === undefined) throw new Error('nobody signs in here');
    return this.settings;
  }

  private idIn(cookies: string | undefined): string | undefined {
    if (this.settings === undefined) return undefined;
    const id = readCookie(cookies, cookieName('session', this.settings.place.isSecure));
    return id !== undefined && ID.test(id) ? id : undefined;
  }

  private async judge(session: LoginSession): Promise<Principal | undefined> {
    const { config } = this.inForce();
    const { hash, issuer, createdMs } = session;
    const nowMs = this.deps.clock.nowMs();
    const idleMs = config.idleMinutes * MINUTE_MS;
    // A shorter time in a new configuration counts for those who are signed in, too.
    const endsMs = Math.min(session.expiresMs, createdMs + config.sessionMinutes * MINUTE_MS);
    if (nowMs >= endsMs || nowMs >= session.seenMs + idleMs) return undefined;
    if (!config.providers.some((each) => each.issuer === issuer)) return undefined;
    const claims = claimsIn(session.claims);
    if (await this.deps.isRevoked({ ...claims, iat: createdMs / 1000 })) return undefined;
    const known = this.principals.get(hash);
    if (known !== undefined) return known;
    const principal = this.deps.principalOf(claims);
    if (principal !== undefined) this.principals.set(hash, principal);
    return principal;
  }

  /** Not every request is worth a write. */
  private async touch({ hash, seenMs }: LoginSession): Promise<void> {
    const nowMs = this.deps.clock.nowMs();
    const everyMs = Math.min(MINUTE_MS, (this.inForce().config.idleMinutes * MINUTE_MS) / 10);
    if (nowMs - seenMs >= everyMs) await this.deps.store.seen(hash, nowMs);
  }
}

/** Whether a request may change something: it shows what only our own pages can read. */
export function showsCsrf(session: OpenSession, shown: string | undefined): boolean {
  const [wanted, given] = [Buffer.from(session.csrf), Buffer.from(shown ?? '')];
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

/** Methods that change nothing (RFC 9110, section 9.2.1). */
export function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD';
}

export function csrfIn(headers: IncomingHttpHeaders): string | undefined {
  const value = headers[CSRF_HEADER];
  return typeof value === 'string' ? value : undefined;
}

function claimsIn(text: string): JsonObject {
  const claims = parseExact(text);
  return isJsonObject(claims) ? claims : {};
}

function textIn(claims: JsonObject, name: string): string {
  const value = ownMember(claims, name);
  return typeof value === 'string' ? value : '';
}
