/** One JSON-RPC message of a peer, checked as far as a gateway has to (JSON-RPC 2.0, MCP base). */
import { ROOT, scanJson, type JsonView } from '../../kernel/index.ts';

/** Deeper JSON of an upstream is refused. */
export const MAX_DEPTH = 128;

/** Places noted in an answer: message, result, its members and the members of those. */
export const ANSWER_DEPTH = 3;
/** Places noted in a list: one level more, for the names of its elements. */
export const LIST_DEPTH = 4;

export interface Incoming {
  readonly kind: 'result' | 'error' | 'notification' | 'request';
  readonly view: JsonView;
  /** The id exactly as written: `7`, `"a"`, `null`; '' where there is none. */
  readonly rawId: string;
  readonly method: string;
  /** Entry of `result`, `error` or `params`; -1 where there is none. */
  readonly value: number;
}

/** Something that is no message, and why. */
export interface NoMessage {
  readonly kind: 'invalid';
  /** `noise`: not even JSON. */
  readonly isNoise: boolean;
  /** One sentence about the peer ("It …"). */
  readonly text: string;
}

const FAULTS = {
  not_json: 'It sent something that is not valid JSON.',
  not_utf8: 'It sent bytes that are not UTF-8.',
  too_deep: `It sent JSON that is nested more than ${MAX_DEPTH} levels deep.`,
  duplicate_key: 'It sent a JSON object with the same key twice.',
} as const;

/**
 * Reads one message.
 * @param recordDepth levels below the message whose places are noted
 */
export function readMessage(bytes: Buffer, recordDepth: number): Incoming | NoMessage {
  const view = scanJson(bytes, { maxDepth: MAX_DEPTH, recordDepth });
  if ('fault' in view) return invalid(FAULTS[view.fault], view.fault === 'not_json');
  const version = view.member(ROOT, 'jsonrpc');
  if (version < 0 || view.string(version) !== '2.0') {
    return invalid('It sent JSON that is not one JSON-RPC 2.0 message.');
  }
  const id = view.member(ROOT, 'id');
  const rawId = view.raw(id);
  const result = view.member(ROOT, 'result');
  if (result >= 0) {
    if (view.kind(result) !== 'object') return invalid('It sent a result that is not an object.');
    if (rawId === '' || view.member(ROOT, 'error') >= 0) return invalid(NEITHER);
    return { kind: 'result', view, rawId, method: '', value: result };
  }
  const error = view.member(ROOT, 'error');
  if (error >= 0) return readError(view, rawId, error);
  return readCall(view, rawId, id);
}

const NEITHER = 'It sent a message that is neither a result nor an error.';

function readError(view: JsonView, rawId: string, error: number): Incoming | NoMessage {
  const isWhole =
    view.kind(error) === 'object' &&
    /^-?\d+$/.test(view.raw(view.member(error, 'code'))) &&
    view.kind(view.member(error, 'message')) === 'string';
  if (!isWhole) return invalid('It sent an error without a code and a message.');
  return { kind: 'error', view, rawId, method: '', value: error };
}

function readCall(view: JsonView, rawId: string, id: number): Incoming | NoMessage {
  const method = view.string(view.member(ROOT, 'method'));
  if (method === undefined) return invalid(NEITHER);
  const params = view.member(ROOT, 'params');
  if (params >= 0 && view.kind(params) !== 'object') {
    return invalid('It sent a message whose params are not an object.');
  }
  const kind = id >= 0 ? 'request' : 'notification';
  return { kind, view, rawId, method, value: params };
}

function invalid(text: string, isNoise = false): NoMessage {
  return { kind: 'invalid', isNoise, text };
}
