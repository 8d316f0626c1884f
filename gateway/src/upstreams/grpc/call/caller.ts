/** Carries out calls of one server: metadata, deadline, messages there and back, status. */
import { AddressRefused, failureWords, InvalidResponse } from '../../../egress/index.ts';
import type { Clock, Json } from '../../../kernel/index.ts';
import type { ApiCall, Reply } from '../../api/model.ts';
import type { SecretFilter } from '../../api/http/reply/secret-filter.ts';
import { refusalIn, type UpstreamCredentials } from '../../credential-port.ts';
import type { StreamingConfig } from '../config-schema.ts';
import type { Channel } from './channel.ts';
import { collect, type Collected } from './collect.ts';
import { NotTaken, openExchange, type ExchangeRequest } from './exchange.ts';
import { failureOf } from './failure.ts';
import { FrameFault } from './frames.ts';
import { carry, type Carried } from './metadata.ts';

export interface CallerDeps {
  readonly channel: Channel;
  readonly presented: Pick<UpstreamCredentials, 'bind'>;
  /** Sent with every call: names in lower case and values in turn. */
  readonly metadata: readonly string[];
  readonly isCompressed: boolean;
  readonly streaming: StreamingConfig;
  readonly clock: Clock;
  /** Takes credentials out of whatever the server sends back. */
  readonly secrets: SecretFilter;
}

export interface CallWork {
  readonly path: string;
  readonly messages: readonly Uint8Array[];
  /** Whether messages come back as a list. */
  readonly isList: boolean;
  /** @throws where the bytes are no message */
  readonly decode: (bytes: Uint8Array) => Json;
  /** About what a message takes once it is read, bytes. */
  readonly weigh: (bytes: Uint8Array, limit: number) => number;
  /** A field as the server names it, in the names of the arguments. */
  readonly named: (field: string) => string;
}

const UNAUTHENTICATED = 16;

/** Never rejects. A call is made again only where the server certainly did not take it. */
export async function callServer(work: CallWork, call: ApiCall, deps: CallerDeps): Promise<Reply> {
  const { clock } = deps;
  const endsMs = clock.nowMs() + call.timeoutMs;
  const deadline = new AbortController();
  const timer = clock.after(call.timeoutMs, () => deadline.abort());
  const signal = AbortSignal.any([call.signal, deadline.signal]);
  let carried: Carried | undefined;
  try {
    carried = await carry(deps.presented, call.principal, deps.metadata);
    const attempt = (): Promise<Collected> => send(work, call, carried, signal, endsMs, deps);
    let made = await repeated(attempt);
    if (made.status.code === UNAUTHENTICATED && made.messages.length === 0) {
      const other = await carried.refused();
      carried = other;
      if (other !== undefined) made = await repeated(attempt);
    }
    return replyOf(made, work, deps);
  } catch (error) {
    return faultOf(error, call.signal.aborted, deadline.signal.aborted, deps);
  } finally {
    timer.cancel();
    carried?.done();
  }
}

async function repeated(attempt: () => Promise<Collected>): Promise<Collected> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof NotTaken) return await attempt();
    throw error;
  }
}

async function send(
  work: CallWork,
  call: ApiCall,
  carried: Carried | undefined,
  signal: AbortSignal,
  endsMs: number,
  deps: CallerDeps,
): Promise<Collected> {
  const { streaming, clock } = deps;
  const leftMs = Math.max(1, endsMs - clock.nowMs());
  const maxBytes = Math.min(call.maxAnswerBytes, streaming.maxBytes ?? call.maxAnswerBytes);
  const request: ExchangeRequest = {
    path: work.path,
    metadata: carried?.metadata ?? deps.metadata,
    timeoutMs: leftMs,
    isCompressed: deps.isCompressed,
    maxMessageBytes: call.maxAnswerBytes,
    signal,
  };
  const exchange = await openExchange(deps.channel, request);
  for (const message of work.messages) exchange.send(message);
  exchange.end();
  return collect(exchange, {
    decode: (bytes) => work.decode(deps.secrets.cleanBytes(bytes)),
    weigh: work.weigh,
    maxMessages: work.isList ? streaming.maxMessages : 1,
    maxBytes,
    // Before the call itself is over, so that what came can still be told.
    maxMs: work.isList ? Math.min(streaming.maxMs, leftMs * 0.9) : leftMs,
    isList: work.isList,
    clock,
    progress: call.progress,
  });
}

function replyOf(made: Collected, work: CallWork, deps: CallerDeps): Reply {
  const { status, messages, note } = made;
  if (status.code !== 0) {
    const clean = (text: string): string => deps.secrets.clean(text);
    const failure = failureOf(status, { clean, named: work.named });
    if (messages.length === 0 || failure.kind !== 'failure') return failure;
    const words = failure.body.kind === 'text' ? `${failure.body.text} ` : '';
    const text = `${words}(after ${messages.length} messages of the stream)`;
    return { ...failure, body: { kind: 'text', text, mimeType: 'text/plain' } };
  }
  const [first] = messages;
  if (!work.isList && first === undefined) {
    return broken('upstream_invalid', `${deps.channel.host} answered without a message.`);
  }
  const value = work.isList ? messages : (first ?? null);
  const reply: Reply = { kind: 'answer', status: 'OK', body: { kind: 'json', value }, nextUrl: '' };
  return note === '' ? reply : { ...reply, note };
}

function faultOf(error: unknown, isCancelled: boolean, isLate: boolean, deps: CallerDeps): Reply {
  const { host } = deps.channel;
  if (isCancelled) return broken('cancelled', 'The call was cancelled.');
  if (isLate) return broken('upstream_timeout', `${host} did not answer in time.`);
  if (error instanceof FrameFault) return broken(error.reason, `${host}: ${error.message}.`);
  if (!(error instanceof Error)) throw error;
  const refusal = refusalIn(error);
  if (refusal !== undefined) return broken('upstream_credentials_unavailable', refusal.text);
  const text = `${host}: ${failureWords(error)}.`;
  if (error instanceof InvalidResponse) return broken('upstream_invalid', text);
  const isUnreached = error instanceof AddressRefused || !/ERR_HTTP2|closed/.test(codeOf(error));
  return broken(isUnreached ? 'upstream_unavailable' : 'upstream_closed', text);
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}

type Broken = Extract<Reply, { kind: 'broken' }>;

export function broken(reason: Broken['reason'], text: string): Broken {
  return { kind: 'broken', reason, text };
}
