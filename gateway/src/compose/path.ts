/** One configuration, compiled to the path that its exchanges walk. */
import { createApprovals } from '../approvals/index.ts';
import {
  createStage,
  nameResultLinks,
  nameResultPage,
  type CatalogStage,
} from '../catalog/index.ts';
import { createGuard } from '../guard/index.ts';
import { Refusal, type Clock, type Exchange, type Head, type Terminal } from '../kernel/index.ts';
import { createCallers, createGate, createReceive, type Callers } from '../listeners/index.ts';
import { buildPath, methodTable, type Path, type Rooms } from '../pipeline/index.ts';
import { compilePolicy } from '../policy/index.ts';
import {
  checkParamHeaders,
  createDecode,
  createEncode,
  createRoute,
  isQuestion,
  isToolError,
  type WireDeps,
} from '../wire/index.ts';
import type { Config } from './config.ts';
import { endpointFacts } from './endpoints.ts';
import type { Parts } from './parts.ts';
import { rulesFingerprint } from './rules-fingerprint.ts';
import { upstreamFacts } from './upstream-facts.ts';

/** One configuration, compiled: the path that its exchanges walk. */
export interface Snapshot {
  readonly epoch: number;
  readonly path: Path;
  /** Which requests may come in at all, for what is no exchange. */
  readonly gate: (head: Head) => Refusal | undefined;
  /** Whose requests they are, as far as proxies in front may say. */
  readonly callers: Callers;
  readonly config: Config;
}

/** Compiles a configuration; the rooms that hold state stay the same. */
export function buildSnapshot(parts: Parts, config: Config, epoch: number, clock: Clock): Snapshot {
  const policy = compilePolicy(config.policy, {
    clock,
    upstreams: upstreamFacts(config),
    endpoints: endpointFacts(config.endpoints),
  });
  const stage = createStage(config.endpoints, {
    catalog: parts.catalog,
    sealer: parts.sealer,
    clock,
    openState: (x, sealed) => parts.interactions.openState(x, sealed),
    openTask: (x, sealed) => parts.tasks.openTask(x, sealed),
    viewerOf: (principal, endpoint) => policy.viewerOf(principal, endpoint),
    notFound: (x, hidden) => policy.notFound(x, hidden),
  });
  parts.subscriptions.useEndpoints(stage);
  parts.upstreams.useToolNames((x, upstream, name) =>
    stage.toolName(x.endpoint, x.principal, upstream, name),
  );
  const walk = (x: Exchange): ReturnType<Path['walk']> => path.walk(x);
  const path = buildPath(fitRooms(parts, config, stage, policy, walk));
  const gate = createGate(gateDeps(parts, config));
  return { epoch, path, gate, callers: createCallers(config.server.trustedProxies), config };
}

/** Fits the rooms to what the pipeline needs of them, in the order of its table. */
function fitRooms(
  parts: Parts,
  config: Config,
  stage: CatalogStage,
  policy: ReturnType<typeof compilePolicy>,
  walk: Path['walk'],
): Rooms {
  const { limits, guard } = { limits: config.limits, guard: createGuard(config.limits) };
  const wire = wireOf(parts, config);
  const { publicUrl } = config.server;
  const receive = receiveDeps(parts, config);
  const { origins } = receive;
  const rest = { origins, publicUrl: publicUrl?.replace(/\/+$/, '') ?? '', version: parts.version };
  return {
    receive: createReceive(receive),
    route: createRoute(wire),
    identify: parts.identity.stage(config.identity, config.server.publicUrl ?? ''),
    decode: createDecode(wire),
    resolve: resolveAndAgree(
      stage,
      parts,
      parts.identity.itemScopes(config.identity, publicUrl ?? ''),
    ),
    limit: parts.limits.stage(limits),
    screenIn: guard.screenIn,
    authorize: policy.authorize,
    approve: createApprovals().approve,
    intent: parts.audit.reserve,
    carriers: carriersOf(parts, stage, walk),
    screenEvent: guard.screenEvent,
    screenTerminal: (x, message) =>
      nameResult(
        x,
        parts.tasks.sealTask(
          x,
          parts.interactions.sealQuestion(x, guard.screenTerminal(x, message)),
        ),
        stage,
      ),
    encode: createEncode(parts.serverInfo, rest),
    lastingStream: (x, lost) => parts.sessions.lastingStream(x, lost),
    afterGrace: (x, lost) => parts.sessions.afterGrace(x, lost),
    onSlowReader: () => parts.onSlowReader(),
    ask: (x, round, delivery) => parts.interactions.ask(x, round, delivery),
    isQuestion,
    isToolError,
    onBug: (_x, error) => parts.onBug(error),
    finish: finishOf(parts, rulesFingerprint(config)),
  };
}

/** Whatever a result names is named as this caller can ask for it. */
function nameResult(x: Exchange, message: Terminal, stage: CatalogStage): Terminal {
  const { endpoint, principal } = x;
  const named = nameResultPage(x, message);
  if (principal === undefined) return named;
  return nameResultLinks(x, named, (upstream, uri) =>
    stage.linkName(endpoint, principal, upstream, uri),
  );
}

/** Pages of the gateway itself may send it forms, under the address that people know it by. */
function gateDeps(parts: Parts, config: Config) {
  const deps = receiveDeps(parts, config);
  const { publicUrl } = config.server;
  const own = publicUrl === undefined ? [] : [new URL(publicUrl).origin];
  return { ...deps, origins: new Set([...deps.origins, ...own]) };
}

function receiveDeps(parts: Parts, { server }: Config) {
  const { publicUrl, allowedOrigins } = server;
  return {
    hosts: new Set(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
    origins: new Set(allowedOrigins.map((origin) => new URL(origin).origin)),
    // Answers to questions that are open are still let in; `resolve` tells which they are.
    isDraining: () => parts.state.isDraining && !parts.interactions.isAsking(),
    addresses: parts.addresses,
  };
}

function finishOf(parts: Parts, rules: string): Rooms['finish'] {
  return (x, outcome) => {
    parts.identity.ended(x);
    parts.sessions.callEnded(x);
    parts.audit.record(x, outcome, rules);
    parts.limits.settle(x, outcome.resultBytes);
    parts.usage.record(x, outcome);
    parts.seen.note(x.principal);
  };
}

/** What `wire` has to know of this gateway to read what callers write. */
function wireOf({ serverInfo, sessions }: Parts, { endpoints, limits }: Config): WireDeps {
  return {
    methods: methodTable(),
    endpoints: new Set(Object.keys(endpoints)),
    maxBodyBytes: limits.maxBodyBytes,
    maxJsonDepth: limits.maxJsonDepth,
    serverInfo,
    sessions,
  };
}

/** The item decides which arguments are repeated in headers, so they are compared once it is known. */
function resolveAndAgree(
  stage: CatalogStage,
  { state }: Parts,
  missingScopes: (x: Exchange) => Refusal | undefined,
): Rooms['resolve'] {
  return (x) => {
    const step = stage.resolve(x);
    if (step instanceof Promise) {
      return step.then((later) =>
        later instanceof Refusal
          ? later
          : (disagreement(later, state) ?? missingScopes(later) ?? later),
      );
    }
    return step instanceof Refusal
      ? step
      : (disagreement(step, state) ?? missingScopes(step) ?? step);
  };
}

function disagreement(x: Exchange, state: Parts['state']): Refusal | undefined {
  const { target } = x;
  // What is wrapped is looked at when it is unwrapped.
  const mayAnswer = x.call?.kind === 'response' || x.call?.kind === 'wrapped';
  if (state.isDraining && x.parked === '' && !mayAnswer) {
    return new Refusal('draining', { retryAfterSeconds: 1 });
  }
  return target?.kind === 'item' ? checkParamHeaders(x, target.item) : undefined;
}

function carriersOf(parts: Parts, stage: CatalogStage, walk: Path['walk']): Rooms['carriers'] {
  const { upstreams, sessions, subscriptions, interactions } = parts;
  const changes = subscriptions.carrier(stage);
  const methods = sessions.carrier((endpoint, principal) =>
    stage.describe(endpoint, principal, 'legacy'),
  );
  const items: Rooms['carriers']['item'] = {
    carry: (x, delivery) => {
      sessions.callBegun(x, delivery);
      if (x.parked === '') return upstreams.carry(x, delivery);
      return interactions.carryOn(x, delivery);
    },
  };
  return {
    item: items,
    passthrough: items,
    view: stage.views,
    session: {
      carry: (x, delivery) => {
        if (x.call.kind === 'wrapped') sessions.unwrap(x, delivery, walk);
        else methods.carry(x, delivery);
      },
    },
    subscription: {
      carry: (x, delivery) => {
        if (sessions.resume(x, delivery)) return undefined;
        const isSse = x.call.kind === 'stream' && x.session === undefined;
        if (!isSse) return changes.carry(x, delivery);
        sessions.openSse(x, delivery, () => changes.carry(x, delivery));
        return undefined;
      },
    },
  };
}
