/** Sends the requests of one API and reads its answers. */
import {
  AddressRefused,
  ask,
  failureWords,
  InvalidResponse,
  safeAddress,
  type Asked,
} from '../../../egress/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { ApiCall, AuthNeed, Reply } from '../model.ts';
import { refusalIn, type UpstreamCredentials } from '../../credential-port.ts';
import { nextOfLink } from '../pages/link.ts';
import type { HttpRequest } from './request.ts';
import { headerOf } from './reply/media.ts';
import { broken, replyOf } from './reply/reply.ts';
import type { SecretFilter } from './reply/secret-filter.ts';
import { createDoneWatch } from './reply/streams.ts';
import type { Carried, Credentials } from './credentials.ts';
import { inflated } from './inflate.ts';
import { bodyOf, headersOf, targetOf, withoutParameters } from './request-parts.ts';
import { joinUrl, type Servers } from './servers.ts';
import type { Tokens } from './tokens.ts';

export interface TransportDeps {
  readonly servers: Servers;
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  readonly secrets: SecretFilter;
  readonly clock: Clock;
  /** Sent with every request: names in lower case and values in turn. */
  readonly headers: readonly string[];
  readonly presented: Pick<UpstreamCredentials, 'bind'>;
}

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** A call, or what the gateway asks for itself: then on behalf of nobody. */
export type SentCall = Omit<ApiCall, 'principal'> & {
  readonly principal: ApiCall['principal'] | undefined;
};

/** One call as it is tried: the request, where it goes, and until when. */
interface Trial {
  readonly request: HttpRequest;
  readonly need: AuthNeed;
  readonly call: SentCall;
  readonly endsMs: number;
}

type Answered = Extract<Asked, { readonly kind: 'answer' }>;

export interface Transport {
  /** Sends one request and reads its answer. Never rejects. */
  send(request: HttpRequest, need: AuthNeed, call: SentCall): Promise<Reply>;
}

/**
 * A request is sent once, but for two cases in which it certainly was not carried out: an access
 * token was refused (401) and another one could be had, or a GET or HEAD was redirected within its
 * origin, at most three times.
 */
export function createTransport(deps: TransportDeps): Transport {
  return {
    send: async (request, need, call) => {
      const url = addressOf(request, call.pageUrl, deps.servers);
      if (typeof url === 'string') return broken('upstream_unavailable', url);
      const endsMs = deps.clock.nowMs() + call.timeoutMs;
      const trial = { request, need, call, endsMs };
      const first = await carryAndAsk(trial, url, deps);
      if (!isTokenRefused(first)) return first.reply;
      deps.tokens.refused(first.carried.tokenOf, first.carried.scopes, tokenIn(first.carried));
      return (await carryAndAsk(trial, url, deps)).reply;
    },
  };
}

interface Tried {
  readonly reply: Reply;
  readonly carried: Carried | undefined;
}

function isTokenRefused(tried: Tried): tried is Tried & { readonly carried: Carried } {
  const { reply, carried } = tried;
  return reply.kind === 'failure' && reply.status === '401' && (carried?.tokenOf ?? '') !== '';
}

function tokenIn({ headers }: Carried): string {
  const at = headers.indexOf('authorization');
  return (headers[at + 1] ?? '').replace(/^Bearer /, '');
}

function addressOf(request: HttpRequest, pageUrl: string, servers: Servers): URL | string {
  const server = servers.resolve(request.server);
  if (typeof server === 'string') return server;
  const url = joinUrl(server, request.path);
  return pageUrl === '' ? url : servers.page(pageUrl, url);
}

async function carryAndAsk(trial: Trial, url: URL, deps: TransportDeps): Promise<Tried> {
  const { call, need } = trial;
  const carried = await deps.credentials.carry(need, call.signal);
  if (typeof carried === 'string') {
    const reason = call.signal.aborted ? 'cancelled' : 'upstream_credentials_unavailable';
    return { reply: broken(reason, deps.secrets.clean(carried)), carried: undefined };
  }
  return { reply: await follow(trial, url, carried, deps), carried };
}

async function follow(
  trial: Trial,
  start: URL,
  carried: Carried,
  deps: TransportDeps,
): Promise<Reply> {
  const { request } = trial;
  const isSafe = request.method === 'GET' || request.method === 'HEAD';
  let url = start;
  for (let hops = 0; ; hops++) {
    const asked = await askOnce(trial, url, carried, deps);
    if (asked.kind === 'failure') return failedReply(asked, url);
    const to = REDIRECTS.has(asked.status) ? headerOf(asked.headers, 'location') : '';
    if (to === '') return await readAnswer(trial, asked, url, carried, deps);
    const next = URL.parse(to, url.href);
    if (next === null || !isSafe || hops >= MAX_REDIRECTS || next.origin !== url.origin) {
      return redirectReply(asked, next, deps);
    }
    url = next;
  }
}

function askOnce(trial: Trial, url: URL, carried: Carried, deps: TransportDeps): Promise<Asked> {
  const { request, call } = trial;
  const isDone = createDoneWatch();
  return ask(
    deps.presented.bind(deps.servers.pool(url), call.principal),
    {
      method: request.method,
      path: targetOf(url, carried),
      headers: headersOf(request, deps.headers, carried),
      body: bodyOf(request),
    },
    {
      maxBytes: call.maxAnswerBytes,
      timeoutMs: Math.max(0, trial.endsMs - deps.clock.nowMs()),
      signal: call.signal,
      clock: deps.clock,
      isEnough: (headers, chunk) =>
        headerOf(headers, 'content-type').startsWith('text/event-stream') && isDone(chunk),
    },
  );
}

/** @param url the address that gave no answer, of which only the host is told */
function failedReply(asked: Extract<Asked, { readonly kind: 'failure' }>, url: URL): Reply {
  if (asked.why === 'cancelled') return broken('cancelled', 'The call was cancelled.');
  if (asked.why === 'timeout') {
    return broken('upstream_timeout', `${url.host} did not answer in time.`);
  }
  const refusal = refusalIn(asked.error);
  if (refusal !== undefined) return broken('upstream_credentials_unavailable', refusal.text);
  const text = `${url.host}: ${failureWords(asked.error)}.`;
  if (asked.error instanceof InvalidResponse) return broken('upstream_invalid', text);
  const isRefused = asked.error instanceof AddressRefused || !asked.wasStarted;
  return broken(isRefused ? 'upstream_unavailable' : 'upstream_closed', text);
}

function redirectReply(asked: Answered, to: URL | null, deps: TransportDeps): Reply {
  const where = to === null ? 'nowhere' : safeAddress(to);
  return {
    kind: 'failure',
    class: 'redirect',
    status: String(asked.status),
    body: {
      kind: 'text',
      text: deps.secrets.clean(`It leads to ${where}`),
      mimeType: 'text/plain',
    },
    complaints: [],
    retryAfterMs: -1,
    authHint: '',
  };
}

async function readAnswer(
  trial: Trial,
  asked: Answered,
  url: URL,
  carried: Carried,
  deps: TransportDeps,
): Promise<Reply> {
  const { maxAnswerBytes } = trial.call;
  const coding = headerOf(asked.headers, 'content-encoding');
  const body = asked.cut === '' ? await inflated(asked.bytes, coding, maxAnswerBytes) : undefined;
  if (body?.ok === false) {
    return body.why === 'too_large'
      ? broken('result_too_large', `It sent more than ${maxAnswerBytes} bytes.`)
      : broken(
          'upstream_invalid',
          `${url.host}: its answer is compressed in a way that cannot be read.`,
        );
  }
  return replyOf(
    { ...asked, bytes: body?.bytes ?? asked.bytes },
    {
      nowMs: deps.clock.nowMs(),
      maxBytes: maxAnswerBytes,
      secrets: deps.secrets,
      nextUrl: nextPage(asked, url, carried, deps),
      authHint: () => hintOf(asked, trial.need, deps),
    },
  );
}

/** The next page by the `Link` header, without the credentials that may stand in it. */
function nextPage(asked: Answered, url: URL, carried: Carried, deps: TransportDeps): string {
  const { link } = asked.headers;
  const target = link === undefined ? '' : nextOfLink([link].flat().join(', '));
  const next = target === '' ? '' : deps.servers.page(target, url);
  if (typeof next === 'string') return '';
  const names = carried.query.map(([name]) => name);
  const search = withoutParameters(next.search, names);
  return deps.secrets.clean(`${next.origin}${next.pathname}${search === '' ? '' : `?${search}`}`);
}

/** What the API itself asks for (RFC 6750, section 3), and what the configuration lacks. */
function hintOf(asked: Answered, need: AuthNeed, deps: TransportDeps): string {
  const challenge = [asked.headers['www-authenticate'] ?? []].flat().join(', ');
  const [, scope] = /\bscope="([\x20\x21\x23-\x5b\x5d-\x7e]{1,300})"/.exec(challenge) ?? [];
  const [, error] = /\berror="([a-z_]{1,40})"/.exec(challenge) ?? [];
  const [scheme] = /^[A-Za-z][A-Za-z0-9-]{0,30}(?=\s|$|,)/.exec(challenge) ?? [];
  const hints: string[] = [];
  const missing = deps.credentials.missing(need);
  if (missing !== '') hints.push(`a value for ${missing} in the configuration`);
  if (scope !== undefined) hints.push(`the scopes ${scope}`);
  if (error !== undefined) hints.push(`credentials without the fault "${error}"`);
  if (hints.length === 0 && scheme !== undefined) hints.push(`other credentials for ${scheme}`);
  return hints.length === 0 ? '' : `${hints.join('; ')}.`;
}
