/** The bounded body: one message, of one dialect, that agrees with its headers. */
import { ENVELOPE, ROOT, Refusal, eraOf } from '../kernel/index.ts';
import type { Awaitable, Call, Exchange, Principal, Step } from '../kernel/index.ts';
import { markDecoded, type Decoded } from './evidence.ts';
import { header } from './headers.ts';
import { readFrame, readMessages, type Frame } from './json-rpc.ts';
import { decodeLegacy, decodeSessionRequest } from './legacy/decode.ts';
import { readSsePath } from './legacy/sse-paths.ts';
import { decodeBatch, wrapMessage } from './legacy/wrapped.ts';
import { decodeModern } from './modern/decode.ts';
import type { WireDeps } from './ports.ts';
import { decodeRest } from './rest/decode.ts';

/** What decode needs to stand on an exchange. */
type Known = Exchange & { readonly principal: Principal };

/**
 * Reads and checks the body. A message is modern when its body has an envelope or its header names a
 * modern revision; otherwise it is legacy when it belongs to a session or begins one. A revision
 * that is served in no era says modern where nothing else tells.
 */
export function createDecode(
  deps: WireDeps,
): <X extends Known>(x: X) => Awaitable<Step<X & Decoded>> {
  return <X extends Known>(x: X): Awaitable<Step<X & Decoded>> => {
    if (x.dialect === 'rest') {
      const call = decodeRest(x, deps);
      return call instanceof Promise ? call.then((its) => settle(x, its)) : settle(x, call);
    }
    if (x.head.httpMethod !== 'POST') return settle(x, decodeSessionRequest(x, x.principal, deps));
    const body = x.body.read(deps.maxBodyBytes);
    return body instanceof Promise
      ? body.then((bytes) => decodeBody(x, bytes, deps))
      : decodeBody(x, body, deps);
  };
}

function decodeBody<X extends Known>(
  x: X,
  bytes: Buffer | Refusal,
  deps: WireDeps,
): Step<X & Decoded> {
  if (bytes instanceof Refusal) return bytes;
  const view = readMessages(bytes, deps.maxJsonDepth);
  if (view instanceof Refusal) return view;
  const isForStream = x.dialect === 'legacy' && isMessagesPath(x.head.path);
  if (view.kind(ROOT) === 'array' && !isForStream) {
    return settle(x, decodeBatch(x, x.principal, view, deps));
  }
  const frame = readFrame(x, view);
  if (frame instanceof Refusal) return frame;
  if (isForStream) return settle(x, wrapMessage(frame));
  if (isModern(x, frame)) {
    x.dialect = 'modern';
    return settle(x, decodeModern(x, frame, deps));
  }
  x.dialect = 'legacy';
  return settle(x, decodeLegacy(x, x.principal, frame, deps));
}

function settle<X extends Known>(x: X, call: Call | Refusal): Step<X & Decoded> {
  if (call instanceof Refusal) return call;
  markDecoded(x, call);
  return x;
}

function isMessagesPath(path: string): boolean {
  return path.startsWith('/sse/') && readSsePath(path)?.takesMessages === true;
}

function isModern(x: Exchange, frame: Frame): boolean {
  if (frame.view.member(frame.meta, ENVELOPE.protocolVersion) >= 0) return true;
  if (frame.method === 'initialize') return false;
  const revision = header(x.head, 'mcp-protocol-version');
  if (revision === '') return false;
  const era = eraOf(revision);
  if (era !== undefined) return era === 'modern';
  return header(x.head, 'mcp-session-id') === '';
}
