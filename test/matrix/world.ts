/** A gateway with callers of all sorts before it and a catalog behind it. */
import type { UpstreamEvent } from '../../gateway/src/upstreams/index.ts';
import { openKeys } from '../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { startIssuer } from '../kit/oidc.ts';
import { DOORS, type Door } from './doors.ts';
import {
  ENDPOINTS,
  OPERATORS,
  PEOPLE,
  UPSTREAMS,
  type Catalog,
  type EndpointName,
} from './generate.ts';
import { written, type Kind, type Rules, type Thing } from './naive.ts';
import { identityOf, type Crossing } from './straw.ts';
import type { Transport } from './transport.ts';
import { Visitor } from './visitor.ts';

const PUBLIC = 'http://localhost';
const AUDIENCE = `${PUBLIC}/mcp`;

export interface Caller extends Visitor {
  /** As upstreams of straw see it; '' where they do not. */
  principal: string;
}

/** What stands behind the gateway. */
export interface Behind {
  readonly catalog: Catalog;
  /** Entries of `upstreams`, without what the operator says of them. */
  readonly entries: Readonly<Record<string, object>>;
  /** Everything that came as far as an upstream. */
  readonly crossings: Crossing[];
  /** Tells the gateway that something has changed. */
  readonly tell: (event: UpstreamEvent) => void;
}

export interface World extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly callers: readonly Caller[];
  readonly behind: Behind;
  use(rules: Rules): Promise<void>;
  /** What callers of an endpoint call an item; undefined where it has none there. */
  nameOf(endpoint: EndpointName, thing: Thing): string | undefined;
  /** What was given for an item beforehand, in the place of its name. */
  ticketFor(door: Door, caller: Caller, thing: Thing): string | undefined;
}

const ALL: Rules = { default: 'allow', rules: [] };

export type MakeVisitor = (
  gateway: TestGateway,
  ...said: ConstructorParameters<typeof Visitor>
) => Visitor;

/** @param reach how callers reach the gateway */
export async function openWorld(
  behind: Behind,
  reach: (gateway: TestGateway) => Transport,
  visitorOf: MakeVisitor = (_gateway, ...said) => new Visitor(...said),
): Promise<World> {
  await using issuer = await startIssuer();
  const configFor = (rules: Rules, upstreams: readonly string[]) => ({
    server: { publicUrl: PUBLIC },
    identity: {
      keys: true,
      oauth: [{ issuer: issuer.url, audience: AUDIENCE, claims: { team: 'team' } }],
    },
    upstreams: Object.fromEntries(
      upstreams.map((id) => {
        const { labels, isTrusted } = OPERATORS[id]!;
        return [id, { ...behind.entries[id], labels, trustAnnotations: isTrusted }];
      }),
    ),
    endpoints: upstreams.length < UPSTREAMS.length ? {} : ENDPOINTS,
    limits: { maxStreamsPerPrincipal: 10_000 },
    policy: written(rules),
  });
  // One after the other, so that it is known who was first with a URI.
  const gateway = await startGateway(configFor(ALL, UPSTREAMS.slice(0, 1)));
  await gateway.reload(configFor(ALL, UPSTREAMS));
  await gateway.gateway.ready();
  const transport = reach(gateway);
  const credentials = await credentialsFor(gateway, (claims) => issuer.sign(claims));
  const callers = PEOPLE.map((person, at) =>
    Object.assign(
      visitorOf(gateway, person, transport, { authorization: `Bearer ${credentials[at]}` }),
      { principal: '' },
    ),
  );
  const names = await readNames(callers[0]!);
  const nameOf = (endpoint: EndpointName, thing: Thing): string | undefined =>
    names.get(endpoint === 'bare' ? 'bare' : 'default')?.get(identityOf(thing));
  await learnPrincipals(callers, behind, nameOf);
  const tickets = await fetchTickets(callers, behind.catalog.things, nameOf);
  return {
    gateway,
    callers,
    behind,
    use: (rules) => gateway.reload(configFor(rules, UPSTREAMS)),
    nameOf,
    ticketFor: (door, caller, thing) => tickets.get(door)?.get(caller)?.get(identityOf(thing)),
    [Symbol.asyncDispose]: async () => {
      transport.close();
      for (const caller of callers) caller.close();
      await gateway.close();
    },
  };
}

/** A key each; a token for who has claims. */
async function credentialsFor(
  gateway: TestGateway,
  sign: (claims: Record<string, unknown>) => Promise<string>,
): Promise<string[]> {
  await using keys = await openKeys(gateway.stateDir);
  const credentials: string[] = [];
  for (const { user, agent, team, groups, scopes, sites } of PEOPLE) {
    if (sites.length === 0) {
      credentials.push((await keys.add({ user, agent, team, groups, scopes })).text);
      continue;
    }
    const exp = Math.floor(Date.now() / 1000) + 3600;
    const who = { sub: user, client_id: agent, groups, team, scope: scopes.join(' ') };
    const site = sites.length === 1 ? sites[0] : sites;
    credentials.push(await sign({ ...who, site, aud: AUDIENCE, exp }));
  }
  return credentials;
}

type Names = ReadonlyMap<string, ReadonlyMap<string, string>>;

const LISTS: readonly (readonly [Kind, method: string, key: string, member: string])[] = [
  ['tool', 'tools/list', 'tools', 'name'],
  ['prompt', 'prompts/list', 'prompts', 'name'],
  ['resource', 'resources/list', 'resources', 'uri'],
  ['template', 'resources/templates/list', 'resourceTemplates', 'uriTemplate'],
];

/** Definitions say whose they are, so names are learned instead of made. */
async function readNames(visitor: Visitor): Promise<Names> {
  const names = new Map<string, Map<string, string>>();
  for (const endpoint of ['default', 'bare'] as const) {
    const known = new Map<string, string>();
    const taken = new Set<string>();
    for (const [kind, method, key, member] of LISTS) {
      const text = await visitor.modern(endpoint, method);
      const { result } = JSON.parse(text) as { result: Record<string, object[]> };
      for (const item of result[key] ?? []) {
        const name = String(Reflect.get(item, member));
        const meta: unknown = Reflect.get(item, '_meta');
        known.set(String(Reflect.get(meta as object, 'test/id')), name);
        if (taken.has(`${kind} ${name}`)) throw new Error(`two are called ${name}`);
        taken.add(`${kind} ${name}`);
      }
    }
    names.set(endpoint, known);
  }
  return names;
}

async function learnPrincipals(
  callers: readonly Caller[],
  { catalog, crossings }: Behind,
  nameOf: World['nameOf'],
): Promise<void> {
  const [tool] = catalog.things;
  for (const caller of callers) {
    await caller.modern('default', 'tools/call', { name: nameOf('default', tool!), arguments: {} });
    caller.principal = crossings.at(-1)?.principal ?? '';
  }
  if (new Set(callers.map(({ principal }) => principal)).size !== callers.length) {
    if (callers.some(({ principal }) => principal !== '')) throw new Error('one for two callers');
  }
}

async function fetchTickets(
  callers: readonly Caller[],
  things: readonly Thing[],
  nameOf: World['nameOf'],
) {
  const tickets = new Map<Door, Map<Caller, Map<string, string>>>();
  for (const door of Object.values(DOORS)) {
    if (door.ticket === undefined) continue;
    const byCaller = new Map<Caller, Map<string, string>>();
    for (const visitor of callers) {
      const byThing = new Map<string, string>();
      for (const thing of things.filter(({ kind }) => kind === door.kind)) {
        const endpoint = door.endpoints[0]!;
        const name = nameOf(endpoint, thing) ?? '';
        byThing.set(identityOf(thing), await door.ticket({ visitor, endpoint, name, args: {} }));
      }
      byCaller.set(visitor, byThing);
    }
    tickets.set(door, byCaller);
  }
  return tickets;
}
