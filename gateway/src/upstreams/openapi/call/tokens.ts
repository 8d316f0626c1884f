/** Access tokens by client credentials (RFC 6749, section 4.4): fetched once, kept until they end. */
import { ask, failureWords, type OutboundPool } from '../../../egress/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { AuthScheme } from '../../api/model.ts';
import type { ClientConfig, SchemeConfig } from '../../auth-schema.ts';

export type Token =
  | { readonly ok: true; readonly value: string }
  /** Without secrets, in words for the caller. */
  | { readonly ok: false; readonly why: string };

export interface Tokens {
  /**
   * The token for a scheme of `auth.schemes`. Callers that need the same one at the same time share
   * one request; one that is cancelled leaves it to the others. Never rejects.
   */
  get(scheme: AuthScheme, scopes: readonly string[], signal: AbortSignal): Promise<Token>;
  /** An API refused the token: the next `get` fetches another, unless that happened already. */
  refused(scheme: string, scopes: readonly string[], value: string): void;
}

export interface TokenDeps {
  readonly schemes: Readonly<Record<string, SchemeConfig>>;
  readonly clock: Clock;
  /** @returns words where the endpoint may not be asked */
  readonly endpoint: (client: ClientConfig, scheme: AuthScheme) => URL | string;
  readonly pool: (url: URL) => OutboundPool;
  /** Hears of every token, so that none of them is ever shown. */
  readonly learn: (token: string) => void;
}

interface Kept {
  readonly token: Promise<Token>;
  value: string;
  endsMs: number;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const TIMEOUT_MS = 20_000;
/** How long a token is kept whose answer does not say how long it lives. */
const DEFAULT_LIFE_MS = 300_000;
/** A token is not used any more this long before its end, or at nine tenths of its life. */
const MARGIN_MS = 30_000;
const MAX_KEPT = 256;

export function createTokens(deps: TokenDeps): Tokens {
  const kept = new Map<string, Kept>();
  return {
    get: (scheme, scopes, signal) => {
      const client = deps.schemes[scheme.name];
      if (typeof client !== 'object' || !('clientId' in client)) {
        return Promise.resolve({ ok: false, why: 'No client id and secret are configured.' });
      }
      const wanted = client.scopes ?? scopes;
      const key = keyOf(scheme.name, wanted);
      const known = kept.get(key);
      if (known !== undefined && deps.clock.nowMs() < known.endsMs) {
        return unless(signal, known.token);
      }
      return unless(signal, fetchInto(kept, key, scheme, client, wanted, deps));
    },
    refused: (scheme, scopes, value) => {
      const client = deps.schemes[scheme];
      const own = typeof client === 'object' && 'clientId' in client ? client.scopes : undefined;
      const key = keyOf(scheme, own ?? scopes);
      if (kept.get(key)?.value === value) kept.delete(key);
    },
  };
}

function keyOf(scheme: string, scopes: readonly string[]): string {
  return JSON.stringify([scheme, [...scopes].toSorted()]);
}

function fetchInto(
  kept: Map<string, Kept>,
  key: string,
  scheme: AuthScheme,
  client: ClientConfig,
  scopes: readonly string[],
  deps: TokenDeps,
): Promise<Token> {
  const token = fetchToken(scheme, client, scopes, deps).then((granted) => {
    if (typeof granted === 'string') {
      if (kept.get(key) === entry) kept.delete(key);
      return { ok: false, why: granted } as const;
    }
    entry.value = granted.value;
    entry.endsMs = deps.clock.nowMs() + granted.lifeMs;
    return { ok: true, value: granted.value } as const;
  });
  const entry: Kept = { token, value: '', endsMs: Number.POSITIVE_INFINITY };
  kept.set(key, entry);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return token;
}

/** The promise, unless the caller goes first. */
function unless(signal: AbortSignal, token: Promise<Token>): Promise<Token> {
  return new Promise((resolve) => {
    const leave = (): void => resolve({ ok: false, why: 'The call was cancelled.' });
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    void token.then((value) => {
      signal.removeEventListener('abort', leave);
      resolve(value);
    });
  });
}

interface Granted {
  readonly value: string;
  readonly lifeMs: number;
}

async function fetchToken(
  scheme: AuthScheme,
  client: ClientConfig,
  scopes: readonly string[],
  deps: TokenDeps,
): Promise<Granted | string> {
  const url = deps.endpoint(client, scheme);
  if (typeof url === 'string') return url;
  const failed = (why: string): string =>
    `No access token could be had for "${scheme.name}" from ${url.host}: ${why}.`;
  const asked = await ask(
    deps.pool(url),
    {
      method: 'POST',
      path: url.pathname + url.search,
      headers: tokenHeaders(client),
      body: tokenBody(client, scopes),
    },
    { maxBytes: MAX_ANSWER_BYTES, timeoutMs: TIMEOUT_MS, clock: deps.clock },
  );
  if (asked.kind === 'failure') return failed(failureWords(asked.error));
  const answer = parseObject(asked.bytes);
  if (asked.status !== 200 && asked.status !== 201) {
    const code = answer?.['error'];
    // Error codes of RFC 6749, section 5.2, are safe to show; anything else may be anything.
    const isCode = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code);
    return failed(`it answered HTTP ${asked.status}${isCode ? ` (${code})` : ''}`);
  }
  const granted = asked.cut === '' && answer !== undefined ? readGrant(answer) : undefined;
  if (granted === undefined) return failed('its answer holds no bearer token');
  deps.learn(granted.value);
  return granted;
}

function tokenHeaders({ sendIn, clientId, clientSecret }: ClientConfig): string[] {
  const headers = [
    'content-type',
    'application/x-www-form-urlencoded',
    'accept',
    'application/json',
  ];
  if (sendIn === 'body') return headers;
  // RFC 6749, section 2.3.1: both are form-encoded before they are joined.
  const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
  return [...headers, 'authorization', `Basic ${Buffer.from(pair).toString('base64')}`];
}

function tokenBody(client: ClientConfig, scopes: readonly string[]): Buffer {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  if (client.sendIn === 'body') {
    form.set('client_id', client.clientId);
    form.set('client_secret', client.clientSecret);
  }
  return Buffer.from(form.toString());
}

function formEncoded(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function readGrant(answer: Readonly<Record<string, unknown>>): Granted | undefined {
  const { access_token: value, token_type: type, expires_in: seconds } = answer;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return undefined;
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') return undefined;
  const written = typeof seconds === 'string' ? Number(seconds) : seconds;
  const lifeMs = typeof written === 'number' && written > 0 ? written * 1000 : DEFAULT_LIFE_MS;
  return { value, lifeMs: Math.max(lifeMs * 0.9, lifeMs - MARGIN_MS) };
}
