/** The JSON-RPC 2.0 frame of a body: its kind, id, method and parameters. */
import {
  ROOT,
  Refusal,
  scanJson,
  type Call,
  type Exchange,
  type JsonView,
  type MethodRow,
} from '../kernel/index.ts';
import type { Reason, ScanFault } from '../kernel/index.ts';

/** Levels noted by the scan: message, params, and the members of `_meta` and `arguments`. */
const RECORD_DEPTH = 3;

/** A frame whose parts are in place but whose meaning is not yet known. */
export interface Frame {
  readonly kind: Call['kind'];
  readonly view: JsonView;
  readonly rawId: string;
  readonly method: string;
  readonly params: number;
  readonly meta: number;
}

/** Scans a body that should hold messages; refuses like `readJson`. */
export function readMessages(bytes: Buffer, maxDepth: number): JsonView | Refusal {
  return readJson(bytes, maxDepth, RECORD_DEPTH);
}

/**
 * Reads the frame of a body.
 * @returns the frame, or `not_a_request`, `params_invalid`; the id is put on the exchange as soon as
 *   it is known
 */
export function readFrame(x: Exchange, view: JsonView): Frame | Refusal {
  const kind = view.kind(ROOT);
  if (kind === 'array') return notARequest('It must be one object, not a batch.');
  if (kind !== 'object') return notARequest('It must be an object.');
  const id = view.member(ROOT, 'id');
  if (id >= 0 && !isId(view, id)) return notARequest('The id must be a string or an integer.');
  const rawId = view.raw(id);
  x.rawId = rawId;
  if (!isVersion2(view, view.member(ROOT, 'jsonrpc'))) {
    return notARequest('The member "jsonrpc" must be "2.0".');
  }
  return readParts(view, rawId);
}

/**
 * Scans a body as one JSON text.
 * @param recordDepth levels whose places are noted
 * @returns a view, or `not_json`, `json_too_deep`, `duplicate_key`
 */
export function readJson(bytes: Buffer, maxDepth: number, recordDepth: number): JsonView | Refusal {
  const view = scanJson(bytes, { maxDepth, recordDepth });
  return 'bytes' in view ? view : refuseFault(view, maxDepth);
}

function isVersion2(view: JsonView, entry: number): boolean {
  return view.isWritten(entry, '"2.0"') || view.string(entry) === '2.0';
}

function readParts(view: JsonView, rawId: string): Frame | Refusal {
  const method = view.member(ROOT, 'method');
  if (method < 0) return readResponse(view, rawId);
  const name = view.string(method);
  if (name === undefined) return notARequest('The method must be a string.');
  const params = view.member(ROOT, 'params');
  if (params >= 0 && view.kind(params) !== 'object') {
    return new Refusal('params_invalid', { text: 'They must be an object.' });
  }
  const meta = view.member(params, '_meta');
  if (meta >= 0 && view.kind(meta) !== 'object') {
    return new Refusal('params_invalid', { text: 'The member "_meta" must be an object.' });
  }
  return {
    kind: rawId === '' ? 'notification' : 'request',
    view,
    rawId,
    method: name,
    params,
    meta,
  };
}

function readResponse(view: JsonView, rawId: string): Frame | Refusal {
  const hasOutcome = view.member(ROOT, 'result') >= 0 || view.member(ROOT, 'error') >= 0;
  if (rawId === '' || !hasOutcome) return notARequest('It has no method.');
  return { kind: 'response', view, rawId, method: '', params: -1, meta: -1 };
}

function isId(view: JsonView, entry: number): boolean {
  const kind = view.kind(entry);
  return kind === 'string' || (kind === 'number' && /^-?\d+$/.test(view.raw(entry)));
}

/** Whether an entry may be a progress token; absent is one way of not asking for progress. */
export function isProgressToken(view: JsonView, entry: number): boolean {
  return entry < 0 || isId(view, entry);
}

/**
 * Refuses a request of a method that is a notification (`method_unknown`) and a notification of a
 * method that is a request (`not_a_request`): neither could be answered as its sender expects.
 */
export function checkKind(frame: Frame, row: MethodRow | undefined): Refusal | undefined {
  if (row === undefined || (row.isNotification === true) === (frame.kind === 'notification')) {
    return undefined;
  }
  return row.isNotification === true
    ? new Refusal('method_unknown', { text: `"${frame.method}" is a notification; send no id.` })
    : notARequest(`"${frame.method}" needs an id.`);
}

function notARequest(text: string): Refusal {
  return new Refusal('not_a_request', { text });
}

const FAULT_REASONS = {
  not_json: 'not_json',
  not_utf8: 'not_json',
  too_deep: 'json_too_deep',
  duplicate_key: 'duplicate_key',
} as const satisfies Record<ScanFault['fault'], Reason>;

function refuseFault(fault: ScanFault, maxDepth: number): Refusal {
  const where = `Noticed at byte ${fault.at}.`;
  if (fault.fault === 'not_utf8') return new Refusal('not_json', { text: 'It is not UTF-8.' });
  if (fault.fault === 'too_deep') {
    return new Refusal('json_too_deep', { text: `The limit is ${maxDepth} levels. ${where}` });
  }
  return new Refusal(FAULT_REASONS[fault.fault], { text: where });
}
