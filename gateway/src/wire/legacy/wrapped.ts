/** Messages that are taken apart or passed on before they are read: batches, and posts to a stream. */
import {
  ROOT,
  Refusal,
  type Call,
  type Exchange,
  type JsonView,
  type Principal,
} from '../../kernel/index.ts';
import { header } from '../headers.ts';
import type { Frame } from '../json-rpc.ts';
import type { WireDeps } from '../ports.ts';
import { legacyCall, openSession } from './decode.ts';

/** The only revision that has batches. */
const BATCH_REVISION = '2025-03-26';

const MAX_MESSAGES = 50;

/**
 * A batch (2025-03-26, JSON-RPC batching): an array of messages of a session of that revision.
 * @returns the call that wraps them, or `not_a_request`, `session_unknown`, `version_unsupported`
 */
export function decodeBatch(
  x: Exchange,
  principal: Principal,
  view: JsonView,
  deps: WireDeps,
): Call | Refusal {
  if (header(x.head, 'mcp-session-id') === '')
    return noBatch(`Only sessions of ${BATCH_REVISION} may send batches.`);
  const session = openSession(x, principal, deps);
  if (session instanceof Refusal) return session;
  if (session.revision !== BATCH_REVISION) {
    return noBatch(`Batches are not part of ${session.revision}; send one message at a time.`);
  }
  x.dialect = 'legacy';
  const refusal = checkMessages(view);
  return refusal ?? legacyCall(wrapping(view), undefined, session, '', '');
}

/** A message posted to a stream of 2024-11-05; the session of the stream is known to `sessions`. */
export function wrapMessage(frame: Frame): Call {
  return legacyCall(wrapping(frame.view), undefined, undefined, '', '');
}

function wrapping(view: JsonView): Frame {
  return { kind: 'wrapped', view, rawId: '', method: '', params: -1, meta: -1 };
}

function checkMessages(view: JsonView): Refusal | undefined {
  const messages = view.children(ROOT);
  if (messages.length === 0) return noBatch('A batch holds at least one message.');
  if (messages.length > MAX_MESSAGES) {
    return noBatch(`A batch holds at most ${MAX_MESSAGES} messages.`);
  }
  for (const message of messages) {
    if (view.kind(message) === 'array') return noBatch('A batch holds no other batch.');
    if (view.kind(message) !== 'object') continue;
    if (view.string(view.member(message, 'method')) === 'initialize') {
      return noBatch('"initialize" must not be part of a batch.');
    }
  }
  return undefined;
}

function noBatch(text: string): Refusal {
  return new Refusal('not_a_request', { text });
}
