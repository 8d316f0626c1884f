/** A catalog over scripted upstreams, on a clock moved by hand, with a store in memory. */
import type { Listing, RawItem } from '../../gateway/src/kernel/index.ts';
import { randomBytes, createSecretKey } from 'node:crypto';
import {
  createCatalog,
  createStage,
  endpointsSchema,
  type Catalog,
  type CatalogStage,
} from '../../gateway/src/catalog/index.ts';
import {
  Refusal,
  itemIdText,
  splice,
  type Dialect,
  type Exchange,
  type ItemId,
  type LocalMessage,
  type Principal,
} from '../../gateway/src/kernel/index.ts';
import type { Policy } from '../../gateway/src/policy/index.ts';
import { createSealer } from '../../gateway/src/secrets/index.ts';
import { openStore } from '../../gateway/src/store/index.ts';
import { LOCAL, METHOD_TABLE, RecordingDelivery, makeCall, makeExchange } from './exchange.ts';
import { ManualClock } from './manual-clock.ts';

/** What an upstream answers next: a listing, a refusal, or whatever it does when it is asked. */
export type Script =
  | Listing
  | Refusal
  | ((signal: AbortSignal) => Promise<Listing | Refusal> | Listing | Refusal);

export interface ListingShape extends Partial<
  Omit<Listing, 'tools' | 'prompts' | 'resources' | 'templates' | 'capabilities'>
> {
  readonly capabilities?: Partial<Listing['capabilities']>;
  /** Names, or whole definitions as JSON text. */
  readonly tools?: readonly string[];
  readonly prompts?: readonly string[];
  readonly resources?: readonly string[];
  readonly templates?: readonly string[];
}

/** A listing that advertises what it has. */
export function listingOf(shape: ListingShape = {}): Listing {
  const { tools = [], prompts = [], resources = [], templates = [], ...rest } = shape;
  return {
    era: 'modern',
    revision: '2026-07-28',
    serverInfo: '{"name":"scripted","version":"1"}',
    instructions: '',
    ...rest,
    capabilities: {
      tools: tools.length > 0,
      prompts: prompts.length > 0,
      resources: resources.length + templates.length > 0,
      completions: false,
      logging: false,
      subscribe: false,
      extensions: '',
      ...shape.capabilities,
    },
    tools: tools.map((item) => rawItem('name', item, '"inputSchema":{"type":"object"}')),
    prompts: prompts.map((item) => rawItem('name', item)),
    resources: resources.map((item) => rawItem('uri', item, '"name":"x"')),
    templates: templates.map((item) => rawItem('uriTemplate', item, '"name":"x"')),
  };
}

function rawItem(key: string, item: string, members = ''): RawItem {
  const rest = members === '' ? '' : `,${members}`;
  const text = item.startsWith('{')
    ? item
    : `{${JSON.stringify(key)}:${JSON.stringify(item)}${rest}}`;
  return { name: JSON.parse(text)[key], definition: Buffer.from(text) };
}

export interface Asked {
  readonly dialect?: Dialect;
  readonly endpoint?: string;
  readonly principal?: Principal;
  /** Decoded name or URI, where the method has one; put into the parameters too. */
  readonly name?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A list as tests read it; only the one that was asked for is really there. */
export interface ViewResult {
  readonly tools: readonly { readonly name: string }[];
  readonly prompts: readonly { readonly name: string }[];
  readonly resources: readonly { readonly uri: string }[];
  readonly resourceTemplates: readonly { readonly uriTemplate: string }[];
  readonly nextCursor?: string;
  readonly _meta?: Readonly<Record<string, readonly MissingPart[]>>;
}

/** What a tool of the endpoint itself answered. */
export interface ToolResult {
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
}

interface MissingPart {
  readonly upstream: string;
  readonly since: string;
  readonly why: string;
  readonly stale: boolean;
}

interface ViewerLike {
  mayInvoke(item: { readonly id: ItemId }): boolean;
  mayReach(upstream: string): boolean;
  bindingsOf(): undefined;
}

export class CatalogWorld {
  readonly clock = new ManualClock();
  readonly scripts = new Map<string, Script>();
  /** How often each upstream was asked for its lists. */
  readonly fetches = new Map<string, number>();
  readonly bugs: unknown[] = [];
  /** Items that nobody may see. */
  readonly hidden = new Set<string>();
  readonly catalog: Catalog;
  stage: CatalogStage;
  private readonly sealer;

  static async open(endpoints?: unknown): Promise<CatalogWorld> {
    return new CatalogWorld(endpoints, (await openStore(':memory:')).uriOwners);
  }

  private constructor(endpoints: unknown, owners: Parameters<typeof createCatalog>[0]['owners']) {
    const key = { id: 'AAAAAAAA', secret: createSecretKey(randomBytes(32)) };
    this.sealer = createSealer(
      { newest: key, find: (id) => (id === key.id ? key : undefined) },
      this.clock,
    );
    this.catalog = createCatalog({
      fetchItems: (upstream, signal) => this.fetch(upstream, signal),
      owners,
      clock: this.clock,
      onBug: (error) => this.bugs.push(error),
    });
    this.stage = this.newStage(endpoints);
  }

  /** Another configuration over the same catalog. */
  newStage(
    endpoints: unknown,
    pageLimits: { maxItems?: number; maxBytes?: number } = {},
    policy?: Pick<Policy, 'viewerOf' | 'notFound'>,
  ): CatalogStage {
    const viewers = new Map<string, ViewerLike>();
    const viewerOf = (principal: Principal): ViewerLike => {
      const key = JSON.stringify(principal);
      const viewer = viewers.get(key) ?? {
        mayInvoke: ({ id }) => this.mayInvoke(principal, id),
        mayReach: () => true,
        bindingsOf: () => undefined,
      };
      viewers.set(key, viewer);
      return viewer;
    };
    return createStage(endpointsSchema.parse(endpoints), {
      catalog: this.catalog,
      sealer: this.sealer,
      clock: this.clock,
      openState: (_x, sealed) =>
        sealed.startsWith('sealed:')
          ? { kind: 'upstream', state: sealed.slice('sealed:'.length) }
          : new Refusal('state_invalid'),
      // `task:<upstream>/<tool>/<id>` stands for a sealed id.
      openTask: (_x, sealed) => {
        const [, upstream, tool, taskId] = /^task:(.+?)\/(.+)\/(.+)$/.exec(sealed) ?? [];
        return upstream === undefined || tool === undefined || taskId === undefined
          ? undefined
          : { upstream, tool, taskId };
      },
      viewerOf: (principal, endpoint) =>
        policy === undefined ? viewerOf(principal) : policy.viewerOf(principal, endpoint),
      // The id is the same for all, so that refusals can be compared.
      notFound: (x, hidden) => {
        if (policy !== undefined) return policy.notFound(x, hidden);
        x.decision = {
          id: 'd-0',
          outcome: 'deny',
          rule: hidden === undefined ? 'no such item' : 'hidden',
          needsApproval: false,
        };
        return x.decision.id;
      },
      pageLimits,
    });
  }

  mayInvoke(principal: Principal, id: ItemId): boolean {
    const text = `${id.kind}:${id.upstream}/${id.name}`;
    return !this.hidden.has(text) && !this.hidden.has(`${principal.id} ${text}`);
  }

  /** Names the upstreams, in this order, and lets them be asked. */
  async start(scripts: Readonly<Record<string, Script>>, timeoutMs = 60_000): Promise<void> {
    for (const [id, script] of Object.entries(scripts)) this.scripts.set(id, script);
    this.catalog.configure(Object.keys(scripts).map((id) => ({ id, timeoutMs })));
    await this.clock.advance(0);
  }

  /** Makes a call, lets resolve look at it and gives back the exchange or the refusal. */
  async resolve(method: string, asked: Asked = {}): Promise<Exchange | Refusal> {
    const x = this.exchange(method, asked);
    return await this.stage.resolve(x);
  }

  /** The exchange that resolve lets pass. */
  async found(method: string, asked: Asked = {}): Promise<Exchange> {
    const x = await this.resolve(method, asked);
    if (x instanceof Refusal) throw new Error(`${x.reason}: ${x.text}`);
    return x;
  }

  /** The refusal of what resolve does not let pass. */
  async refused(method: string, asked: Asked = {}): Promise<Refusal> {
    const x = await this.resolve(method, asked);
    if (x instanceof Refusal) return x;
    throw new Error(`found ${JSON.stringify(x.target)}`);
  }

  exchange(method: string, asked: Asked = {}) {
    const row = METHOD_TABLE.get(method);
    const { name = '', principal = LOCAL, dialect = 'modern', endpoint = 'default' } = asked;
    const named = row?.named === undefined ? {} : { [row.named]: name };
    const params = { ...named, ...asked.params };
    const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const call = makeCall({ method, row, name, message });
    return Object.assign(makeExchange(), { dialect, endpoint, principal, call });
  }

  /** The answer to a list or `server/discover`, as the carrier gives it. */
  async view(method: string, asked: Asked = {}): Promise<LocalMessage | Refusal> {
    const x = this.exchange(method, asked);
    const step = await this.stage.resolve(x);
    if (step instanceof Refusal) return step;
    const delivery = new RecordingDelivery();
    await this.stage.views.carry(step, delivery);
    const [terminal] = delivery.terminals;
    if (terminal?.kind === 'local' || terminal instanceof Refusal) return terminal;
    throw new Error(`no view: ${terminal?.kind ?? 'nothing'}`);
  }

  /** The parsed result of a view. */
  async list(method: string, asked: Asked = {}): Promise<ViewResult> {
    const found = await this.view(method, asked);
    if (found instanceof Refusal) throw new Error(`${found.reason}: ${found.text}`);
    return JSON.parse(found.result) as ViewResult;
  }

  /** The answer of one of the endpoint's own tools. */
  async toolResult(tool: string, args?: unknown, asked: Asked = {}): Promise<ToolResult> {
    const params = args === undefined ? {} : { arguments: args };
    const found = await this.view('tools/call', { ...asked, name: tool, params });
    if (found instanceof Refusal) throw new Error(`${found.reason}: ${found.text}`);
    return JSON.parse(found.result) as ToolResult;
  }

  private async fetch(upstream: string, signal: AbortSignal): Promise<Listing | Refusal> {
    this.fetches.set(upstream, (this.fetches.get(upstream) ?? 0) + 1);
    const script = this.scripts.get(upstream) ?? new Refusal('upstream_unavailable');
    return typeof script === 'function' ? await script(signal) : script;
  }
}

/** The parameters of a call as they leave. */
export function sent({ call, edits }: Exchange): Record<string, unknown> {
  if (call === undefined) return {};
  const message: unknown = JSON.parse(splice(call.view.bytes, edits).toString());
  return (message as { params: Record<string, unknown> }).params;
}

/** The item an exchange is about, as `kind:upstream/name`. */
export function original({ target }: Exchange): string {
  return target?.kind === 'item' ? itemIdText(target.item.id) : '';
}
