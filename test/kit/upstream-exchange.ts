/** Exchanges as they stand before an upstream, built from the bytes of a request. */
import {
  Exchange,
  principalOf,
  Refusal,
  ROOT,
  scanJson,
  splice,
  type Asked,
  type Call,
  type Delivery,
  type Edit,
  type EventMessage,
  type HeaderBinding,
  type NoticeMessage,
  type Principal,
  type Round,
  type Target,
  type Terminal,
} from '../../gateway/src/kernel/index.ts';
import { methodTable } from '../../gateway/src/pipeline/index.ts';

export type ReadyExchange = Exchange & { principal: Principal; call: Call; target: Target };

export interface RequestShape {
  readonly upstream?: string;
  readonly dialect?: 'modern' | 'legacy';
  readonly logLevel?: string;
  /** Words of a legacy caller about itself, as its session has them. */
  readonly clientInfo?: string;
  /** What the caller declared, as JSON text; by default what its envelope says. */
  readonly capabilities?: string;
  readonly principal?: string;
  readonly bindings?: readonly HeaderBinding[];
  readonly headers?: Record<string, string>;
  /** Replaces the first occurrence of a text in the request. */
  readonly rename?: { readonly from: string; readonly to: string };
}

/** The envelope of a modern caller as JSON text without braces. */
export const ENVELOPE =
  '"io.modelcontextprotocol/protocolVersion":"2026-07-28",' +
  '"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}},' +
  '"io.modelcontextprotocol/clientInfo":{"name":"caller","version":"1"}';

/** A `tools/call` of a modern caller. @param rest members behind the name, with a leading comma */
export function modernCall(name: string, rest = '', meta = ''): string {
  return `{"jsonrpc":"2.0","id":"c-1","method":"tools/call","params":{"_meta":{${ENVELOPE}${meta}},"name":"${name}"${rest}}}`;
}

export function legacyCall(name: string, rest = ''): string {
  return `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"${name}"${rest}}}`;
}

export function buildExchange(text: string, shape: RequestShape = {}): ReadyExchange {
  const { dialect = 'modern', upstream = 'up', principal = 'alice' } = shape;
  const view = scanJson(Buffer.from(text), { maxDepth: 64, recordDepth: 3 });
  if ('fault' in view) throw new Error(`not a request: ${view.fault}`);
  const params = view.member(ROOT, 'params');
  const meta = view.member(params, '_meta');
  const method = view.string(view.member(ROOT, 'method')) ?? '';
  const row = methodTable().get(method);
  const name = row?.named === undefined ? '' : (view.string(view.member(params, row.named)) ?? '');
  const head = {
    httpMethod: 'POST',
    path: '/mcp',
    query: '',
    headers: shape.headers ?? {},
    remoteAddress: '',
  };
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  const x = new Exchange(
    head,
    { read: unused },
    { send: unused, open: unused, write: unused, end: unused },
    Date.now(),
    1,
  );
  const key = 'io.modelcontextprotocol/';
  const call: Call = {
    kind: 'request',
    method,
    row,
    rawId: view.raw(view.member(ROOT, 'id')),
    view,
    params,
    meta,
    arguments: view.member(params, 'arguments'),
    name,
    rawProgressToken: view.raw(view.member(meta, 'progressToken')),
    logLevel: shape.logLevel ?? view.string(view.member(meta, `${key}logLevel`)) ?? '',
    capabilities:
      shape.capabilities ?? (view.raw(view.member(meta, `${key}clientCapabilities`)) || '{}'),
    clientInfo: shape.clientInfo ?? view.raw(view.member(meta, `${key}clientInfo`)),
    revision: dialect === 'modern' ? '2026-07-28' : '2025-11-25',
  };
  const original =
    shape.rename === undefined ? name : name.replace(shape.rename.from, shape.rename.to);
  const target: Target =
    row === undefined
      ? { kind: 'passthrough', upstream }
      : {
          kind: 'item',
          originalName: original,
          item: {
            id: { upstream, kind: 'tool', name: original },
            publicName: name,
            definition: Buffer.from('{}'),
            era: 'modern',
            headerBindings: shape.bindings ?? [],
          },
        };
  const edits: Edit[] = [];
  if (shape.rename !== undefined) {
    const start = view.bytes.indexOf(shape.rename.from);
    edits.push({ start, end: start + shape.rename.from.length, text: shape.rename.to });
  }
  return Object.assign(x, {
    dialect,
    endpoint: 'default',
    rawId: call.rawId,
    principal: principalOf({ id: principal, kind: 'user', verifiedBy: 'test' }),
    call,
    target,
    edits,
  });
}

/** Takes what comes back and fails loudly where there is more than one end. */
export class Recorder implements Delivery {
  readonly events: EventMessage[] = [];
  readonly rounds: Round[] = [];
  /** What came of rounds that were closed before their answers. */
  readonly closed: Terminal[] = [];
  private readonly end = Promise.withResolvers<Terminal>();
  private readonly arrivals: (() => void)[] = [];
  ends = 0;

  event(message: EventMessage | NoticeMessage): void {
    if (this.ends > 0) throw new Error('an event after the end');
    if (message.kind === 'event') this.events.push(message);
    for (const arrived of this.arrivals.splice(0)) arrived();
  }

  ask(round: Round): Asked {
    this.rounds.push(round);
    for (const arrived of this.arrivals.splice(0)) arrived();
    return { close: (message) => void this.closed.push(message) };
  }

  finish(message: Terminal): void {
    this.ends++;
    if (this.ends > 1) throw new Error('a second end');
    this.end.resolve(message);
  }

  openStream(): void {}

  get finished(): Promise<Terminal> {
    return this.end.promise;
  }

  /** The reason of the refusal, or the answer as JSON text with all edits made. */
  async outcome(): Promise<string> {
    const message = await this.end.promise;
    if (message instanceof Refusal) return message.reason;
    return message.kind === 'result' || message.kind === 'error'
      ? splice(message.view.bytes, message.edits).toString()
      : message.kind;
  }

  eventTexts(): string[] {
    return this.events.map(({ view, edits }) => splice(view.bytes, edits).toString());
  }

  async nextEvent(): Promise<void> {
    await new Promise<void>((resolve) => this.arrivals.push(resolve));
  }
}
