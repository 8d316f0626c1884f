/** Exchanges without a socket: requests written as data, and an outlet that remembers. */
import {
  Exchange,
  JsonView,
  principalOf,
  Refusal,
  scanJson,
  type AnswerMessage,
  type Asked,
  type Call,
  type Delivery,
  type EventMessage,
  type NoticeMessage,
  type OutHeaders,
  type Outlet,
  type Round,
  type SessionRef,
  type Terminal,
} from '../../gateway/src/kernel/index.ts';
import { methodTable } from '../../gateway/src/pipeline/index.ts';

/** The rows of the protocol's methods. */
export const METHOD_TABLE = methodTable();

export const LOCAL = principalOf({ id: 'local', kind: 'local', verifiedBy: 'loopback' });

/** What an outlet was told. */
export class RecordingOutlet implements Outlet {
  status = 0;
  headers: OutHeaders = [];
  readonly chunks: string[] = [];
  /** How often the answer was ended, whole or as a stream. */
  ends = 0;
  isStream = false;

  send(status: number, headers: OutHeaders, body: Buffer | string): void {
    this.status = status;
    this.headers = headers;
    this.chunks.push(body.toString());
    this.ends++;
  }

  open(status: number, headers: OutHeaders): void {
    this.status = status;
    this.headers = headers;
    this.isStream = true;
  }

  /** What `write` answers: whether its reader keeps up. */
  isRead = true;

  write(chunk: Buffer | string): boolean {
    this.chunks.push(chunk.toString());
    return this.isRead;
  }

  end(chunk?: Buffer | string): void {
    if (chunk !== undefined) this.chunks.push(chunk.toString());
    this.ends++;
  }

  get text(): string {
    return this.chunks.join('');
  }
}

/** A delivery that only remembers, for carriers. */
export class RecordingDelivery implements Delivery {
  readonly events: (EventMessage | NoticeMessage)[] = [];
  readonly terminals: Terminal[] = [];
  readonly rounds: Round[] = [];
  /** What came of rounds that were closed before their answers. */
  readonly closed: Terminal[] = [];
  isOpen = false;
  /** Everything in its order: `open`, the text of a notice, `event`, `end`. */
  readonly order: string[] = [];

  openStream(): void {
    this.isOpen = true;
    this.order.push('open');
  }

  event(message: EventMessage | NoticeMessage): void {
    this.events.push(message);
    this.order.push(message.kind === 'notice' ? message.text : 'event');
  }

  ask(round: Round): Asked {
    this.rounds.push(round);
    this.order.push('ask');
    return { close: (message) => void this.closed.push(message) };
  }

  finish(message: Terminal): void {
    this.terminals.push(message);
    this.order.push('end');
  }

  /** The notices parsed, keep-alives left out. */
  get notices(): { method: string; params?: Record<string, unknown> }[] {
    return this.order.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text));
  }
}

export interface RequestShape {
  readonly httpMethod?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string | Buffer | Refusal;
  readonly remoteAddress?: string;
}

/** An exchange as `listeners` would make it, of a request with the usual headers. */
export function makeExchange(shape: RequestShape = {}): Exchange & {
  readonly outlet: RecordingOutlet;
} {
  const {
    httpMethod = 'POST',
    path = '/mcp',
    query = '',
    headers,
    body = '',
    remoteAddress,
  } = shape;
  const head = {
    httpMethod,
    path,
    query,
    headers: {
      host: 'localhost',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    remoteAddress: remoteAddress ?? '127.0.0.1',
  };
  const bytes = body instanceof Refusal ? body : Buffer.from(body);
  const outlet = new RecordingOutlet();
  const x = new Exchange(head, { read: () => Promise.resolve(bytes) }, outlet, 0, 1);
  return Object.assign(x, { outlet });
}

/** A call with nothing in it but what is given. */
export function makeCall(call: Partial<Call> & { readonly message?: string } = {}): Call {
  const { message = '{}', ...rest } = call;
  const view = viewOf(message);
  const params = view.member(0, 'params');
  return {
    kind: 'request',
    method: 'tools/call',
    row: undefined,
    rawId: view.raw(view.member(0, 'id')),
    view,
    params,
    meta: view.member(params, '_meta'),
    arguments: view.member(params, 'arguments'),
    name: '',
    rawProgressToken: '',
    logLevel: '',
    capabilities: '{}',
    clientInfo: '',
    revision: '2026-07-28',
    ...rest,
  };
}

/** @throws where the text is no JSON */
export function viewOf(text: string | Buffer, recordDepth = 3): JsonView {
  const view = scanJson(Buffer.from(text), { maxDepth: 64, recordDepth });
  if (view instanceof JsonView) return view;
  throw new Error(`not JSON: ${view.fault} at ${view.at}`);
}

/** An upstream's answer as the upstreams room delivers it. */
export function answerOf(text: string, era: AnswerMessage['era']): AnswerMessage {
  const view = viewOf(text);
  const result = view.member(0, 'result');
  const kind = result >= 0 ? 'result' : 'error';
  return { kind, era, view, value: result >= 0 ? result : view.member(0, 'error'), edits: [] };
}

export const SESSION: SessionRef = {
  token: 'sealed',
  key: 'session-1',
  revision: '2025-11-25',
  capabilities: '{"sampling":{}}',
  clientInfo: '{"name":"old"}',
};
