/** The subscriptions of one GraphQL API as feeds. */
import { guardedLookup, hostsOf } from '../../../egress/index.ts';
import { Refusal, stringifyExact, type JsonObject, type Principal } from '../../../kernel/index.ts';
import type { FeedEars, FeedHead, Feeds, FeedSource } from '../../feeds/contract.ts';
import { createFeedSet } from '../../feeds/feed-set.ts';
import { feedTemplate, feedUri, readFeedUri } from '../../feeds/uris.ts';
import type { ApiDeps } from '../../api/kind.ts';
import type { UpstreamConfig } from '../../schema.ts';
import { openEndpoint, type Endpoint } from '../call/endpoint.ts';
import type { GraphQlConfig } from '../config-schema.ts';
import type { GraphQlDocument } from '../index/document.ts';
import { limitsOf, subscriptionsConfig, type SubscriptionsConfig } from './config-schema.ts';
import type { Connect } from './connection.ts';
import { streamConnect } from './event-stream.ts';
import type { FoundSubscription } from './find-subscriptions.ts';
import { openLine, type LineSettings } from './line.ts';
import { readVariables } from './read-variables.ts';
import { socketConnect } from './web-socket.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface FeedsSettings {
  readonly upstream: string;
  readonly config: UpstreamConfig;
  readonly section: GraphQlConfig;
  readonly deps: ApiDeps;
  /** The schema as it is now; words where it cannot be had. */
  readonly document: () => GraphQlDocument | string;
}

/** @returns undefined where subscriptions are off, or nothing says where they would be opened */
export function openFeeds(settings: FeedsSettings): Feeds | undefined {
  const { upstream, config, section, deps } = settings;
  const chosen = subscriptionsConfig(section.subscriptions);
  const written = chosen?.url ?? section.url;
  if (chosen === undefined || written === undefined) return undefined;
  const url = new URL(written.replace(/^ws/i, 'http'));
  const secrets = Object.values(chosen.connectionInit);
  const endpoint = openEndpoint(url.href, config, deps, secrets);
  const feeds = createFeedSet({
    upstream,
    clock: deps.clock,
    limits: limitsOf(chosen),
    // What is shared by the operator's word is opened with what the gateway itself presents.
    isPerPrincipal: endpoint.caller.streams.isPerPrincipal && !config.shared,
    onUpdate: (uri, principal) => {
      deps.onEvent({ upstream, kind: 'resource_updated', uri, principal });
    },
    source: sourceOf(settings, lineSettings(url, endpoint, chosen, deps)),
  });
  return {
    heads: () => feeds.heads(),
    owns: (uri) => feeds.owns(uri),
    read: (uri, principal) => feeds.read(uri, principal),
    watch: (uri, principal) => feeds.watch(uri, principal),
    unwatch: (uri, principal) => feeds.unwatch(uri, principal),
    watched: () => feeds.watched(),
    get size() {
      return feeds.size;
    },
    close: () => {
      feeds.close();
      void endpoint.caller.close();
    },
  };
}

function lineSettings(
  url: URL,
  { caller, path }: Endpoint,
  chosen: SubscriptionsConfig,
  { clock, find, wayOut, timeoutMs }: ApiDeps,
): LineSettings {
  const { transport, maxMessageBytes, credentialsIn, connectionInit } = chosen;
  const { streams } = caller;
  const origin = new URL(url.origin);
  const byWay: Readonly<Record<'websocket' | 'sse', () => Connect>> = {
    websocket: () =>
      socketConnect({
        origin,
        path,
        streams,
        clock,
        connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
        maxMessageBytes,
        lookup: guardedLookup(origin, { allow: hostsOf(origin.href) }, find),
        wayOut,
        credentialsIn,
        connectionInit,
      }),
    sse: () => streamConnect({ url, streams, maxMessageBytes }),
  };
  const ways = transport === 'auto' ? (['websocket', 'sse'] as const) : [transport];
  const clean = (text: string): string => caller.clean(text);
  return { ways: ways.map((way) => byWay[way]()), clock, host: url.host, clean };
}

function sourceOf({ upstream, document }: FeedsSettings, line: LineSettings): FeedSource {
  return {
    heads: () => {
      const known = document();
      return typeof known === 'string'
        ? []
        : [...known.subscriptions.values()].flatMap((one) => headsOf(upstream, one));
    },
    open: (uri, principal, ears) => {
      const known = document();
      if (typeof known === 'string') return new Refusal('upstream_unavailable', { text: known });
      return openOne(uri, known, { upstream, line, principal, ears });
    },
  };
}

/** One that can do without arguments is a resource; one that takes any is a template. */
function headsOf(upstream: string, one: FoundSubscription): FeedHead[] {
  const { name, title, description, variables } = one;
  const about = { name, title, description };
  const names = variables.map((variable) => variable.name);
  const bare = { ...about, uri: feedUri(upstream, name), isTemplate: false };
  const template = { ...about, uri: feedTemplate(upstream, name, names), isTemplate: true };
  return [
    ...(variables.some(({ isRequired }) => isRequired) ? [] : [bare]),
    ...(variables.length === 0 ? [] : [template]),
  ];
}

interface Opening {
  readonly upstream: string;
  readonly line: LineSettings;
  readonly principal: Principal | undefined;
  readonly ears: FeedEars;
}

function openOne(
  uri: string,
  { schema, subscriptions }: GraphQlDocument,
  { upstream, line, principal, ears }: Opening,
): (() => void) | Refusal {
  const address = readFeedUri(upstream, uri);
  const one = address === undefined ? undefined : subscriptions.get(address.name);
  if (address === undefined || one === undefined) {
    return new Refusal('resource_unknown', { data: { uri } });
  }
  const variables = readVariables(schema, one, address);
  if (typeof variables === 'string') return new Refusal('params_invalid', { text: variables });
  return openLine(line, { payload: payloadOf(one, variables), principal }, ears);
}

function payloadOf({ name, text }: FoundSubscription, variables: JsonObject): string {
  return stringifyExact({ query: text, operationName: name, variables });
}
