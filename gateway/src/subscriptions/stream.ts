/** One open stream to a caller, and the notifications it asked for. */
import { ENVELOPE, type Delivery, type Item, type Principal } from '../kernel/index.ts';

export type ListKind = 'tools' | 'prompts' | 'resources';

export interface Stream {
  readonly endpoint: string;
  readonly principal: Principal;
  readonly delivery: Delivery;
  /** JSON-RPC id of the listen request as written; '' on a legacy stream. */
  readonly rawSubscriptionId: string;
  /** Legacy session the stream belongs to; '' on a modern one. */
  readonly sessionKey: string;
  readonly lists: ReadonlySet<ListKind>;
  /** Resources this stream wants to hear of, by public URI (modern); legacy ones stand with the session. */
  readonly resources: ReadonlyMap<string, Item>;
}

/** JSON text of a notification on this stream, stamped with its subscription (2026-07-28). */
export function notification(stream: Stream, method: string, members = ''): string {
  const meta = stream.rawSubscriptionId === '' ? '' : stamp(stream);
  const both = meta !== '' && members !== '' ? `${meta},${members}` : `${meta}${members}`;
  const params = both === '' ? '' : `,"params":{${both}}`;
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)}${params}}`;
}

/** JSON text of the result that ends this stream properly; '' where its revision has none. */
export function closingResult(stream: Stream): string {
  return stream.rawSubscriptionId === '' ? '' : `{"resultType":"complete",${stamp(stream)}}`;
}

function stamp(stream: Stream): string {
  return `"_meta":{${JSON.stringify(ENVELOPE.subscriptionId)}:${stream.rawSubscriptionId}}`;
}
