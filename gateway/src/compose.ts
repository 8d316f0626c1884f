/** The only place that builds the rooms and connects them. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { createApprovals } from './approvals/index.ts';
import { auditSchema, createAudit } from './audit/index.ts';
import {
  createCatalog,
  createStage,
  endpointProblems,
  endpointsSchema,
  type CatalogStage,
  type UpstreamPart,
} from './catalog/index.ts';
import { jsonSchemaOf, type Finding } from './config/index.ts';
import { createGuard } from './guard/index.ts';
import { createIdentity } from './identity/index.ts';
import { createInteractions } from './interactions/index.ts';
import { Refusal, type Clock, type Exchange, type LogLevel } from './kernel/index.ts';
import { createLimits, limitsSchema } from './limits/index.ts';
import {
  Addresses,
  createHttpListener,
  createReceive,
  isLoopback,
  listenAddress,
  requestInProcess,
  serverSchema,
  type InProcessAnswer,
} from './listeners/index.ts';
import { buildPath, methodTable, type Path, type Rooms } from './pipeline/index.ts';
import { compilePolicy, policySchema } from './policy/index.ts';
import { createSealer, openKeyring } from './secrets/index.ts';
import { createSessions } from './sessions/index.ts';
import { openStore } from './store/index.ts';
import { createSubscriptions } from './subscriptions/index.ts';
import { createUpstreams, upstreamsSchema, type UpstreamStatus } from './upstreams/index.ts';
import {
  checkParamHeaders,
  createDecode,
  createEncode,
  createRoute,
  isQuestion,
  isToolError,
} from './wire/index.ts';

/** The whole configuration file: every room's own part under the room's name. */
export const configSchema = z.strictObject({
  server: serverSchema.prefault({}),
  upstreams: upstreamsSchema.default({}),
  endpoints: endpointsSchema,
  policy: policySchema.prefault({}),
  limits: limitsSchema.prefault({}),
  audit: auditSchema.prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration's JSON Schema, for editors. */
export function configJsonSchema(): object {
  return jsonSchemaOf(configSchema, {
    id: 'https://drawbridge.dev/schema/drawbridge.schema.json',
    title: 'Drawbridge configuration',
    description: 'drawbridge.yaml: upstreams, endpoints, policy and limits of one gateway.',
  });
}

/** What has to hold beyond the schema: what only shows when several parts are seen together. */
export function checkConfig(config: Config): readonly Finding[] {
  const findings: Finding[] = endpointProblems(config.endpoints, enabledUpstreams(config)).map(
    ({ path, text }) => ({ path, message: text }),
  );
  const { host } = listenAddress(config.server.listen);
  if (!isLoopback(host)) {
    findings.push({
      path: ['server', 'listen'],
      message: `${host} can be reached by other machines, and callers are not identified yet`,
      hint: 'listen on 127.0.0.1 or [::1]',
    });
  }
  return findings;
}

export type Log = (
  level: LogLevel,
  text: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

export interface GatewayOptions {
  /** A value that `configSchema` and `checkConfig` accepted. */
  readonly config: Config;
  /** The folder that relative paths of the configuration begin at. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

export interface Gateway {
  /** Binds the address of the configuration; rejects where it is taken. */
  listen(): Promise<{ readonly url: string }>;
  /** Puts a new configuration in force; calls under way keep the old one. */
  reload(config: Config): Promise<void>;
  /** Walks one message (2026-07-28, JSON text) along the path as the local principal. */
  request(
    message: string,
    options: { readonly endpoint: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<InProcessAnswer>;
  /** Resolves when every upstream has answered or its first deadline has passed. */
  ready(): Promise<void>;
  /** Asks for an upstream's lists to be read again soon. */
  refresh(upstream: string): void;
  /** The connections, and what of each upstream's lists is known. */
  status(): {
    readonly upstreams: readonly UpstreamStatus[];
    readonly lists: readonly UpstreamPart[];
  };
  /** Writes what is recorded to disk. */
  flushAudit(): Promise<void>;
  /** Takes no more calls, lets those under way end within `graceMs`, then stops everything. */
  close(graceMs: number): Promise<void>;
}

const ANSWER_WITHIN_MS = 10 * 60_000;
const KEEP_ALIVE_MS = 25_000;
const MAX_REQUESTS_PER_ADDRESS = 8192;

/** What outlives a configuration. */
type Parts = Awaited<ReturnType<typeof buildParts>>;

async function buildParts({ config, directory, clock, log, version }: GatewayOptions) {
  const stateDir = resolve(directory, config.server.stateDir);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const sealer = createSealer(await openKeyring(stateDir), clock);
  const store = await openStore(join(stateDir, 'drawbridge.sqlite'));
  const serverInfo = JSON.stringify({ name: 'drawbridge', version });
  const onBug = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', 'a bug was caught', { error: text });
  };
  const upstreams = createUpstreams({ clock, directory, log, version });
  const { file } = config.audit;
  const parts = {
    stateDir,
    sealer,
    store,
    serverInfo,
    onBug,
    upstreams,
    limits: createLimits(),
    audit: createAudit({
      file: file === undefined ? join(stateDir, 'audit.jsonl') : auditFile(directory, file),
      clock,
      onFailure: (error) =>
        log('error', 'audit records cannot be written, so calls are refused', {
          error: String(error),
        }),
    }),
    catalog: createCatalog({
      fetchItems: (upstream, signal) => upstreams.fetchItems(upstream, signal),
      owners: store.uriOwners,
      clock,
      onBug,
    }),
    sessions: createSessions({ sealer, clock, serverInfo }),
    interactions: createInteractions({ sealer, clock, answerWithinMs: ANSWER_WITHIN_MS }),
    subscriptions: createSubscriptions({
      clock,
      keepAliveMs: KEEP_ALIVE_MS,
      subscribeResource: (upstream, uri) => upstreams.subscribeResource(upstream, uri),
      unsubscribeResource: (upstream, uri) => upstreams.unsubscribeResource(upstream, uri),
    }),
    addresses: new Addresses(MAX_REQUESTS_PER_ADDRESS),
    state: { isDraining: false },
  };
  connect(parts);
  return parts;
}

function auditFile(directory: string, file: string): string {
  return file === 'stdout' ? file : resolve(directory, file);
}

/** Events that travel between rooms outside any exchange. */
function connect(parts: {
  readonly upstreams: ReturnType<typeof createUpstreams>;
  readonly catalog: ReturnType<typeof createCatalog>;
  readonly sessions: ReturnType<typeof createSessions>;
  readonly subscriptions: ReturnType<typeof createSubscriptions>;
}): void {
  const { upstreams, catalog, sessions, subscriptions } = parts;
  upstreams.onEvent((event) => {
    if (event.kind === 'resource_updated') subscriptions.resourceUpdated(event.upstream, event.uri);
    else catalog.refresh(event.upstream);
  });
  catalog.onChange(({ upstream, ...changed }) => {
    const kinds = (['tools', 'prompts', 'resources'] as const).filter((kind) => changed[kind]);
    subscriptions.listsChanged(upstream, kinds);
  });
  sessions.onEnd((sessionKey) => subscriptions.sessionEnded(sessionKey));
}

/** One configuration, compiled: the path that its exchanges walk. */
interface Snapshot {
  readonly epoch: number;
  readonly path: Path;
  readonly config: Config;
}

function buildSnapshot(parts: Parts, config: Config, epoch: number, clock: Clock): Snapshot {
  const policy = compilePolicy(config.policy);
  const stage = createStage(config.endpoints, {
    catalog: parts.catalog,
    sealer: parts.sealer,
    clock,
    openState: (x, sealed) => parts.interactions.openState(x, sealed),
    mayInvoke: (principal, id) => policy.mayInvoke(principal, id),
  });
  parts.subscriptions.useEndpoints(stage);
  const rooms = fitRooms(parts, config, stage, policy);
  return { epoch, path: buildPath(rooms), config };
}

/** Fits the rooms to what the pipeline needs of them, in the order of its table. */
function fitRooms(
  parts: Parts,
  config: Config,
  stage: CatalogStage,
  policy: ReturnType<typeof compilePolicy>,
): Rooms {
  const { limits, guard } = { limits: config.limits, guard: createGuard(config.limits) };
  const wire = {
    methods: methodTable(),
    endpoints: new Set(Object.keys(config.endpoints)),
    maxBodyBytes: limits.maxBodyBytes,
    maxJsonDepth: limits.maxJsonDepth,
    serverInfo: parts.serverInfo,
    sessions: parts.sessions,
  };
  const { publicUrl } = config.server;
  return {
    receive: createReceive({
      hosts: new Set(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
      origins: new Set(config.server.allowedOrigins.map((origin) => new URL(origin).origin)),
      isDraining: () => parts.state.isDraining,
      addresses: parts.addresses,
    }),
    route: createRoute(wire),
    identify: createIdentity().identify,
    decode: createDecode(wire),
    resolve: resolveAndAgree(stage),
    limit: parts.limits.stage(limits),
    screenIn: guard.screenIn,
    authorize: policy.authorize,
    approve: createApprovals().approve,
    intent: parts.audit.reserve,
    carriers: carriersOf(parts, stage),
    screenEvent: guard.screenEvent,
    screenTerminal: (x, message) =>
      parts.interactions.sealQuestion(x, guard.screenTerminal(x, message)),
    encode: createEncode(parts.serverInfo),
    isQuestion,
    isToolError,
    onBug: (_x, error) => parts.onBug(error),
    finish: (x, outcome) => {
      parts.sessions.callEnded(x);
      parts.audit.record(x, outcome);
    },
  };
}

/** The item decides which arguments are repeated in headers, so they are compared once it is known. */
function resolveAndAgree(stage: CatalogStage): Rooms['resolve'] {
  return (x) => {
    const step = stage.resolve(x);
    if (step instanceof Promise) {
      return step.then((later) =>
        later instanceof Refusal ? later : (disagreement(later) ?? later),
      );
    }
    return step instanceof Refusal ? step : (disagreement(step) ?? step);
  };
}

function disagreement(x: Exchange): Refusal | undefined {
  const { target } = x;
  return target?.kind === 'item' && target.item.headerBindings.length > 0
    ? checkParamHeaders(x, target.item)
    : undefined;
}

function carriersOf(parts: Parts, stage: CatalogStage): Rooms['carriers'] {
  const { upstreams, sessions, subscriptions } = parts;
  const items: Rooms['carriers']['item'] = {
    carry: (x, delivery) => {
      sessions.callBegun(x);
      return upstreams.carry(x, delivery);
    },
  };
  return {
    item: items,
    passthrough: items,
    view: stage.views,
    session: sessions.carrier((endpoint, principal) =>
      stage.describe(endpoint, principal, 'legacy'),
    ),
    subscription: subscriptions.carrier(stage),
  };
}

function enabledUpstreams(config: Config): string[] {
  return Object.entries(config.upstreams)
    .filter(([, upstream]) => upstream.enabled)
    .map(([id]) => id);
}

/** Tells the rooms that outlive a configuration what is in it now. */
function configure(parts: Parts, config: Config): void {
  parts.upstreams.configure(config.upstreams, config.limits);
  parts.catalog.configure(
    enabledUpstreams(config).map((id) => ({
      id,
      timeoutMs: config.upstreams[id]?.timeoutMs ?? config.limits.callTimeoutMs,
    })),
  );
}

/** Builds a gateway that is not listening yet; upstreams are asked for their lists at once. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { clock, config } = options;
  const parts = await buildParts(options);
  let current = buildSnapshot(parts, config, 1, clock);
  configure(parts, config);
  const listener = createHttpListener({
    clock,
    addresses: parts.addresses,
    current: () => current,
    readiness: () => readinessOf(parts),
  });
  return {
    listen: async () => {
      const { host, port } = listenAddress(config.server.listen);
      const bound = await listener.listen(host, port);
      const shown = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
      return { url: `http://${shown}:${bound.port}` };
    },
    reload: (next) => {
      current = buildSnapshot(parts, next, current.epoch + 1, clock);
      configure(parts, next);
      parts.subscriptions.everythingChanged();
      return Promise.resolve();
    },
    request: (message, { endpoint, headers = {} }) =>
      requestInProcess(current.path, current.epoch, clock, {
        endpointPath: endpoint === 'default' ? '/mcp' : `/mcp/${endpoint}`,
        headers,
        message,
      }),
    ready: () => parts.catalog.settled(enabledUpstreams(current.config)),
    refresh: (upstream) => parts.catalog.refresh(upstream),
    status: () => ({ upstreams: parts.upstreams.status(), lists: parts.catalog.snapshot().parts }),
    flushAudit: () => parts.audit.flush(),
    close: (graceMs) => close(parts, listener, graceMs, clock),
  };
}

function readinessOf(parts: Parts): { isReady: boolean; state: string } {
  const snapshot = parts.catalog.snapshot();
  const upstreams = snapshot.parts.map(({ id, state }) => ({ id, state }));
  const isWaiting = upstreams.some(({ state }) => state === 'waiting');
  const status = parts.state.isDraining ? 'draining' : isWaiting ? 'starting' : 'ready';
  return { isReady: status === 'ready', state: JSON.stringify({ status, upstreams }) };
}

/** Streams are ended properly, calls get their grace, what is left is cancelled; then all stops. */
async function close(
  parts: Parts,
  listener: ReturnType<typeof createHttpListener>,
  graceMs: number,
  clock: Clock,
): Promise<void> {
  parts.state.isDraining = true;
  parts.subscriptions.drain();
  const closed = listener.close();
  const cut = clock.after(graceMs, () => listener.closeAll());
  await closed;
  cut.cancel();
  parts.catalog.close();
  await parts.upstreams.close();
  await parts.audit.close();
  await parts.store.close();
}
