/** What outlives a configuration: the rooms that hold state, and the events between them. */
import { resolve } from 'node:path';
import { SeenPrincipals } from '../admin/index.ts';
import { createAudit, type Audit } from '../audit/index.ts';
import { createCatalog, type Catalog } from '../catalog/index.ts';
import { createCredentials } from '../credentials/index.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { createInteractions, type Interactions } from '../interactions/index.ts';
import type { Proxies } from '../egress/index.ts';
import type { Clock, Exchange, LogLevel } from '../kernel/index.ts';
import { createLimits, Usage } from '../limits/index.ts';
import { Addresses } from '../listeners/index.ts';
import { createSessions } from '../sessions/index.ts';
import type { Store } from '../store/index.ts';
import { createSubscriptions, type Subscriptions } from '../subscriptions/index.ts';
import { createTasks, type Tasks } from '../tasks/index.ts';
import { createUpstreams, type Upstreams } from '../upstreams/index.ts';
import { enabledUpstreams, type Config } from './config.ts';
import { connectLogin } from './login.ts';
import { recordFile } from './record-file.ts';
import { openState } from './state.ts';
import { wayOutToIssuer } from './ways-out.ts';

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
  /** The file that the configuration stands in, absolute; none where it stands in none. */
  readonly configFile?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The server over which several processes work together (`redis[s]://…`); none: only this one. */
  readonly valkeyUrl?: string | undefined;
  /** What everything leaves by that is not on this machine; none where left out. */
  readonly proxies?: Proxies | undefined;
}

const KEEP_ALIVE_MS = 25_000;
const MAX_REQUESTS_PER_ADDRESS = 8192;

/** What outlives a configuration. */
export type Parts = Awaited<ReturnType<typeof buildParts>>;

/** Builds the rooms that hold state and connects them. */
export async function buildParts(options: GatewayOptions) {
  const { config, directory, clock, log, version } = options;
  const stateDir = resolve(directory, config.server.stateDir);
  const serverInfo = JSON.stringify({ name: 'drawbridge', version });
  const onBug = bugReporter(log);
  const state = { url: options.valkeyUrl, clock, log, onBug };
  const { sealer, store, coordination } = await openState(stateDir, state);
  const interactions = createInteractions({ sealer, clock, onBug, peers: coordination });
  const takeResponse = (x: Exchange): void => interactions.takeResponse(x);
  const onSlowReader = slowReaderReporter(log);
  const tasks = createTasks({ sealer, clock });
  const identity = openIdentity(options, store, interactions.parked);
  const credentials = createCredentials({
    clock,
    subjectTokenOf: (principal) => identity.subjectToken(principal),
  });
  const upstreams = createUpstreams({ ...options, stateDir, sealer, credentials });
  const audit = openAudit(options);
  const parts = {
    stateDir,
    sealer,
    store,
    coordination,
    serverInfo,
    version,
    onBug,
    onSlowReader,
    upstreams,
    identity,
    limits: createLimits({ clock, shared: coordination }),
    usage: openUsage(options, store),
    seen: openSeen(options, store),
    startedMs: clock.nowMs(),
    audit,
    login: connectLogin({ ...options, store, sealer, identity, audit, onBug }),
    catalog: openCatalog(upstreams, store, clock, onBug),
    sessions: createSessions({ sealer, clock, serverInfo, onSlowReader, takeResponse }),
    interactions,
    tasks,
    subscriptions: openSubscriptions(clock, upstreams, tasks),
    addresses: new Addresses(MAX_REQUESTS_PER_ADDRESS),
    state: { isDraining: false },
  };
  connect(parts);
  return parts;
}

function openCatalog(
  upstreams: Upstreams,
  { uriOwners }: Store,
  clock: Clock,
  onBug: (error: unknown) => void,
): Catalog {
  return createCatalog({
    fetchItems: (upstream, signal) => upstreams.fetchItems(upstream, signal),
    owners: uriOwners,
    clock,
    onBug,
  });
}

function openSubscriptions(clock: Clock, upstreams: Upstreams, tasks: Tasks): Subscriptions {
  return createSubscriptions({
    clock,
    keepAliveMs: KEEP_ALIVE_MS,
    subscribeResource: (...asked) => upstreams.subscribeResource(...asked),
    unsubscribeResource: (...asked) => upstreams.unsubscribeResource(...asked),
    tasks: {
      open: (x, sealed) => tasks.openTask(x, sealed),
      tells: (upstream) => upstreams.tellsOfTasks(upstream),
      watch: (...asked) => upstreams.watchTasks(...asked),
    },
  });
}

function bugReporter(log: Log): (error: unknown) => void {
  return (error) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', 'a bug was caught', { error: text });
  };
}

/** Says so, and how many there were so far. */
function slowReaderReporter(log: Log): () => void {
  let closed = 0;
  return () => {
    closed++;
    log('warn', 'a stream was closed because its caller did not read it', { closed });
  };
}

function openIdentity(
  options: GatewayOptions,
  store: Store,
  parked: Interactions['parked'],
): Identity {
  const { clock, log } = options;
  return createIdentity({
    wayOut: (issuer) => wayOutToIssuer(options, issuer),
    keys: store.apiKeys,
    clock,
    revoked: store.revokedSubjects,
    parked,
    onStoreUnreadable: (error) =>
      log('error', 'the store cannot be read, so callers are refused', { error: String(error) }),
    onIssuerFault: ({ message }) =>
      log('error', 'an issuer of access tokens cannot be asked', { error: message }),
  });
}

function openUsage({ clock, log }: GatewayOptions, store: Store): Usage {
  return new Usage({
    store: store.usage,
    clock,
    onFailure: (error) => log('error', 'usage cannot be written down', { error: String(error) }),
  });
}

function openSeen({ clock, log }: GatewayOptions, store: Store): SeenPrincipals {
  return new SeenPrincipals({
    store: store.principalsSeen,
    clock,
    onFailure: (error) =>
      log('error', 'who has called cannot be written down', { error: String(error) }),
  });
}

function openAudit({ config, directory, clock, log }: GatewayOptions): Audit {
  return createAudit({
    file: recordFile(config, directory) ?? 'stdout',
    clock,
    onFailure: (error) =>
      log('error', 'audit records cannot be written, so calls are refused', {
        error: String(error),
      }),
  });
}

/** Events that travel between rooms outside any exchange. */
function connect(parts: {
  readonly upstreams: ReturnType<typeof createUpstreams>;
  readonly catalog: ReturnType<typeof createCatalog>;
  readonly sessions: ReturnType<typeof createSessions>;
  readonly subscriptions: ReturnType<typeof createSubscriptions>;
  readonly interactions: Interactions;
}): void {
  const { upstreams, catalog, sessions, subscriptions, interactions } = parts;
  upstreams.onEvent((event) => {
    if (event.kind === 'resource_updated') {
      subscriptions.resourceUpdated(event.upstream, event.uri, event.principal);
    } else catalog.refresh(event.upstream);
  });
  catalog.onChange(({ upstream, ...changed }) => {
    const kinds = (['tools', 'prompts', 'resources'] as const).filter((kind) => changed[kind]);
    subscriptions.listsChanged(upstream, kinds);
  });
  sessions.onEnd((sessionKey) => {
    subscriptions.sessionEnded(sessionKey);
    interactions.sessionEnded(sessionKey);
  });
}

/** Tells the rooms that outlive a configuration what is in it now. */
export function configure(parts: Parts, config: Config): void {
  parts.usage.configure(config.usage);
  parts.identity.wantSubjectTokens(exchangesTokens(config));
  parts.identity.configure(config.identity);
  parts.login.configure(config);
  parts.interactions.configure(config.interactions);
  parts.upstreams.configure(config.upstreams, config.limits);
  parts.catalog.configure(
    enabledUpstreams(config).map((id) => ({
      id,
      timeoutMs: config.upstreams[id]?.timeoutMs ?? config.limits.callTimeoutMs,
    })),
  );
}

function exchangesTokens({ upstreams }: Config): boolean {
  return Object.values(upstreams).some(
    ({ enabled, auth }) => enabled && auth?.tokenExchange !== undefined,
  );
}
