/** APIs that speak gRPC. */
import { Refusal } from '../../kernel/index.ts';
import { keepingOf } from '../api/bundles/of-upstream.ts';
import type { Bundles } from '../api/bundles/store.ts';
import type { ApiDeps, ApiEntry, ApiKind, ApiSettings, Opened, ReadDeps } from '../api/kind.ts';
import type { Api } from '../api/model.ts';
import type { PreviewSubject } from '../api/preview/report.ts';
import { secretsOf } from '../auth-schema.ts';
import { createSecretFilter, secretHeaders } from '../api/http/reply/secret-filter.ts';
import type { UpstreamConfig } from '../schema.ts';
import { GrpcApi } from './api.ts';
import type { CallerDeps } from './call/caller.ts';
import { Channel } from './call/channel.ts';
import { cleaned, openExchange, type Exchange } from './call/exchange.ts';
import { carry } from './call/metadata.ts';
import {
  DEFAULT_STREAMING,
  grpcConfig,
  originOf,
  sectionOf,
  type GrpcConfig,
} from './config-schema.ts';
import { describeServer, type Described } from './import/described.ts';
import { importGrpc, readConfigured, reread, type Imported } from './import/import.ts';
import type { OpenStream } from './source/reflection.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const IMPORT_TIMEOUT_MS = 60_000;
const MAX_REFLECTED_BYTES = 16 * 1024 * 1024;

export const grpcKind: ApiKind = { settings, open, read, withSource, kept };

function configOf({ grpc }: UpstreamConfig): GrpcConfig {
  if (grpc === undefined) throw new Error('the entry has no section "grpc"');
  return grpcConfig(grpc);
}

function settings(config: UpstreamConfig): ApiSettings {
  const { mode, maxListTokens, profile, outputSchema, projections = {} } = configOf(config);
  return {
    mode: mode ?? config.mode ?? 'auto',
    maxListTokens,
    profile,
    listsOutput: outputSchema === 'relaxed',
    projections: new Map(
      Object.entries(projections).map(([place, text]) => [`grpc:${place}`, text]),
    ),
  };
}

async function open(
  { id, config }: ApiEntry,
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<Api | Refusal> {
  const grpc = configOf(config);
  const named = { ...grpc.metadata, ...config.headers };
  const secrets = createSecretFilter([...secretsOf(config.auth), ...secretHeaders(named)]);
  const presented = deps.credentials.open(config.auth, deps.wayOut, (token) =>
    secrets.learn(token),
  );
  const channel = channelTo(grpc, deps, deps.timeoutMs);
  const metadata = metadataOf(config, presented.fixed?.headers ?? [], deps.version);
  const opening: OpenStream = async (path, limit) => {
    const carried = await carry(presented, undefined, metadata);
    const both = AbortSignal.any([signal, limit]);
    const exchange = await streamTo(channel, path, carried.metadata, both);
    return cleaned(exchange, (bytes) => secrets.cleanBytes(bytes));
  };
  const imported = await importWith(id, grpc, deps, opening);
  if (typeof imported === 'string') {
    channel?.close();
    await presented.close();
    return new Refusal('upstream_invalid', { text: secrets.clean(imported) });
  }
  const caller: CallerDeps | string =
    channel === undefined
      ? 'Nobody said where the server is: set grpc.url to its address.'
      : {
          channel,
          presented,
          metadata,
          isCompressed: grpc.compression === 'gzip',
          streaming: grpc.streaming ?? DEFAULT_STREAMING,
          clock: deps.clock,
          secrets,
        };
  return new GrpcApi(imported, caller, deps.log, async () => {
    channel?.close();
    await presented.close();
  });
}

function channelTo(
  { url }: GrpcConfig,
  { clock, find, wayOut }: Pick<ApiDeps, 'clock' | 'find' | 'wayOut'>,
  timeoutMs: number,
): Channel | undefined {
  const origin = url === undefined ? null : originOf(url);
  if (origin === null) return undefined;
  const connectTimeoutMs = Math.min(CONNECT_TIMEOUT_MS, timeoutMs);
  return new Channel({ origin, connectTimeoutMs, clock, find, wayOut });
}

function streamTo(
  channel: Channel | undefined,
  path: string,
  metadata: readonly string[],
  signal: AbortSignal,
): Promise<Exchange> {
  if (channel === undefined) throw new Error('nobody said where the server is');
  return openExchange(channel, {
    path,
    metadata,
    timeoutMs: IMPORT_TIMEOUT_MS,
    isCompressed: false,
    maxMessageBytes: MAX_REFLECTED_BYTES,
    signal,
  });
}

function metadataOf(
  config: UpstreamConfig,
  fixed: readonly string[],
  version: string,
): readonly string[] {
  const named = new Map([['user-agent', `drawbridge/${version}`]]);
  const written = { ...configOf(config).metadata, ...config.headers };
  for (const [name, value] of Object.entries(written)) named.set(name.toLowerCase(), value);
  for (let at = 0; at < fixed.length; at += 2) named.set(fixed[at] ?? '', fixed[at + 1] ?? '');
  return [...named].flat();
}

function importWith(
  id: string,
  config: GrpcConfig,
  deps: ApiDeps,
  opening: OpenStream,
): Promise<Imported | string> {
  const { clock, directory, version } = deps;
  return importGrpc({
    upstream: id,
    config,
    directory,
    version,
    clock,
    open: opening,
    // Before whoever wants its lists stops waiting, so that they are told why.
    timeoutMs: Math.min(IMPORT_TIMEOUT_MS, Math.ceil(deps.timeoutMs * 0.9)),
    ...keepingOf(id, deps),
  });
}

async function read(
  config: UpstreamConfig,
  knownNames: ReadonlyMap<string, string>,
  deps: ReadDeps,
): Promise<Opened> {
  const grpc = configOf(config);
  const channel = channelTo(grpc, { ...deps, clock: deps.clock }, deps.timeoutMs);
  try {
    const opening: OpenStream = (path, limit) => {
      const both = AbortSignal.any([deps.signal, limit]);
      return streamTo(channel, path, metadataOf(config, [], '0'), both);
    };
    const found = await readConfigured({ ...deps, config: grpc, open: opening });
    if ('text' in found) return { kind: 'fault', ...found };
    const described = describeServer(found, grpc, knownNames);
    if (typeof described === 'string') {
      return { kind: 'fault', why: 'other', text: `It cannot be used: ${described}.`, line: 0 };
    }
    return { kind: 'subject', subject: subjectOf(described) };
  } finally {
    channel?.close();
  }
}

function subjectOf(described: Described): PreviewSubject {
  const { index } = described;
  return {
    format: 'gRPC',
    index,
    plan: (key) => described.plan(key),
    repairs: () => index.repairs,
    serverOf: () => '',
  };
}

function withSource(config: UpstreamConfig, source: string): UpstreamConfig {
  const { protos: _protos, descriptors: _descriptors, ...rest } = configOf(config);
  return { ...config, grpc: { ...rest, ...sectionOf(source) } };
}

function kept(bundles: Bundles, { id, config }: ApiEntry): PreviewSubject | undefined {
  const record = bundles.record(id);
  const bundle = record === undefined ? undefined : bundles.open(record);
  if (bundle === undefined) return undefined;
  const described = reread(bundle, configOf(config));
  return typeof described === 'string' ? undefined : subjectOf(described);
}
