/** What happens at sign-in and sign-out, apart from pages: the one place that lets somebody in. */
import { ownMember, type JsonObject } from '../kernel/index.ts';
import { CALLBACK } from './place.ts';
import { LoginFault } from './fault.ts';
import { FLOW_MS, beginFlow, openFlow, sealFlow } from './flow.ts';
import { cookieName, readCookie, writeCookie } from './cookies.ts';
import { hashOf } from './once.ts';
import type { LoginDeps } from './ports.ts';
import { Provider } from './provider.ts';
import type { Sessions } from './sessions.ts';
import type { LoginSettings } from './settings.ts';

/** Where the browser goes next, and the cookies that it takes along. */
export interface Onward {
  readonly location: string;
  readonly cookies: readonly string[];
}

const MAX_CLAIMS_BYTES = 32 * 1024;
/** How long tokens may live that were handed out before a logout. */
const TOKENS_END_MS = 7 * 24 * 3_600_000;

export class Desk {
  readonly settings: LoginSettings;
  private readonly deps: LoginDeps;
  private readonly sessions: Sessions;
  private readonly providers: ReadonlyMap<string, Provider>;

  constructor(settings: LoginSettings, deps: LoginDeps, sessions: Sessions) {
    this.settings = settings;
    this.deps = deps;
    this.sessions = sessions;
    const known = new Map(settings.issuers.map((each) => [each.issuer, each]));
    this.providers = new Map(
      settings.config.providers.flatMap((each) => {
        const facts = known.get(each.issuer);
        return facts === undefined ? [] : [[each.issuer, new Provider(each, facts, deps.clock)]];
      }),
    );
  }

  /** Sends a browser to a provider. */
  async begin(issuer: string, returnTo: string | undefined): Promise<Onward | LoginFault> {
    const provider = this.providers.get(issuer);
    if (provider === undefined) return new LoginFault('unknown_issuer', 'no such provider');
    const { place } = this.settings;
    const flow = beginFlow(issuer, place.returnPath(returnTo), this.deps.clock.nowMs());
    const redirectUri = place.redirectUri(provider.config.callback);
    const location = await provider.begin(flow, redirectUri, this.providers.size === 1);
    if (location instanceof LoginFault) return location;
    const cookie = this.flowCookie(sealFlow(flow, this.deps.sealer), FLOW_MS / 1000);
    return { location: location.href, cookies: [cookie] };
  }

  /**
   * Takes a browser that a provider has sent back.
   * @param path below the callback: '' or `/<callback>`
   * @param query what the provider added
   */
  async finish(
    path: string,
    query: URLSearchParams,
    cookies: string | undefined,
  ): Promise<Onward | LoginFault> {
    const { place } = this.settings;
    const { store, sealer, clock } = this.deps;
    const flow = openFlow(readCookie(cookies, this.flowName()), sealer);
    if (flow === undefined) return new LoginFault('not_begun', 'no sign-in is open');
    const provider = this.providers.get(flow.issuer);
    if (provider === undefined) return new LoginFault('unknown_issuer', 'no such provider');
    const states = query.getAll('state');
    if (states.length !== 1 || states[0] !== flow.state) {
      return new LoginFault('not_begun', 'state is that of another sign-in');
    }
    // From here on the answer is spent, whatever comes of it.
    const isFirst = await store.takeOnce(
      hashOf('state', flow.state),
      flow.expiresMs,
      clock.nowMs(),
    );
    if (!isFirst) return new LoginFault('used', `an answer of ${flow.issuer} came twice`);
    const redirectUri = place.redirectUri(provider.config.callback);
    if (redirectUri !== `${place.base}${CALLBACK}${path}`) {
      return new LoginFault('other_issuer', `the answer came to ${CALLBACK}${path}`);
    }
    const mixedUp = mixUp(query, flow.issuer);
    if (mixedUp !== undefined) return mixedUp;
    const claims = await provider.finish(new URL(`${redirectUri}?${query.toString()}`), flow);
    if (claims instanceof LoginFault) return claims;
    const session = await this.letIn(claims, cookies);
    if (session instanceof LoginFault) return session;
    return { location: flow.returnPath, cookies: [session, this.flowCookie('', 0)] };
  }

  /** Ends the session of a browser. */
  async signOut(cookies: string | undefined): Promise<Onward> {
    const { place } = this.settings;
    const session = await this.sessions.find(cookies);
    await this.sessions.end(cookies);
    const done = place.link('/logout/done');
    const gone = writeCookie(
      { name: cookieName('session', place.isSecure), value: '', maxAgeSeconds: 0 },
      place.isSecure,
    );
    if (session === undefined) return { location: done, cookies: [gone] };
    const { issuer, principal } = session;
    this.deps.record({ principal, action: 'login.end', thing: thingOf(issuer), outcome: 'done' });
    const provider = this.providers.get(issuer);
    const there = await provider?.endSession(`${place.base}/logout/done`);
    return { location: there?.href ?? done, cookies: [gone] };
  }

  /** Where a provider wants people to be sent on sign-out, as far as it is known. */
  async signOutOrigin(issuer: string): Promise<string | undefined> {
    const there = await this.providers.get(issuer)?.endSession(`${this.settings.place.base}/`);
    return there?.origin;
  }

  /** Takes a logout token; when it resolves, sessions and access tokens are cut. */
  async logOut(issuer: string, token: string): Promise<LoginFault | undefined> {
    const provider = this.providers.get(issuer);
    if (provider === undefined) return new LoginFault('unknown_issuer', 'no such provider');
    const read = await provider.readLogout(token);
    if (read instanceof LoginFault) return read;
    const { subject, sid, jti, expiresMs } = read;
    const { store, clock, revoke, record } = this.deps;
    const nowMs = clock.nowMs();
    const skewMs = (this.factsOf(issuer)?.clockSkewSeconds ?? 0) * 1000;
    const once = hashOf('logout', `${issuer}\n${jti}`);
    if (!(await store.takeOnce(once, expiresMs + skewMs, nowMs))) {
      return new LoginFault('used', 'the logout token came twice');
    }
    let ended: number;
    try {
      ended = await store.endAll({ issuer, subject, sid });
      await revoke({
        issuer,
        ...(subject === '' ? {} : { subject }),
        ...(sid === '' ? {} : { sid }),
        untilMs: nowMs + TOKENS_END_MS,
      });
    } catch (error) {
      // The provider may send it again.
      await store.giveBack(once);
      throw error;
    }
    const principal = {
      id: `issuer:${encodeURIComponent(issuer)}`,
      user: '',
      agent: '',
      team: '',
      verifiedBy: 'logout token',
    };
    const details = { subject, sid, sessions: ended };
    record({ principal, action: 'login.end', thing: thingOf(issuer), outcome: 'done', details });
    return undefined;
  }

  private async letIn(
    claims: JsonObject,
    cookies: string | undefined,
  ): Promise<string | LoginFault> {
    const { clock, principalOf, isRevoked, record } = this.deps;
    const kept = keptOf(claims);
    const size = Buffer.byteLength(JSON.stringify(kept));
    if (size > MAX_CLAIMS_BYTES) {
      return new LoginFault('nobody', `the claims are ${size} bytes, at most ${MAX_CLAIMS_BYTES}`);
    }
    const principal = principalOf(kept);
    if (principal === undefined || principal.user === '') {
      return new LoginFault(
        'nobody',
        'the claims name no person where identity.oauth looks for one',
      );
    }
    const { iss } = kept;
    const issuer = typeof iss === 'string' ? iss : '';
    const entry = { principal, action: 'login.begin', thing: thingOf(issuer) } as const;
    if (await isRevoked({ ...kept, iat: clock.nowMs() / 1000 })) {
      record({ ...entry, outcome: 'refused', details: { why: 'revoked' } });
      return new LoginFault('revoked', `${principal.id} is revoked`);
    }
    if (!record({ ...entry, outcome: 'done' })) {
      return new LoginFault('not_recorded', 'the record has no place');
    }
    return await this.sessions.begin(kept, cookies);
  }

  private factsOf(issuer: string): LoginSettings['issuers'][number] | undefined {
    return this.settings.issuers.find((each) => each.issuer === issuer);
  }

  private flowName(): string {
    return cookieName('signin', this.settings.place.isSecure);
  }

  private flowCookie(value: string, maxAgeSeconds: number): string {
    const { isSecure } = this.settings.place;
    return writeCookie({ name: this.flowName(), value, maxAgeSeconds }, isSecure);
  }
}

/** RFC 9207, section 2.4: compared as it is written; of a wrong one not even the error is read. */
function mixUp(query: URLSearchParams, issuer: string): LoginFault | undefined {
  const named = query.getAll('iss');
  if (named.length === 0 || (named.length === 1 && named[0] === issuer)) return undefined;
  return new LoginFault('other_issuer', `iss is not ${issuer}`);
}

/** What belongs to one answer of the provider and says nothing about the person. */
const OF_THE_ANSWER: ReadonlySet<string> = new Set([
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'jti',
  'iat',
  'exp',
  'nbf',
  // A person calls by a browser: no client stands between.
  'azp',
  'client_id',
]);

function keptOf(claims: JsonObject): JsonObject {
  const kept = Object.entries(claims).filter(([name]) => !OF_THE_ANSWER.has(name));
  const subject = ownMember(claims, 'sub');
  return { ...Object.fromEntries(kept), sub: typeof subject === 'string' ? subject : '' };
}

function thingOf(issuer: string): string {
  return `browser session of ${issuer}`;
}
