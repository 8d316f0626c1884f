/** What a line of the client is. */
import { ENVELOPE, ROOT, scanJson, type JsonView, type ScanFault } from '../../kernel/index.ts';

/** One message of the client; `view` holds its bytes. */
export interface Incoming {
  readonly kind: 'request' | 'notification' | 'response' | 'batch';
  readonly view: JsonView;
  readonly method: string;
  /** Ids of the requests in it as they are written: one, none, or those of a batch. */
  readonly rawIds: readonly string[];
  /** The revision that its envelope names (2026-07-28, request envelope); '' where it has none. */
  readonly revision: string;
}

/** A line that is no message: the error to answer, as JSON-RPC has it. */
export interface Unreadable {
  readonly code: number;
  readonly message: string;
}

/** Levels that are noted: params, _meta, and the keys of the envelope. */
const RECORD_DEPTH = 3;
const MAX_DEPTH = 512;

const FAULTS: Readonly<Record<ScanFault['fault'], Unreadable>> = {
  not_json: { code: -32700, message: 'The line is not one valid JSON text.' },
  not_utf8: { code: -32700, message: 'The line is not UTF-8 text.' },
  too_deep: { code: -32600, message: 'The JSON is nested deeper than this gateway accepts.' },
  duplicate_key: { code: -32600, message: 'An object of the JSON has the same key twice.' },
};

const NO_MESSAGE: Unreadable = {
  code: -32600,
  message: 'The line is not one JSON-RPC 2.0 message.',
};

export function readIncoming(line: Buffer): Incoming | Unreadable {
  const view = scanJson(line, { maxDepth: MAX_DEPTH, recordDepth: RECORD_DEPTH });
  if ('fault' in view) return FAULTS[view.fault];
  if (view.kind(ROOT) === 'array') return readBatch(view);
  if (view.kind(ROOT) !== 'object') return NO_MESSAGE;
  const method = view.string(view.member(ROOT, 'method'));
  const rawId = view.raw(view.member(ROOT, 'id'));
  if (method === undefined) {
    const isResponse =
      rawId !== '' && (view.member(ROOT, 'result') >= 0 || view.member(ROOT, 'error') >= 0);
    return isResponse
      ? { kind: 'response', view, method: '', rawIds: [], revision: '' }
      : NO_MESSAGE;
  }
  const meta = view.member(view.member(ROOT, 'params'), '_meta');
  const revision = view.string(view.member(meta, ENVELOPE.protocolVersion)) ?? '';
  const kind = rawId === '' ? 'notification' : 'request';
  return { kind, view, method, rawIds: rawId === '' ? [] : [rawId], revision };
}

/** Batches are of 2025-03-26 alone; the gateway judges them. */
function readBatch(view: JsonView): Incoming {
  const rawIds = view
    .children(ROOT)
    .filter((each) => view.member(each, 'method') >= 0)
    .map((each) => view.raw(view.member(each, 'id')))
    .filter((rawId) => rawId !== '');
  return { kind: 'batch', view, method: '', rawIds, revision: '' };
}
