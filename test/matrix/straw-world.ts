/** The matrix in process: a whole gateway between callers without sockets and upstreams of straw. */
import type { UpstreamEvent } from '../../gateway/src/upstreams/index.ts';
import { compare, Difference, type Tally } from './compare.ts';
import { DOORS, type Door } from './doors.ts';
import { argument, catalogs, sampled } from './generate.ts';
import type { Rules } from './naive.ts';
import { seams } from './seams.ts';
import { Straw } from './straw.ts';
import { alongPath, type Transport } from './transport.ts';
import { openWorld, type MakeVisitor, type World } from './world.ts';

/** Callers that visit a door under one policy. */
const CALLERS_EACH = 3;
const ARGUMENTS_EACH = 7;

/** The same catalog for the same seed; nothing is mistaken yet. */
export async function openStraw(
  seed: number,
  reach: (origin: string) => Transport = () => alongPath(() => seams.path!),
  visitorOf?: MakeVisitor,
): Promise<World> {
  seams.straw = new Straw();
  seams.mistake = {};
  seams.straw.catalog = sampled(catalogs, 1, seed)[0]!;
  // Nobody ever connects there.
  const entry = { mcp: 'http://127.0.0.1:9/mcp' };
  const { straw } = seams;
  const { catalog, crossings } = straw;
  const tell = (event: UpstreamEvent): void => straw.tell(event);
  const behind = { catalog, crossings, tell, entries: { a: entry, ab: entry } };
  return await openWorld(behind, ({ origin }) => reach(origin), visitorOf);
}

/** Lets callers in turn visit a door; the rules are in force. @throws a `Difference` */
export async function visit(
  world: World,
  rules: Rules,
  name: string,
  turn: number,
  tally: Tally = { cases: 0, allowed: 0 },
  parallel = 1,
): Promise<void> {
  const door: Door | undefined = DOORS[name];
  if (door === undefined) throw new Error(`no door ${name}`);
  const args = sampled(argument, ARGUMENTS_EACH, turn);
  const endpoint = door.endpoints[turn % door.endpoints.length]!;
  const silent = watchRecords();
  for (let at = 0; at < CALLERS_EACH; at++) {
    const caller = world.callers[(turn + at) % world.callers.length]!;
    try {
      await compare({ world, rules, door, caller, endpoint, args, parallel, tally });
      if (silent.length > 0) throw new Difference(`recorded without a decision: ${silent[0]}`);
    } catch (error) {
      throw error instanceof Difference ? new Difference(`${name}: ${error.message}`) : error;
    }
  }
}

/** What is hidden and what is not there are recorded with the decision that they do not exist. */
function watchRecords(): string[] {
  const silent: string[] = [];
  seams.onEnded = ({ x, outcome }) => {
    const isUnknown = outcome.reason === 'item_unknown' || outcome.reason === 'resource_unknown';
    if (!isUnknown || (x.principal !== undefined && x.decision?.outcome === 'deny')) return;
    silent.push(`${outcome.reason} ${x.asked}`);
  };
  return silent;
}
