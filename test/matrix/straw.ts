/** Upstreams of straw: they offer a catalog, note what reaches them and answer with what was meant. */
import {
  JsonView,
  scanJson,
  splice,
  type AnswerMessage,
  type Delivery,
  type Listing,
  type RawItem,
} from '../../gateway/src/kernel/index.ts';
import type { UpstreamEvent, Upstreams } from '../../gateway/src/upstreams/index.ts';
import type { Catalog } from './generate.ts';
import type { Kind, Thing } from './naive.ts';

/** What came as far as an upstream. */
export interface Crossing {
  readonly principal: string;
  readonly upstream: string;
  readonly method: string;
  /** What it names there: an original name or URI, or the upstream's id of a task. */
  readonly name: string;
  readonly n: unknown;
}

type Call = Parameters<Upstreams['carry']>[0];

export class Straw {
  readonly crossings: Crossing[] = [];
  catalog: Catalog = { things: [] };
  private readonly listeners: ((event: UpstreamEvent) => void)[] = [];

  /** Real upstreams, but for what would need a socket. */
  around(real: Upstreams): Upstreams {
    return {
      ...real,
      configure: () => undefined,
      fetchItems: (upstream) => Promise.resolve(this.listing(upstream)),
      carry: (x, delivery) => this.carry(x, delivery),
      onEvent: (listener) => void this.listeners.push(listener),
      subscribeResource: () => Promise.resolve(undefined),
      unsubscribeResource: () => Promise.resolve(),
      tellsOfTasks: () => false,
      watchTasks: () => undefined,
      status: () => [],
    };
  }

  /** Tells the gateway that something has changed. */
  tell(event: UpstreamEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private listing(upstream: string): Listing {
    const of = (kind: Kind): RawItem[] =>
      this.catalog.things
        .filter((thing) => thing.kind === kind && thing.upstream === upstream)
        .map((thing) => ({ name: thing.name, definition: Buffer.from(definitionOf(thing)) }));
    return {
      era: 'modern',
      revision: '2026-07-28',
      serverInfo: '{"name":"straw","version":"1"}',
      instructions: '',
      capabilities: {
        tools: true,
        prompts: true,
        resources: true,
        completions: true,
        logging: false,
        subscribe: true,
        extensions: '{"io.modelcontextprotocol/tasks":{}}',
      },
      tools: of('tool'),
      prompts: of('prompt'),
      resources: of('resource'),
      templates: of('template'),
    };
  }

  private carry(x: Call, delivery: Delivery): void {
    const { call, edits, target, principal } = x;
    const sent = JSON.parse(splice(call.view.bytes, edits).toString()) as { params: object };
    const { upstream, name, args } = readSent(sent.params, target);
    const n: unknown = Reflect.get(args, 'n');
    this.crossings.push({ principal: principal.id, upstream, method: call.method, name, n });
    const text = `done:${upstream} ${name}`;
    delivery.finish(answer(resultOf(call.method, text, Reflect.get(args, 'task') === true)));
  }
}

function readSent(params: object, target: Call['target']) {
  const upstream = target.kind === 'item' ? target.item.id.upstream : '?';
  const args: unknown = Reflect.get(params, 'arguments') ?? {};
  const ref: unknown = Reflect.get(params, 'ref');
  const named = typeof ref === 'object' && ref !== null ? ref : params;
  const found: unknown =
    Reflect.get(named, 'taskId') ?? Reflect.get(named, 'name') ?? Reflect.get(named, 'uri');
  return { upstream, name: String(found), args: args as object };
}

/** What any upstream of the matrix answers. @param isTask the caller asks for a task */
export function resultOf(method: string, text: string, isTask: boolean): object {
  const content = [{ type: 'text', text }];
  switch (method) {
    case 'prompts/get':
      return { messages: [{ role: 'user', content: content[0] }] };
    case 'resources/read':
      return { contents: [{ uri: 'a://b', text }], ttlMs: 0, cacheScope: 'private' };
    case 'completion/complete':
      return { completion: { values: [text] } };
    case 'tasks/get':
      return { taskId: 'T', status: 'working', statusMessage: text, ...TIMES };
    default:
      return isTask
        ? { resultType: 'task', taskId: text, status: 'working', ...TIMES }
        : { content };
  }
}

const TIMES = {
  createdAt: '2026-01-01T00:00:00Z',
  lastUpdatedAt: '2026-01-01T00:00:00Z',
  ttlMs: null,
};

function answer(result: object): AnswerMessage {
  const text = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    result: { resultType: 'complete', ...result },
  });
  const view = scanJson(Buffer.from(text), { maxDepth: 16, recordDepth: 3 });
  if (!(view instanceof JsonView)) throw new Error('not JSON');
  return { kind: 'result', era: 'modern', view, value: view.member(0, 'result'), edits: [] };
}

/** A definition that says whose it is. */
export function definitionOf({ kind, upstream, name, isReadOnly }: Thing): string {
  const _meta = { 'test/id': identityOf({ kind, upstream, name }) };
  const description = `word of ${upstream}`;
  if (kind === 'prompt') return JSON.stringify({ name, description, _meta });
  if (kind === 'resource') return JSON.stringify({ uri: name, name: 'r', _meta });
  if (kind === 'template') return JSON.stringify({ uriTemplate: name, name: 't', _meta });
  const annotations =
    isReadOnly === undefined
      ? {}
      : { annotations: { readOnlyHint: isReadOnly, destructiveHint: true, openWorldHint: false } };
  return JSON.stringify({
    name,
    description,
    inputSchema: { type: 'object' },
    ...annotations,
    _meta,
  });
}

export function identityOf({ kind, upstream, name }: Omit<Thing, 'isReadOnly'>): string {
  return JSON.stringify([kind, upstream, name]);
}
