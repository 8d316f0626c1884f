/** Everything that one server offers, read over one link. */
import { ENVELOPE, Refusal, type Listing } from '../../kernel/index.ts';
import { fetchLists } from './fetch-lists.ts';
import type { FlightHost } from './flight.ts';
import type { PooledLink } from './link.ts';
import { ask } from './own-flight.ts';
import { invalidAnswer, readPeerHead, type PeerHead } from './peer-head.ts';
import { DISCOVER } from './probe.ts';

/** @returns what it offers, and what it said about itself; an aborted `signal` is a refusal */
export async function readListing(
  host: FlightHost,
  link: PooledLink,
  signal: AbortSignal,
): Promise<{ readonly listing: Listing; readonly head: PeerHead } | Refusal> {
  const head = link.head ?? (await discover(host, link, signal));
  if (head instanceof Refusal) return head;
  const lists = await fetchLists(head, (request) => ask(host, link, request, signal));
  if (lists instanceof Refusal) return lists;
  const { capabilities, serverInfo, instructions } = head;
  const { era, revision } = link;
  return { listing: { era, revision, capabilities, serverInfo, instructions, ...lists }, head };
}

/** 2026-07-28, `server/discover`: what `initialize` says in the legacy era. */
async function discover(
  host: FlightHost,
  link: PooledLink,
  signal: AbortSignal,
): Promise<PeerHead | Refusal> {
  const answer = await ask(host, link, DISCOVER, signal);
  if (answer instanceof Refusal) return answer;
  const { kind, view, value } = answer;
  if (kind === 'error') {
    const code = view.raw(view.member(value, 'code'));
    return invalidAnswer(`It answered server/discover with the error ${code}.`);
  }
  const meta = view.member(value, '_meta');
  return readPeerHead(answer, view.member(meta, ENVELOPE.serverInfo));
}

/** Does not wait for work that takes no notice of the signal. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | Refusal> {
  const { promise, resolve, reject } = Promise.withResolvers<T | Refusal>();
  const stop = (): void => resolve(new Refusal('cancelled'));
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  work.then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', stop));
}
