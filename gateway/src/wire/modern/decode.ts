/** Requests of 2026-07-28: the envelope in `_meta`, and the headers that repeat the body. */
import {
  ENVELOPE,
  LOG_LEVELS,
  MODERN_REVISIONS,
  Refusal,
  eraOf,
  severityOf,
  type Call,
  type Exchange,
  type JsonView,
  type MethodRow,
} from '../../kernel/index.ts';
import { decodeMirrored, header, namedValue } from '../headers.ts';
import { checkKind, isProgressToken, type Frame } from '../json-rpc.ts';
import type { WireDeps } from '../ports.ts';

/**
 * @returns the call, or `envelope_invalid`, `header_mismatch`, `version_unsupported`,
 *   `method_unknown`, `params_invalid` (2026-07-28, request envelope and Streamable HTTP)
 */
export function decodeModern(x: Exchange, frame: Frame, deps: WireDeps): Call | Refusal {
  const { view, meta, params } = frame;
  if (frame.kind === 'response') return noResponses();
  const row = deps.methods.get(frame.method);
  if (frame.kind === 'notification') return checkKind(frame, row) ?? plainCall(frame, row);
  const refusal = checkEnvelope(x, frame) ?? checkMethod(x, frame, row) ?? checkOptions(view, meta);
  if (refusal !== undefined) return refusal;
  const name = row?.named === undefined ? '' : (namedValue(view, params, row.named) ?? '');
  const logLevel = view.string(view.member(meta, ENVELOPE.logLevel)) ?? '';
  return {
    ...plainCall(frame, row),
    arguments: view.member(params, 'arguments'),
    name,
    rawProgressToken: view.raw(view.member(meta, 'progressToken')),
    logLevel,
    capabilities: view.raw(view.member(meta, ENVELOPE.clientCapabilities)),
    clientInfo: view.raw(view.member(meta, ENVELOPE.clientInfo)),
    revision: view.string(view.member(meta, ENVELOPE.protocolVersion)) ?? '',
  };
}

function noResponses(): Refusal {
  return new Refusal('not_a_request', {
    text: 'Clients send no responses in this revision; answer by inputResponses.',
  });
}

function plainCall(frame: Frame, row: MethodRow | undefined): Call {
  return {
    kind: frame.kind,
    method: frame.method,
    row,
    rawId: frame.rawId,
    view: frame.view,
    params: frame.params,
    meta: frame.meta,
    arguments: -1,
    name: '',
    rawProgressToken: '',
    logLevel: '',
    capabilities: '{}',
    clientInfo: '',
    revision: MODERN_REVISIONS[0],
  };
}

function checkEnvelope(x: Exchange, { view, meta }: Frame): Refusal | undefined {
  const revision = view.string(view.member(meta, ENVELOPE.protocolVersion));
  if (revision === undefined) return incomplete(ENVELOPE.protocolVersion, 'a string');
  const sent = header(x.head, 'mcp-protocol-version');
  if (sent !== revision) {
    const what = sent === '' ? 'is missing' : `says "${sent}"`;
    return mismatch(`MCP-Protocol-Version ${what}, but _meta says "${revision}".`);
  }
  if (eraOf(revision) !== 'modern') {
    return new Refusal('version_unsupported', {
      text: `Served are ${MODERN_REVISIONS.join(', ')}.`,
      data: { supported: MODERN_REVISIONS, requested: revision },
    });
  }
  if (view.kind(view.member(meta, ENVELOPE.clientCapabilities)) !== 'object') {
    return incomplete(ENVELOPE.clientCapabilities, 'an object (it may be empty)');
  }
  const info = view.kind(view.member(meta, ENVELOPE.clientInfo));
  return info === 'absent' || info === 'object'
    ? undefined
    : incomplete(ENVELOPE.clientInfo, 'an object');
}

/** What a request may ask for in `_meta` beside its envelope. */
function checkOptions(view: JsonView, meta: number): Refusal | undefined {
  if (!isProgressToken(view, view.member(meta, 'progressToken'))) {
    return new Refusal('params_invalid', {
      text: 'The progressToken must be a string or an integer.',
    });
  }
  const level = view.member(meta, ENVELOPE.logLevel);
  return level < 0 || severityOf(view.string(level) ?? '') !== undefined
    ? undefined
    : new Refusal('params_invalid', {
        text: `The log level must be one of ${LOG_LEVELS.join(', ')}.`,
      });
}

function checkMethod(x: Exchange, frame: Frame, row: MethodRow | undefined): Refusal | undefined {
  const sent = header(x.head, 'mcp-method');
  if (sent !== frame.method) {
    const what = sent === '' ? 'is missing' : `says "${sent}"`;
    return mismatch(`Mcp-Method ${what}, but the body's method is "${frame.method}".`);
  }
  if (row === undefined) return undefined;
  if (!row.dialects.includes('modern')) return new Refusal('method_unknown');
  return row.named === undefined ? undefined : checkName(x, frame, row.named);
}

type Named = NonNullable<MethodRow['named']>;

function checkName(x: Exchange, frame: Frame, key: Named): Refusal | undefined {
  const name = namedValue(frame.view, frame.params, key);
  if (name === undefined) {
    return new Refusal('params_invalid', { text: `The member "${key}" must be a string.` });
  }
  const sent = x.head.headers['mcp-name'];
  if (typeof sent !== 'string') {
    return mismatch(`Mcp-Name is missing; it must repeat params.${key}.`);
  }
  return decodeMirrored(sent) === name
    ? undefined
    : mismatch(`Mcp-Name does not repeat params.${key}.`);
}

function mismatch(text: string): Refusal {
  return new Refusal('header_mismatch', { text });
}

function incomplete(key: string, kind: string): Refusal {
  return new Refusal('envelope_invalid', { text: `"${key}" must be ${kind}.` });
}
