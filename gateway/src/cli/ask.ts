/** Requests of the command line: JSON-RPC of the modern era, along the same path as any call. */
import { createParser } from 'eventsource-parser';
import type { Gateway } from '../compose/index.ts';
import {
  ENVELOPE,
  LATEST_MODERN,
  REASONS,
  REASON_KEY,
  ROOT,
  scanJson,
  type JsonView,
  type Reason,
} from '../kernel/index.ts';
import { mirrored } from './param-headers.ts';

export type Answer =
  /** `raw` is the result exactly as the gateway wrote it; `value` may have lost digits. */
  | {
      readonly kind: 'result';
      readonly raw: string;
      readonly value: Record<string, unknown>;
      readonly refused: Reason | undefined;
    }
  | {
      readonly kind: 'error';
      readonly raw: string;
      readonly message: string;
      readonly reason: Reason | undefined;
    };

export interface Question {
  readonly endpoint: string;
  readonly method: string;
  /** Members of `params` as JSON texts. */
  readonly params: Readonly<Record<string, string>>;
  /** What `Mcp-Name` repeats. */
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the gateway in this process, as the local principal; governed and recorded like any call. */
export async function ask(gateway: Gateway, version: string, question: Question): Promise<Answer> {
  const meta = JSON.stringify({
    [ENVELOPE.protocolVersion]: LATEST_MODERN,
    [ENVELOPE.clientCapabilities]: {},
    [ENVELOPE.clientInfo]: { name: 'drawbridge-cli', version },
  });
  const params = Object.entries({ ...question.params, _meta: meta })
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`)
    .join(',');
  const message = `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(question.method)},"params":{${params}}}`;
  const { body } = await gateway.request(message, {
    endpoint: question.endpoint,
    headers: {
      ...question.headers,
      'mcp-protocol-version': LATEST_MODERN,
      'mcp-method': question.method,
      ...(question.name === undefined ? {} : { 'mcp-name': mirrored(question.name) }),
    },
  });
  return readAnswer(body);
}

function readAnswer(body: string): Answer {
  const text = body.startsWith('{') ? body : lastEvent(body);
  const view = scanJson(Buffer.from(text), { maxDepth: 512, recordDepth: 3 });
  if ('fault' in view) {
    return {
      kind: 'error',
      raw: 'null',
      message: 'The gateway gave no answer.',
      reason: 'internal',
    };
  }
  const error = view.member(ROOT, 'error');
  if (error >= 0) return readError(view, error);
  const result = view.member(ROOT, 'result');
  const value = view.value(result);
  if (!isRecord(value)) {
    return { kind: 'error', raw: 'null', message: 'The answer has no result.', reason: undefined };
  }
  return { kind: 'result', raw: view.raw(result), value, refused: refusalIn(value) };
}

function readError(view: JsonView, error: number): Answer {
  const reason = view.string(view.member(view.member(error, 'data'), 'reason')) ?? '';
  return {
    kind: 'error',
    raw: view.raw(error),
    message: view.string(view.member(error, 'message')) ?? 'unknown error',
    reason: isReason(reason) ? reason : undefined,
  };
}

/** The reason when a tool's result is the gateway's own refusal. */
function refusalIn(value: Record<string, unknown>): Reason | undefined {
  const meta = value['_meta'];
  const reason = isRecord(meta) ? meta[REASON_KEY] : undefined;
  return typeof reason === 'string' && isReason(reason) ? reason : undefined;
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}

function lastEvent(body: string): string {
  let last = '';
  const parser = createParser({ onEvent: (event) => (last = event.data) });
  parser.feed(body);
  return last;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
