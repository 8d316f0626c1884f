/** One request to a token endpoint (RFC 6749, section 3.2) and what its answer gives. */
import { ask, failureWords, type OutboundPool } from '../egress/index.ts';
import type { Clock } from '../kernel/index.ts';
import { clientAssertion, clientBasic } from '../secrets/index.ts';
import type { ClientSettings } from './settings.ts';
import type { Granted } from './token.ts';

export interface GrantRequest {
  readonly url: URL;
  readonly pool: OutboundPool;
  readonly clock: Clock;
  /** Undefined for a client that has nothing to prove itself by. */
  readonly client: ClientSettings | undefined;
  /** Names and values of the form; '' is left out. */
  readonly form: readonly (readonly [name: string, value: string])[];
  /** Hidden in what is said of a failure, beside the client's secret. */
  readonly secrets?: readonly string[];
}

const MAX_ANSWER_BYTES = 64 * 1024;
const TIMEOUT_MS = 20_000;
/** How long a token is kept whose answer does not say how long it lives. */
const DEFAULT_LIFE_MS = 300_000;
/** A token is not used any more this long before its end, or at nine tenths of its life. */
const MARGIN_MS = 30_000;
/** What may be issued: something to be sent as a bearer token (RFC 8693, section 2.2.1). */
const ISSUED = /^urn:ietf:params:oauth:token-type:(access_token|jwt)$/;

/** @returns words that say why none was given out, without secrets and without addresses */
export async function requestToken(request: GrantRequest): Promise<Granted | string> {
  const { url, pool, clock } = request;
  const body = bodyOf(request);
  const asked = await ask(
    pool,
    { method: 'POST', path: url.pathname + url.search, headers: headersOf(request), body },
    { maxBytes: MAX_ANSWER_BYTES, timeoutMs: TIMEOUT_MS, clock },
  );
  if (asked.kind === 'failure') return failureWords(asked.error);
  const answer = parseObject(asked.bytes);
  if (asked.status !== 200 && asked.status !== 201) {
    const code = answer?.['error'];
    // Error codes of RFC 6749, section 5.2, are safe to show; anything else may be anything.
    const isCode = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code);
    return `it answered HTTP ${asked.status}${isCode ? ` (${code})` : ''}`;
  }
  const granted = asked.cut === '' && answer !== undefined ? readGrant(answer) : undefined;
  if (granted === undefined) return 'its answer holds no bearer token';
  // Whoever gives back what it was given has exchanged nothing.
  return request.secrets?.includes(granted.value) === true
    ? 'it gave back the token that it was given'
    : granted;
}

function headersOf({ client }: GrantRequest): string[] {
  const headers = [
    'content-type',
    'application/x-www-form-urlencoded',
    'accept',
    'application/json',
  ];
  if (client?.clientSecret === undefined || client.sendIn === 'body') return headers;
  return [...headers, 'authorization', clientBasic(client.clientId, client.clientSecret)];
}

function bodyOf({ url, client, form, clock }: GrantRequest): Buffer {
  const written = new URLSearchParams();
  for (const [name, value] of form) if (value !== '') written.append(name, value);
  if (client?.clientKey !== undefined) {
    const { clientId, clientKey } = client;
    const wish = { clientId, audience: url.href, nowMs: clock.nowMs() };
    for (const [name, value] of clientAssertion(clientKey, wish)) written.set(name, value);
  } else if (client?.clientSecret !== undefined && client.sendIn === 'body') {
    written.set('client_id', client.clientId);
    written.set('client_secret', client.clientSecret);
  }
  return Buffer.from(written.toString());
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
  const { issued_token_type: issued } = answer;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return undefined;
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== 'bearer')) {
    return undefined;
  }
  if (issued !== undefined && (typeof issued !== 'string' || !ISSUED.test(issued))) {
    return undefined;
  }
  const written = typeof seconds === 'string' ? Number(seconds) : seconds;
  const lifeMs = typeof written === 'number' && written > 0 ? written * 1000 : DEFAULT_LIFE_MS;
  return { value, lifeMs: Math.max(lifeMs * 0.9, lifeMs - MARGIN_MS) };
}
