/** Requests of the revisions up to 2025-11-25: `initialize`, then everything within its session. */
import {
  JsonView,
  LEGACY_REVISIONS,
  Refusal,
  eraOf,
  type Call,
  type Exchange,
  type MethodRow,
  type Principal,
  type SessionRef,
} from '../../kernel/index.ts';
import { header, namedValue } from '../headers.ts';
import { checkKind, isProgressToken, type Frame } from '../json-rpc.ts';
import type { WireDeps } from '../ports.ts';
import { readSsePath } from './sse-paths.ts';

/**
 * @returns the call with its session on the exchange, or `session_required`, `session_unknown`,
 *   `version_unsupported`, `method_unknown`, `params_invalid`
 */
export function decodeLegacy(
  x: Exchange,
  principal: Principal,
  frame: Frame,
  deps: WireDeps,
): Call | Refusal {
  const known = deps.methods.get(frame.method);
  const row = known?.isVendorInLegacy === true ? undefined : known;
  if (frame.method === 'initialize' && frame.kind === 'request')
    return decodeInitialize(frame, row);
  const session = openSession(x, principal, deps);
  if (session instanceof Refusal) return session;
  if (frame.kind === 'response') return legacyCall(frame, undefined, session, '', '');
  if (row !== undefined && !row.dialects.includes('legacy')) return new Refusal('method_unknown');
  const refusal = checkKind(frame, row) ?? checkProgressToken(frame);
  if (refusal !== undefined) return refusal;
  const name = row?.named === undefined ? '' : namedValue(frame.view, frame.params, row.named);
  if (name === undefined) {
    return new Refusal('params_invalid', { text: `The member "${row?.named}" must be a string.` });
  }
  return legacyCall(frame, row, session, name, deps.sessions.logLevel(session));
}

function checkProgressToken({ view, meta }: Frame): Refusal | undefined {
  return isProgressToken(view, view.member(meta, 'progressToken'))
    ? undefined
    : new Refusal('params_invalid', { text: 'The progressToken must be a string or an integer.' });
}

/**
 * GET (a stream of the session, or of one that is yet to begin) and DELETE (its end): no body, no
 * JSON-RPC.
 */
export function decodeSessionRequest(
  x: Exchange,
  principal: Principal,
  deps: WireDeps,
): Call | Refusal {
  if (readSsePath(x.head.path) !== undefined)
    return legacyCall(EMPTY_FRAME, undefined, undefined, '', '');
  const session = openSession(x, principal, deps);
  if (session instanceof Refusal) return session;
  const kind = x.head.httpMethod === 'GET' ? 'stream' : 'end';
  return legacyCall({ ...EMPTY_FRAME, kind }, undefined, session, '', '');
}

const EMPTY_FRAME: Frame = {
  kind: 'stream',
  view: new JsonView(Buffer.from('{}'), [-1, -1, -1, 0, 2]),
  rawId: '',
  method: '',
  params: -1,
  meta: -1,
};

function decodeInitialize(frame: Frame, row: MethodRow | undefined): Call | Refusal {
  const { view, params } = frame;
  if (view.string(view.member(params, 'protocolVersion')) === undefined) {
    return new Refusal('params_invalid', {
      text: 'The member "protocolVersion" must be a string.',
    });
  }
  const capabilities = view.member(params, 'capabilities');
  if (capabilities >= 0 && view.kind(capabilities) !== 'object') {
    return new Refusal('params_invalid', { text: 'The member "capabilities" must be an object.' });
  }
  const clientInfo = view.member(params, 'clientInfo');
  if (clientInfo >= 0 && view.kind(clientInfo) !== 'object') {
    return new Refusal('params_invalid', { text: 'The member "clientInfo" must be an object.' });
  }
  const call = legacyCall(frame, row, undefined, '', '');
  return {
    ...call,
    capabilities: capabilities < 0 ? '{}' : view.raw(capabilities),
    clientInfo: view.raw(clientInfo),
  };
}

/** The session a head names, put on the exchange. */
export function openSession(
  x: Exchange,
  principal: Principal,
  deps: WireDeps,
): SessionRef | Refusal {
  const token = header(x.head, 'mcp-session-id');
  if (token === '') return new Refusal('session_required');
  const revision = header(x.head, 'mcp-protocol-version');
  if (revision !== '' && eraOf(revision) !== 'legacy') {
    return new Refusal('version_unsupported', {
      text: `Sessions are served for ${LEGACY_REVISIONS.join(', ')}.`,
      data: { supported: LEGACY_REVISIONS, requested: revision },
    });
  }
  const session = deps.sessions.open(token, principal, x.endpoint);
  if (!(session instanceof Refusal)) x.session = session;
  return session;
}

export function legacyCall(
  frame: Frame,
  row: MethodRow | undefined,
  session: SessionRef | undefined,
  name: string,
  logLevel: string,
): Call {
  const { view, params, meta } = frame;
  return {
    kind: frame.kind,
    method: frame.method,
    row,
    rawId: frame.rawId,
    view,
    params,
    meta,
    arguments: view.member(params, 'arguments'),
    name,
    rawProgressToken: view.raw(view.member(meta, 'progressToken')),
    logLevel,
    capabilities: session?.capabilities ?? '{}',
    clientInfo: session?.clientInfo ?? '',
    revision: session?.revision ?? LEGACY_REVISIONS[0],
  };
}
