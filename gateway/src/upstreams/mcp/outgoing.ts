/**
 * The request that leaves: the caller's bytes with the fields of this hop exchanged, in one splice
 * (2026-07-28, request envelope; 2025-11-25, base protocol).
 */
import {
  ENVELOPE,
  ROOT,
  addMembers,
  removeMembers,
  replaceValue,
  splice,
  type Call,
  type Edit,
  type Exchange,
  type Principal,
  type Target,
} from '../../kernel/index.ts';
import { withTasks, type CapabilitySets } from './capability-set.ts';
import { declaringExtensions, extensionsToTell, withoutUnshared } from './extension-set.ts';
import type { FurtherRequest } from './task-course.ts';

/** `context` of `completion/complete` came with this revision. */
const COMPLETION_CONTEXT_SINCE = '2025-06-18';

/** An exchange that is ready to be carried out. */
export type UpstreamCall = Exchange & {
  readonly principal: Principal;
  readonly call: Call;
  readonly target: Target;
};

/** Names of members, and their values as JSON text. */
export type Members = readonly (readonly [key: string, text: string])[];

/** Envelope keys that mean nothing before 2026-07-28. */
const ENVELOPE_KEYS = [
  ENVELOPE.protocolVersion,
  ENVELOPE.clientCapabilities,
  ENVELOPE.clientInfo,
  ENVELOPE.logLevel,
] as const;

/**
 * A caller's request for a modern upstream. The envelope of a modern caller (and of REST) stays as
 * it is; a legacy caller's request gets one with what its session declared.
 * @param rawId our own JSON-RPC id, which also is the progress token where progress is wanted
 * @param members further members of a legacy caller's `params`: names and JSON texts
 * @param takesTasks the gateway declares that it takes tasks, whatever the caller says
 */
export function encodeModern(
  x: UpstreamCall,
  rawId: string,
  revision: string,
  sets: CapabilitySets,
  members: Members,
  takesTasks = false,
): Buffer {
  const { call } = x;
  const { view } = call;
  const edits: Edit[] = hopEdits(x, rawId);
  if (x.dialect === 'legacy') {
    const declared = declaredTo(x, sets, takesTasks);
    edits.push(...envelopeEdits(call, revision, declared ?? '{}', members));
    return splice(view.bytes, edits);
  }
  if (call.revision !== revision) {
    const version = view.member(call.meta, ENVELOPE.protocolVersion);
    edits.push(replaceValue(view, version, JSON.stringify(revision)));
  }
  const capabilities = declaredTo(x, sets, takesTasks);
  if (capabilities !== undefined) {
    const declared = view.member(call.meta, ENVELOPE.clientCapabilities);
    if (declared >= 0) edits.push(replaceValue(view, declared, capabilities));
  }
  return splice(view.bytes, edits);
}

/**
 * What a modern server is told of a caller: JSON text of ClientCapabilities; undefined where that is
 * what a modern caller says itself.
 */
export function declaredTo(
  x: UpstreamCall,
  sets: CapabilitySets,
  takesTasks: boolean,
): string | undefined {
  const { call, dialect, isOfMany } = x;
  let told: string | undefined;
  if (dialect === 'legacy') {
    const extensions = extensionsToTell(call.capabilities, isOfMany);
    told = declaringExtensions(sets.asModern(call.capabilities), extensions);
  } else {
    told = sets.instead(call.capabilities);
    if (isOfMany) told = withoutUnshared(told ?? call.capabilities) ?? told;
  }
  return takesTasks ? withTasks(told ?? call.capabilities) : told;
}

/**
 * A request that follows a caller's own, on its behalf.
 * @param capabilities what a modern server is told of the caller
 */
export function encodeFurther(
  { call }: UpstreamCall,
  rawId: string,
  { method, rawTaskId, members }: FurtherRequest,
  revision: string,
  [clientInfo, capabilities]: readonly [string, string],
): Buffer {
  const params = `"taskId":${rawTaskId}${members}`;
  const info = call.clientInfo === '' ? clientInfo : call.clientInfo;
  return encodeOwn(rawId, method, params, revision, info, capabilities);
}

/**
 * A caller's request for a legacy session: an envelope of 2026-07-28 is taken out, and what the
 * session's revision does not know yet.
 * @param task JSON text of the member by which a call becomes a task (2025-11-25); '' for none
 */
export function encodeLegacy(x: UpstreamCall, rawId: string, revision: string, task = ''): Buffer {
  const { call } = x;
  const { view, params, meta } = call;
  const edits: Edit[] = hopEdits(x, rawId);
  const gone: number[] = [];
  if (x.dialect !== 'legacy' && meta >= 0) {
    const keys = ENVELOPE_KEYS.map((key) => view.member(meta, key)).filter((entry) => entry >= 0);
    if (keys.length === view.children(meta).length) gone.push(meta);
    else edits.push(...removeMembers(view, meta, keys));
  }
  if (call.method === 'completion/complete' && revision < COMPLETION_CONTEXT_SINCE) {
    const context = view.member(params, 'context');
    if (context >= 0) gone.push(context);
  }
  // Where no tasks are advertised, a legacy caller's own wish for one means nothing.
  const given =
    task !== '' || (x.isOfMany && x.dialect === 'legacy') ? view.member(params, 'task') : -1;
  if (task === '' && given >= 0) gone.push(given);
  edits.push(...withoutParams(x, gone));
  if (task !== '') {
    if (given >= 0) edits.push(replaceValue(view, given, task));
    else edits.push(addMembers(view, params, `"task":${task}`));
  }
  return splice(view.bytes, edits);
}

/** Beside others that were taken out already, and commas with them, they are only emptied. */
function withoutParams({ call, edits }: UpstreamCall, gone: readonly number[]): Edit[] {
  const { view, params } = call;
  const removed = removeMembers(view, params, gone);
  const isTaken = removed.some(({ start, end }) =>
    edits.some((edit) => edit.start < end && start < edit.end),
  );
  return isTaken ? gone.map((entry) => replaceValue(view, entry, '{}')) : removed;
}

/** What changes on every hop: the id and the progress token. */
function hopEdits({ call, edits }: UpstreamCall, rawId: string): Edit[] {
  const { view } = call;
  const all = [...edits, replaceValue(view, view.member(ROOT, 'id'), rawId)];
  if (call.rawProgressToken !== '') {
    all.push(replaceValue(view, view.member(call.meta, 'progressToken'), rawId));
  }
  return all;
}

function envelopeEdits(
  call: Call,
  revision: string,
  capabilities: string,
  further: Members,
): Edit[] {
  const { view, params, meta, clientInfo, logLevel } = call;
  const edits: Edit[] = [];
  const added: string[] = [];
  const put = (key: string, text: string): void => {
    const entry = view.member(meta, key);
    if (entry < 0) added.push(`${JSON.stringify(key)}:${text}`);
    else edits.push(replaceValue(view, entry, text));
  };
  put(ENVELOPE.protocolVersion, JSON.stringify(revision));
  put(ENVELOPE.clientCapabilities, capabilities);
  if (clientInfo !== '') put(ENVELOPE.clientInfo, clientInfo);
  if (logLevel !== '') put(ENVELOPE.logLevel, JSON.stringify(logLevel));
  const members = added.join(',');
  if (meta >= 0 && members !== '') edits.push(addMembers(view, meta, members));
  const beside = meta >= 0 ? [] : [`"_meta":{${members}}`];
  for (const [key, text] of further) {
    const entry = view.member(params, key);
    if (entry < 0) beside.push(`${JSON.stringify(key)}:${text}`);
    else edits.push(replaceValue(view, entry, text));
  }
  if (beside.length === 0) return edits;
  if (params >= 0) edits.push(addMembers(view, params, beside.join(',')));
  else edits.push(addMembers(view, ROOT, `"params":{${beside.join(',')}}`));
  return edits;
}

/**
 * A request of the gateway itself.
 * @param params members of `params` as JSON text without braces, '' for none
 * @param revision the modern revision whose envelope it needs; '' for none
 * @param clientInfo an Implementation as JSON text
 * @param capabilities what the envelope declares, JSON text
 */
export function encodeOwn(
  rawId: string,
  method: string,
  params: string,
  revision: string,
  clientInfo: string,
  capabilities = '{}',
): Buffer {
  const meta = revision === '' ? '' : ownEnvelope(revision, clientInfo, capabilities);
  const members = [params, meta].filter((text) => text !== '').join(',');
  return Buffer.from(
    `{"jsonrpc":"2.0","id":${rawId},"method":${JSON.stringify(method)},"params":{${members}}}`,
  );
}

function ownEnvelope(revision: string, clientInfo: string, capabilities: string): string {
  const members = [
    `${JSON.stringify(ENVELOPE.protocolVersion)}:${JSON.stringify(revision)}`,
    `${JSON.stringify(ENVELOPE.clientCapabilities)}:${capabilities}`,
    `${JSON.stringify(ENVELOPE.clientInfo)}:${clientInfo}`,
  ];
  return `"_meta":{${members.join(',')}}`;
}

/** A notification of the gateway itself. @param params members as JSON text without braces */
export function encodeNotification(method: string, params: string): Buffer {
  const rest = params === '' ? '' : `,"params":{${params}}`;
  return Buffer.from(`{"jsonrpc":"2.0","method":${JSON.stringify(method)}${rest}}`);
}
