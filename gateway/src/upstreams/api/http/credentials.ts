/** Which of the configured credentials a call carries, by what its operation needs. */
import { isHeaderName, isHeaderValue } from '../../../egress/index.ts';
import type { AuthNeed, AuthScheme, AuthSlot } from '../model.ts';
import { basicOf, type AuthConfig, type SchemeConfig } from '../../auth-schema.ts';
import type { Tokens } from './tokens.ts';

/** What is added to a request. */
export interface Carried {
  /** Names and values in turn; they win over every other header of that name. */
  readonly headers: readonly string[];
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly cookies: readonly (readonly [name: string, value: string])[];
  /** Scheme of an access token that was fetched; '' where there is none. */
  readonly tokenOf: string;
  readonly scopes: readonly string[];
}

export interface CredentialSettings {
  readonly auth: AuthConfig | undefined;
  readonly schemes: readonly AuthScheme[];
  readonly tokens: Tokens;
  /** Whether the document says of any operation what it needs. */
  readonly saysNeeds: boolean;
}

export interface Credentials {
  /** @returns words that say why a token could not be had */
  carry(need: AuthNeed, signal: AbortSignal): Promise<Carried | string>;
  /** Which credentials an operation needs beyond those that are configured; '' for none. */
  missing(need: AuthNeed): string;
  /** What of `auth.schemes` cannot be used, in words for the operator. */
  readonly problems: readonly string[];
}

const NOTHING: Carried = { headers: [], query: [], cookies: [], tokenOf: '', scopes: [] };

export function createCredentials(settings: CredentialSettings): Credentials {
  const configured = settings.auth?.schemes ?? {};
  const schemes = new Map(settings.schemes.map((scheme) => [scheme.name, scheme]));
  const usable = (slot: AuthSlot): boolean => {
    const scheme = schemes.get(slot.scheme);
    const credential = Object.hasOwn(configured, slot.scheme) ? configured[slot.scheme] : undefined;
    return scheme !== undefined && credential !== undefined && problemOf(scheme, credential) === '';
  };
  const all: AuthNeed = [
    Object.keys(configured)
      .map((scheme) => ({ scheme, scopes: [] }))
      .filter(usable),
  ];
  const effective = (need: AuthNeed): AuthNeed =>
    need.length === 0 && !settings.saysNeeds ? all : need;
  const choose = (need: AuthNeed): readonly AuthSlot[] =>
    effective(need).find((slots) => slots.length > 0 && slots.every(usable)) ?? [];
  return {
    problems: problemsOf(configured, schemes),
    carry: async (need, signal) => {
      let carried = NOTHING;
      for (const slot of choose(need)) {
        const scheme = schemes.get(slot.scheme);
        const credential = configured[slot.scheme];
        if (scheme === undefined || credential === undefined) continue;
        const next = await addSlot(carried, scheme, slot, credential, settings.tokens, signal);
        if (typeof next === 'string') return next;
        carried = next;
      }
      return carried;
    },
    missing: (need) => {
      if (settings.auth !== undefined && settings.auth.schemes === undefined) return '';
      const wanted = need.filter((slots) => slots.length > 0);
      if (wanted.length === 0 || choose(need).length > 0) return '';
      const choices = wanted.map((slots) =>
        slots
          .filter((slot) => !usable(slot))
          .map((slot) => `auth.schemes.${slot.scheme}`)
          .join(' and '),
      );
      return [...new Set(choices)].slice(0, 4).join(' or ');
    },
  };
}

async function addSlot(
  before: Carried,
  scheme: AuthScheme,
  slot: AuthSlot,
  credential: SchemeConfig,
  tokens: Tokens,
  signal: AbortSignal,
): Promise<Carried | string> {
  if (typeof credential === 'object' && 'clientId' in credential) {
    const token = await tokens.get(scheme, slot.scopes, signal);
    if (!token.ok) return token.why;
    return {
      ...withHeader(before, 'authorization', `Bearer ${token.value}`),
      tokenOf: scheme.name,
      scopes: slot.scopes,
    };
  }
  if (typeof credential === 'object') {
    return withHeader(before, 'authorization', basicOf(credential));
  }
  if (scheme.kind !== 'api_key') {
    const prefix = scheme.kind === 'other' ? '' : 'Bearer ';
    return withHeader(before, 'authorization', prefix + credential);
  }
  const pair = [scheme.parameter, credential] as const;
  switch (scheme.location) {
    case 'query':
      return { ...before, query: [...before.query, pair] };
    case 'cookie':
      return { ...before, cookies: [...before.cookies, pair] };
    default:
      return withHeader(before, scheme.parameter, credential);
  }
}

function withHeader(before: Carried, name: string, value: string): Carried {
  return { ...before, headers: [...before.headers, name.toLowerCase(), value] };
}

function problemsOf(
  configured: Readonly<Record<string, SchemeConfig>>,
  schemes: ReadonlyMap<string, AuthScheme>,
): string[] {
  const known = [...schemes.keys()].slice(0, 20).join(', ');
  return Object.entries(configured).flatMap(([name, credential]) => {
    const scheme = schemes.get(name);
    if (scheme === undefined) {
      const words = known === '' ? 'it names none' : `it names ${known}`;
      return [`auth.schemes.${name}: the document has no such security scheme; ${words}`];
    }
    const problem = problemOf(scheme, credential);
    return problem === '' ? [] : [`auth.schemes.${name}: ${problem}`];
  });
}

/** Why a credential does not fit its scheme; '' where it does. */
function problemOf(scheme: AuthScheme, credential: SchemeConfig): string {
  if (scheme.kind === 'mutual_tls') return 'client certificates cannot be used yet';
  if (typeof credential === 'object' && 'clientId' in credential) {
    const isToken = scheme.kind === 'oauth2' || scheme.kind === 'open_id';
    return isToken ? '' : `it wants ${scheme.words}, not a client id and secret`;
  }
  if (typeof credential === 'object') {
    return scheme.kind === 'basic' ? '' : `it wants ${scheme.words}, not a user name and password`;
  }
  if (scheme.kind === 'basic') return 'it wants { username, password }';
  if (scheme.kind === 'api_key' && scheme.location === 'query') return '';
  if (scheme.kind === 'api_key' && scheme.location === 'cookie') {
    return /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(credential)
      ? ''
      : 'a cookie cannot hold a space, a quote, a comma, a semicolon or a backslash';
  }
  if (scheme.kind === 'api_key' && !isHeaderName(scheme.parameter)) {
    return 'the document gives it a name that no header can have';
  }
  return isHeaderValue(credential) ? '' : 'a header cannot hold a line break';
}
