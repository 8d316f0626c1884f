/** The language of conditions: CEL, over facts of fixed types. */
import { createRequire } from 'node:module';
import { BlockList, isIP } from 'node:net';
import type * as Cel from '@marcbachmann/cel-js';
import { ItemFacts, NetworkFacts, PrincipalFacts } from './facts.ts';

/** Kept small, since conditions are written by hand. */
const LIMITS = {
  maxAstNodes: 400,
  maxDepth: 32,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
};

/** Loads CEL now; who has no conditions never calls this. */
export function celEnvironment(): Cel.Environment {
  const loaded: unknown = createRequire(import.meta.url)('@marcbachmann/cel-js');
  if (!isCel(loaded)) throw new Error('CEL cannot be loaded');
  return new loaded.Environment({ unlistedVariablesAreDyn: false, limits: LIMITS })
    .registerType('Principal', {
      ctor: PrincipalFacts,
      fields: {
        id: 'string',
        kind: 'string',
        user: 'string',
        agent: 'string',
        team: 'string',
        groups: 'list<string>',
        scopes: 'list<string>',
        claims: 'map<string, dyn>',
      },
    })
    .registerType('Item', {
      ctor: ItemFacts,
      fields: { upstream: 'string', kind: 'string', name: 'string', labels: 'list<string>' },
    })
    .registerType('Network', { ctor: NetworkFacts, fields: { address: 'string' } })
    .registerVariable('principal', 'Principal')
    .registerVariable('item', 'Item')
    .registerVariable('args', 'map<string, dyn>')
    .registerVariable('endpoint', 'string')
    .registerVariable('time', 'google.protobuf.Timestamp')
    .registerVariable('network', 'Network')
    .registerFunction('inNetwork(string, string): bool', networks());
}

function isCel(value: unknown): value is typeof Cel {
  return typeof value === 'object' && value !== null && 'Environment' in value;
}

/** Whether an address is of a network written as `10.0.0.0/8`; throws where either is not. */
function networks(): (address: string, range: string) => boolean {
  const known = new Map<string, BlockList>();
  return (address, range) => {
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    const family = isIP(plain);
    if (family === 0) throw new Error('no address');
    let list = known.get(range);
    if (list === undefined) {
      list = blockList(range);
      if (known.size < MAX_NETWORKS) known.set(range, list);
    }
    return list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}

const MAX_NETWORKS = 256;

function blockList(range: string): BlockList {
  const [, base = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(range) ?? [];
  const family = isIP(base);
  if (family === 0) throw new Error(`${range} is no network`);
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return list;
}
