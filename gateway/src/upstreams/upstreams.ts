/** All upstreams of the gateway, under the configuration that is in force. */
import {
  Refusal,
  type Awaitable,
  type Clock,
  type Delivery,
  type JsonView,
  type LogLevel,
  type Listing,
  type Principal,
} from '../kernel/index.ts';
import type { Proxies } from '../egress/index.ts';
import type { PageSealer } from './api/results/contract.ts';
import { createApisOnDemand, type ApisOnDemand } from './apis-on-demand.ts';
import type { CredentialPort } from './credential-port.ts';
import type { ConnectorDeps, UpstreamEvent, UpstreamStatus } from './connector.ts';
import { kindOf } from './api/kind-names.ts';
import { createMcpHttp } from './mcp-http/index.ts';
import { createMcpSse } from './mcp-sse/index.ts';
import { createMcpStdio } from './mcp-stdio/index.ts';
import { createStdioSpawner, type StdioSpawner } from './mcp-stdio/process.ts';
import type { UpstreamCall } from './mcp/outgoing.ts';
import { Members, type BuildConnector, type UpstreamLimits } from './members.ts';
import type { UpstreamsConfig } from './schema.ts';
import { wayOutOf } from './way-out.ts';
import { createWebhook, HookMemories } from './webhook/connector.ts';
import type { Hook } from './webhook/hook.ts';

export interface UpstreamsDeps {
  readonly clock: Clock;
  /** The folder that relative paths of the configuration begin at. */
  readonly directory: string;
  /** Our own version, as upstreams are told. */
  readonly version: string;
  /** The gateway's own folder: imports of APIs and long results are kept below it. */
  readonly stateDir: string;
  /** Seals what callers are handed to read on. */
  readonly sealer: PageSealer;
  readonly credentials: CredentialPort;
  /** What everything leaves by that is not on this machine. */
  readonly proxies?: Proxies | undefined;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
}

/** What the caller of `x` calls a tool of an upstream; undefined where it does not see it. */
export type ToolNames = (x: UpstreamCall, upstream: string, name: string) => string | undefined;

export interface Upstreams {
  /**
   * Puts a configuration in force. An upstream whose entry is unchanged keeps its connections;
   * calls under way at one that is gone or changed end as they began.
   */
  configure(config: UpstreamsConfig, limits?: UpstreamLimits): void;
  /** Reads all lists of an upstream; a refusal's text may be shown to any caller. */
  fetchItems(upstream: string, signal: AbortSignal): Promise<Listing | Refusal>;
  /**
   * Carries a call out: `upstream_unavailable`, `upstream_busy`, `upstream_timeout`,
   * `upstream_invalid`, `upstream_closed`, `result_too_large`, `interaction_unsupported`,
   * `cancelled` and `draining` are what it adds to the upstream's own answers.
   */
  carry(x: UpstreamCall, delivery: Delivery): Awaitable<void>;
  /** Says from now on what callers call the tools of upstreams; until then none is named to them. */
  useToolNames(find: ToolNames): void;
  onEvent(listener: (event: UpstreamEvent) => void): void;
  /** Asks for the updates of a resource on behalf of a principal; a refusal says why there are none. */
  subscribeResource(
    upstream: string,
    uri: string,
    principal: Principal,
  ): Promise<Refusal | undefined>;
  unsubscribeResource(upstream: string, uri: string, principal: Principal): Promise<void>;
  /** Whether an upstream tells of changes of tasks. */
  tellsOfTasks(upstream: string): boolean;
  /** Tells of changes of an upstream's tasks until what it returns is called. */
  watchTasks(
    upstream: string,
    principal: Principal,
    taskIds: readonly string[],
    onTask: (view: JsonView, params: number) => void,
  ): (() => void) | undefined;
  /** Where events for an upstream come in; undefined where it takes none. */
  hook(upstream: string): Hook | undefined;
  /** Whether any upstream takes events. */
  hasHooks(): boolean;
  status(): readonly UpstreamStatus[];
  close(): Promise<void>;
}

const DEFAULT_LIMITS: UpstreamLimits = { callTimeoutMs: 60_000, maxResultBytes: 8 * 1024 * 1024 };
/** Room for the frame around a result, so that `maxResultBytes` is judged on the result itself. */
const FRAME_BYTES = 64 * 1024;

export function createUpstreams(deps: UpstreamsDeps): Upstreams {
  const listeners: ((event: UpstreamEvent) => void)[] = [];
  const spawner = createStdioSpawner({ clock: deps.clock });
  let toolNames: ToolNames = () => undefined;
  const apis = createApisOnDemand({
    ...deps,
    toolName: (x, upstream, name) => toolNames(x, upstream, name),
  });
  const memories = new HookMemories();
  const members = new Members(
    connectorBuilder(deps, { spawner, apis, memories }, (event) => {
      for (const listener of listeners) listener(event);
    }),
  );
  return {
    configure: (config, limits = DEFAULT_LIMITS) => members.configure(config, limits),
    fetchItems: (upstream, signal) =>
      members.find(upstream)?.fetchItems(signal) ?? Promise.resolve(notConfigured()),
    carry: (x, delivery) => carry(members, x, delivery),
    useToolNames: (find) => {
      toolNames = find;
    },
    onEvent: (listener) => {
      listeners.push(listener);
    },
    subscribeResource: async (upstream, uri, principal) => {
      const connector = members.find(upstream);
      if (connector?.flags.watchesResources !== true) return undefined;
      return await connector.subscribeResource(uri, principal);
    },
    unsubscribeResource: async (upstream, uri, principal) => {
      await members.find(upstream)?.unsubscribeResource(uri, principal);
    },
    tellsOfTasks: (upstream) => {
      const connector = members.find(upstream);
      return connector?.watchTasks !== undefined && connector.status().era === 'modern';
    },
    watchTasks: (upstream, principal, taskIds, onTask) =>
      members.find(upstream)?.watchTasks?.(principal, taskIds, onTask),
    hook: (upstream) => members.find(upstream)?.hook,
    hasHooks: () => members.all().some(({ hook }) => hook !== undefined),
    status: () => members.all().map((connector) => connector.status()),
    close: async () => {
      await members.close();
      await spawner.close();
      await apis.close();
    },
  };
}

/** What all connectors share. */
interface Shared {
  readonly spawner: StdioSpawner;
  readonly apis: ApisOnDemand;
  readonly memories: HookMemories;
}

function connectorBuilder(
  deps: UpstreamsDeps,
  { spawner, apis, memories }: Shared,
  onEvent: (event: UpstreamEvent) => void,
): BuildConnector {
  const { clock, credentials, directory, log, version } = deps;
  const clientInfo = JSON.stringify({ name: 'drawbridge', version });
  return (id, config, limits) => {
    const connectorDeps: ConnectorDeps = {
      clock,
      clientInfo,
      directory,
      timeoutMs: config.timeoutMs ?? limits.callTimeoutMs,
      maxAnswerBytes: limits.maxResultBytes + FRAME_BYTES,
      log,
      credentials,
      onEvent,
      wayOut: wayOutOf(id, config, deps),
    };
    const kind = kindOf(config);
    if (kind !== undefined) return apis.connector(kind, { id, config }, connectorDeps);
    const { mcp, webhook, title = '' } = config;
    if (webhook !== undefined) {
      return createWebhook(id, webhook, { ...connectorDeps, memories, title });
    }
    if (mcp === undefined) throw new Error(`The upstream ${id} has nothing behind it.`);
    if (typeof mcp === 'string') {
      return createMcpHttp(id, config, { url: mcp, era: 'auto' }, connectorDeps);
    }
    if ('url' in mcp) {
      const create = mcp.type === 'sse' ? createMcpSse : createMcpHttp;
      return create(id, config, mcp, connectorDeps);
    }
    return createMcpStdio(id, config, mcp, { ...connectorDeps, spawner });
  };
}

function carry(members: Members, x: UpstreamCall, delivery: Delivery): Awaitable<void> {
  const { target } = x;
  if (target.kind !== 'item' && target.kind !== 'passthrough') {
    delivery.finish(new Refusal('method_unknown'));
    return;
  }
  const connector = members.find(
    target.kind === 'item' ? target.item.id.upstream : target.upstream,
  );
  if (connector === undefined) {
    delivery.finish(notConfigured());
  } else if (target.kind === 'passthrough' && !connector.flags.takesVendorMethods) {
    delivery.finish(new Refusal('method_unknown'));
  } else {
    return connector.carry(x, delivery);
  }
}

function notConfigured(): Refusal {
  return new Refusal('upstream_unavailable', { text: 'It is not configured any more.' });
}
