/** Callers, rules and tools for measuring what identifying a caller and deciding a call costs. */
import { createIdentity, identitySchema, mintKey } from '../gateway/src/identity/index.ts';
import { Exchange, JsonView, scanJson, systemClock } from '../gateway/src/kernel/index.ts';
import type { Call, Head, Item, Target } from '../gateway/src/kernel/index.ts';
import { methodTable } from '../gateway/src/pipeline/index.ts';

export const CALLERS = 10_000;
export const TOOLS = 1000;
const TEAMS = 50;
const UPSTREAMS = 20;

export interface Callers {
  readonly identity: ReturnType<typeof createIdentity>;
  readonly identify: ReturnType<ReturnType<typeof createIdentity>['stage']>;
  /** One of each caller. */
  readonly exchanges: readonly Exchange[];
}

/** Each team may use some tools; a few rules are about everybody. */
export function rulesOf(count: number, when: string | undefined): object[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 10 === 9) return { deny: [`u${index % UPSTREAMS}/never_${index}*`] };
    const who = { teams: [`team-${index % TEAMS}`] };
    return {
      who,
      allow: [`u${index % UPSTREAMS}/tool_${index % 10}*`, `u${(index * 7) % UPSTREAMS}/*`],
      when,
    };
  });
}

/** Callers with an API key each, who are known already. */
export async function callersOf(): Promise<Callers> {
  const minted = Array.from({ length: CALLERS }, () => mintKey());
  const rows = new Map(minted.map(({ id, hash }, index) => [id, keyOf(id, hash, index)]));
  const identity = createIdentity({
    keys: {
      find: (id) => Promise.resolve(rows.get(id)),
      states: () => Promise.resolve([]),
      used: () => Promise.resolve(),
      version: () => Promise.resolve(0),
    },
    revoked: { add: () => Promise.resolve(), list: () => Promise.resolve([]) },
    parked: { principals: () => [], drop: () => undefined },
    clock: systemClock,
    onStoreUnreadable: (error) => {
      throw error;
    },
    onIssuerFault: (error) => {
      throw error;
    },
  });
  const config = identitySchema.parse({ keys: true });
  identity.configure(config);
  const identify = identity.stage(config, '');
  const exchanges = minted.map(({ text }) => exchangeOf(headOf(text)));
  for (const x of exchanges) {
    const step = await identify(x);
    if (step !== x) throw new Error('a caller with a good key was refused');
    identity.ended(x);
  }
  return { identity, identify, exchanges };
}

function keyOf(id: string, hash: string, index: number) {
  return {
    id,
    firstId: id,
    hash,
    name: `agent-${index}`,
    user: '',
    agent: `agent-${index}`,
    team: `team-${index % TEAMS}`,
    groups: ['eu', `group-${index % 7}`],
    scopes: [],
    expiresMs: undefined,
    revokedMs: undefined,
  };
}

function headOf(key: string): Head {
  return {
    httpMethod: 'POST',
    path: '/mcp',
    query: '',
    headers: { host: '127.0.0.1', authorization: `Bearer ${key}` },
    remoteAddress: '10.0.0.1',
  };
}

/** As it stands behind decode and resolve, but for who calls and what. */
function exchangeOf(head: Head): Exchange {
  const x = new Exchange(
    head,
    { read: () => Buffer.alloc(0) },
    { send: () => undefined, open: () => undefined, write: () => true, end: () => undefined },
    Date.now(),
    1,
  );
  x.endpoint = 'default';
  return x;
}

export function targetsOf(): readonly Target[] {
  return Array.from({ length: TOOLS }, (_, index) => {
    const name = `tool_${index}`;
    const item: Item = {
      id: { upstream: `u${index % UPSTREAMS}`, kind: 'tool', name },
      publicName: name,
      definition: Buffer.alloc(0),
      era: 'modern',
      headerBindings: [],
    };
    return { kind: 'item', item, originalName: name };
  });
}

/** One call as decode leaves it. */
export function callOf(): Call {
  const view = scanJson(Buffer.from('{"params":{"arguments":{"amount":12.5,"to":"a"}}}'), {
    maxDepth: 8,
    recordDepth: 3,
  });
  if (!(view instanceof JsonView)) throw new Error('no JSON');
  const params = view.member(0, 'params');
  return {
    kind: 'request',
    method: 'tools/call',
    row: methodTable().get('tools/call'),
    rawId: '1',
    view,
    params,
    meta: -1,
    arguments: view.member(params, 'arguments'),
    name: '',
    rawProgressToken: '',
    logLevel: '',
    capabilities: '{}',
    clientInfo: '',
    revision: '2026-07-28',
  };
}
