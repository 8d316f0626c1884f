/**
 * A retry and what comes back for it, as they travel between the process that a caller reached and
 * the one that holds its call. Texts of JSON stay as they are.
 */
import { z } from 'zod';
import {
  Exchange,
  REASONS,
  ROOT,
  Refusal,
  principalOf,
  scanJson,
  splice,
  type Delivery,
  type EventMessage,
  type JsonView,
  type NoticeMessage,
  type Reason,
  type Terminal,
} from '../kernel/index.ts';

const LIMITS = { maxDepth: 512, recordDepth: 3 };

const reasonSchema = z.custom<Reason>(
  (value) => typeof value === 'string' && Object.hasOwn(REASONS, value),
);
const eraSchema = z.enum(['modern', 'legacy']);

const retrySchema = z.strictObject({
  /** Binds what comes back to this one ask. */
  nonce: z.string(),
  parked: z.string(),
  /** Text form of the item's identity. */
  item: z.string(),
  principal: z.strictObject({
    id: z.string(),
    kind: z.enum(['local', 'user', 'agent']),
    verifiedBy: z.string(),
  }),
  endpoint: z.string(),
  dialect: z.enum(['modern', 'rest']),
  rawId: z.string(),
  words: z.strictObject({
    method: z.string(),
    name: z.string(),
    rawProgressToken: z.string(),
    logLevel: z.string(),
    capabilities: z.string(),
    clientInfo: z.string(),
    revision: z.string(),
  }),
  edits: z.array(z.strictObject({ start: z.int(), end: z.int(), text: z.string() })),
  /** The caller's message. */
  message: z.string(),
});

export type RemoteRetry = z.infer<typeof retrySchema>;

/** @returns undefined where it is no retry of a modern or REST caller that went the whole path */
export function writeRetry(x: Exchange, item: string, nonce: string): string | undefined {
  const { parked, principal, endpoint, dialect, rawId, call, edits } = x;
  if (principal === undefined || call === undefined || dialect === 'legacy') return undefined;
  const { method, name, rawProgressToken, logLevel, capabilities, clientInfo, revision } = call;
  const { id, kind, verifiedBy } = principal;
  const retry: RemoteRetry = {
    nonce,
    parked,
    item,
    principal: { id, kind, verifiedBy },
    endpoint,
    dialect,
    rawId,
    words: { method, name, rawProgressToken, logLevel, capabilities, clientInfo, revision },
    edits: [...edits],
    message: call.view.bytes.toString('utf8'),
  };
  return JSON.stringify(retry);
}

/** @returns undefined for what another release wrote in another form */
export function readRetry(text: string): RemoteRetry | undefined {
  return retrySchema.safeParse(JSON.parse(text)).data;
}

/** The exchange that stands for the retry in the process that holds the call. */
export function standIn(retry: RemoteRetry, nowMs: number): Exchange | undefined {
  const view = viewOf(retry.message);
  if (view === undefined) return undefined;
  const head = { httpMethod: 'POST', path: '', query: '', headers: {}, remoteAddress: '' };
  const body = { read: () => new Refusal('internal') };
  const nothing = (): void => undefined;
  const outlet = { send: nothing, open: nothing, write: () => true, end: nothing };
  const x = new Exchange(head, body, outlet, nowMs, 0);
  const { principal, endpoint, dialect, rawId, parked, edits } = retry;
  Object.assign(x, { principal: principalOf(principal), endpoint, dialect, rawId, parked, edits });
  const params = view.member(ROOT, 'params');
  x.call = {
    ...retry.words,
    kind: 'request',
    row: undefined,
    rawId,
    view,
    params,
    meta: view.member(params, '_meta'),
    arguments: view.member(params, 'arguments'),
  };
  return x;
}

const saidSchema = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('stream') }),
  z.strictObject({ is: z.literal('event'), method: z.string(), json: z.string() }),
  z.strictObject({ is: z.literal('notice'), text: z.string() }),
  z.strictObject({ is: z.enum(['result', 'error']), era: eraSchema, json: z.string() }),
  z.strictObject({
    is: z.literal('local'),
    result: z.string(),
    isToolError: z.literal(true).optional(),
    isQuestion: z.literal(true).optional(),
  }),
  z.strictObject({
    is: z.literal('refusal'),
    reason: reasonSchema,
    text: z.string().optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    retryAfterSeconds: z.number().optional(),
  }),
]);

type Said = z.infer<typeof saidSchema>;
type SaidTerminal = Extract<Said, { is: 'local' } | { is: 'refusal' } | { era: unknown }>;

export const STREAM_OPENED = JSON.stringify({ is: 'stream' } satisfies Said);

export function writeEvent(message: EventMessage | NoticeMessage): string {
  if (message.kind === 'notice') return write({ is: 'notice', text: message.text });
  const { method, view, edits } = message;
  return write({ is: 'event', method, json: splice(view.bytes, edits).toString('utf8') });
}

export function writeTerminal(message: Terminal): string {
  switch (message.kind) {
    case 'result':
    case 'error': {
      const { kind, era, view, edits } = message;
      return write({ is: kind, era, json: splice(view.bytes, edits).toString('utf8') });
    }
    case 'local': {
      const { result, isToolError, isQuestion } = message;
      return write({ is: 'local', result, isToolError, isQuestion });
    }
    case 'refusal':
      return write({ is: 'refusal', reason: message.reason, ...message.detail });
    default:
      throw new TypeError('A parked call ended in a way that calls do not end.');
  }
}

/** Says what was written to the caller. @returns false for what another release wrote */
export function deliver(text: string, delivery: Delivery): boolean {
  const { data: said } = saidSchema.safeParse(JSON.parse(text));
  if (said === undefined) return false;
  switch (said.is) {
    case 'stream':
      delivery.openStream();
      return true;
    case 'notice':
      delivery.event({ kind: 'notice', text: said.text });
      return true;
    case 'event': {
      const view = viewOf(said.json);
      if (view === undefined) return false;
      delivery.event({ kind: 'event', method: said.method, view, edits: [] });
      return true;
    }
    default: {
      const message = terminalOf(said);
      if (message !== undefined) delivery.finish(message);
      return message !== undefined;
    }
  }
}

function terminalOf(said: SaidTerminal): Terminal | undefined {
  switch (said.is) {
    case 'local': {
      const { result, isToolError, isQuestion } = said;
      const marks = { ...(isToolError && { isToolError }), ...(isQuestion && { isQuestion }) };
      return { kind: 'local', result, ...marks };
    }
    case 'refusal': {
      const { reason, text, data, retryAfterSeconds } = said;
      return new Refusal(reason, {
        ...(text !== undefined && { text }),
        ...(data !== undefined && { data }),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      });
    }
    case 'result':
    case 'error': {
      const view = viewOf(said.json);
      const value = view?.member(ROOT, said.is) ?? -1;
      if (view === undefined || value < 0) return undefined;
      return { kind: said.is, era: said.era, view, value, edits: [] };
    }
  }
}

function write(said: Said): string {
  return JSON.stringify(said);
}

function viewOf(json: string): JsonView | undefined {
  const view = scanJson(Buffer.from(json), LIMITS);
  return 'fault' in view ? undefined : view;
}
