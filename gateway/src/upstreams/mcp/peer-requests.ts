/**
 * What a legacy server asks us. Questions to a client are not passed on: no session declares the
 * capabilities for them, and a server that asks all the same gets the answer that ends its wait.
 */
import type { Incoming } from './message.ts';

/** The answer to a server's request, and whether it was a question to the client. */
export interface PeerReply {
  readonly bytes: Buffer;
  readonly isQuestion: boolean;
}

const DECLINED = '"error":{"code":-1,"message":"The client does not answer sampling requests."}';
const NO_ROOTS = '"error":{"code":-32601,"message":"The client has no roots."}';
const UNKNOWN = '"error":{"code":-32601,"message":"The client does not know this method."}';

/** @param request a message of the kind `request` */
export function replyTo(request: Incoming): PeerReply {
  switch (request.method) {
    case 'ping':
      return reply(request, '"result":{}', false);
    case 'elicitation/create':
      return reply(request, '"result":{"action":"cancel"}', true);
    case 'sampling/createMessage':
      return reply(request, DECLINED, true);
    case 'roots/list':
      return reply(request, NO_ROOTS, true);
    default:
      return reply(request, UNKNOWN, false);
  }
}

function reply({ rawId }: Incoming, outcome: string, isQuestion: boolean): PeerReply {
  return { bytes: Buffer.from(`{"jsonrpc":"2.0","id":${rawId},${outcome}}`), isQuestion };
}
