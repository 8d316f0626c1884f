/** The handshake of the legacy era (2025-11-25, lifecycle). */
import { Refusal } from '../../kernel/index.ts';
import { declaredIn } from './capability-set.ts';
import type { FlightHost, Link } from './flight.ts';
import type { PooledLink } from './link.ts';
import { declaringExtensions } from './extension-set.ts';
import { extensionsOfKey, setOfKey } from './link-key.ts';
import { ask } from './own-flight.ts';
import { invalidAnswer, readPeerHead, type PeerHead } from './peer-head.ts';
import { MAX_HEAD_BYTES } from './probe.ts';

/** Revisions we understand when a server chooses one; those before ours only in its answers. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
]);

export interface Initialized {
  /** What the server chose. */
  readonly revision: string;
  readonly head: PeerHead;
}

/**
 * Asks for a session, in which the server may ask what the key of the link says. The caller of this
 * sends `notifications/initialized`.
 */
export async function initialize(
  host: FlightHost,
  link: Link & Pick<PooledLink, 'key'>,
  revision: string,
): Promise<Initialized | Refusal> {
  const asked = declaredIn(setOfKey(link.key), revision);
  const capabilities = declaringExtensions(asked, extensionsOfKey(link.key));
  const params = `"protocolVersion":${JSON.stringify(revision)},"capabilities":${capabilities},"clientInfo":${host.clientInfo}`;
  const request = { method: 'initialize', params, maxBytes: MAX_HEAD_BYTES };
  const answer = await ask(host, link, request);
  if (answer instanceof Refusal) return answer;
  const { kind, view, value } = answer;
  if (kind === 'error') {
    const code = view.raw(view.member(value, 'code'));
    return invalidAnswer(`It answered initialize with the error ${code}.`);
  }
  const chosen = view.string(view.member(value, 'protocolVersion')) ?? '';
  if (!UNDERSTOOD.has(chosen)) {
    return invalidAnswer(`It chose the protocol revision "${chosen.slice(0, 40)}".`);
  }
  return { revision: chosen, head: readPeerHead(answer, view.member(value, 'serverInfo')) };
}
