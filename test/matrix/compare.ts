/** One door under one policy, compared with what the rules say when they are read aloud. */
import { isDeepStrictEqual } from 'node:util';
import type { Ask, Door } from './doors.ts';
import { OPERATORS, type EndpointName } from './generate.ts';
import {
  naiveDecision,
  naiveListed,
  type Answer,
  type Rules,
  type Situation,
  type Thing,
} from './naive.ts';
import type { Caller, World } from './world.ts';

export type Came = 'done' | 'denied' | 'approval' | 'unknown';
const CAME: Readonly<Record<Answer, Came>> = {
  allow: 'done',
  deny: 'denied',
  approve: 'approval',
};

export interface Tally {
  cases: number;
  allowed: number;
}

/** One case: what was asked, and what has to come of it. */
interface Case {
  readonly thing: Thing;
  readonly name: string;
  readonly n: number | 'none';
  readonly expected: Came;
}

export interface Visit {
  readonly world: World;
  readonly rules: Rules;
  readonly door: Door;
  readonly caller: Caller;
  readonly endpoint: EndpointName;
  /** One for each item. */
  readonly args: readonly (number | 'none')[];
  /** Requests at the same time. */
  readonly parallel: number;
  readonly tally: Tally;
}

/** A difference from the naive reading. */
export class Difference extends Error {}

/** @throws a `Difference` where list, call or bytes are not as they have to be */
export async function compare(visit: Visit): Promise<void> {
  const { world, door, endpoint, caller } = visit;
  const things = world.behind.catalog.things.filter(
    (thing) => thing.kind === door.kind && (endpoint !== 'bare' || thing.upstream === 'a'),
  );
  if (door.list !== undefined) await compareList(visit, things);
  if (door.call === undefined) return;
  const cases = things.map((thing, at): Case => {
    const name = world.ticketFor(door, caller, thing) ?? world.nameOf(endpoint, thing);
    if (name === undefined) throw new Difference(`no name for ${JSON.stringify(thing)}`);
    const n = visit.args[at % visit.args.length] ?? 'none';
    return { thing, name, n, expected: expectedFor(visit, thing, n) };
  });
  const before = world.behind.crossings.length;
  const texts = await askAll(visit, cases);
  for (const [at, one] of cases.entries()) checkCase(visit, one, texts[at] ?? '');
  checkCrossings(visit, cases, before);
  checkHidden(
    visit,
    cases.map((one, at) => ({ ...one, text: texts[at] ?? '' })),
    await absent(visit),
  );
  visit.tally.cases += cases.length;
  visit.tally.allowed += cases.filter(({ expected }) => expected === 'done').length;
}

function situation({ caller, endpoint }: Visit, thing: Thing): Omit<Situation, 'n'> {
  return { person: caller.person, endpoint, thing, operator: OPERATORS[thing.upstream]! };
}

export function expectedFor(visit: Visit, thing: Thing, n: number | 'none'): Came {
  const { rules, door } = visit;
  if (!naiveListed(rules, situation(visit, thing))) return 'unknown';
  if (door.judgedBy === 'sight') return 'done';
  if (door.judgedBy !== 'template') {
    return CAME[naiveDecision(rules, { ...situation(visit, thing), n })];
  }
  const read: Thing = { ...thing, kind: 'resource', name: expansion(thing.name) };
  if (!naiveListed(rules, situation(visit, read))) return 'unknown';
  return CAME[naiveDecision(rules, { ...situation(visit, read), n })];
}

const expansion = (template: string): string => template.replace('{id}', '7');

async function compareList(visit: Visit, things: readonly Thing[]): Promise<void> {
  const { world, rules, door, caller, endpoint, tally } = visit;
  const shown = (await door.list?.(caller, endpoint)) ?? [];
  const listed = things
    .filter((thing) => naiveListed(rules, situation(visit, thing)))
    .map((thing) => world.nameOf(endpoint, thing) ?? '');
  tally.cases++;
  if (listed.length > 0) tally.allowed++;
  if (isDeepStrictEqual(shown.toSorted(), listed.toSorted())) return;
  throw difference(
    visit,
    `lists ${JSON.stringify(shown)} in the place of ${JSON.stringify(listed)}`,
  );
}

async function askAll(visit: Visit, cases: readonly Case[]): Promise<string[]> {
  const texts: string[] = [];
  const { call = () => Promise.resolve('') } = visit.door;
  for (let at = 0; at < cases.length; at += visit.parallel) {
    const some = cases.slice(at, at + visit.parallel);
    texts.push(...(await Promise.all(some.map((one) => call(askOf(visit, one))))));
  }
  return texts;
}

function askOf({ caller, endpoint }: Visit, { name, n }: Pick<Case, 'name' | 'n'>): Ask {
  return { visitor: caller, endpoint, name, args: n === 'none' ? {} : { n } };
}

function checkCase(visit: Visit, one: Case, text: string): void {
  const came = cameOf(visit.door, text);
  if (came === one.expected) return;
  const what = `${JSON.stringify(one.thing)} as ${one.name} with ${one.n}`;
  throw difference(
    visit,
    `${what}: ${came} in the place of ${one.expected}: ${text.slice(0, 600)}`,
  );
}

export function cameOf({ unknown = /item_unknown|resource_unknown/ }: Door, text: string): string {
  if (unknown.test(text)) return 'unknown';
  if (text.includes('policy_denied')) return 'denied';
  if (text.includes('approval_required')) return 'approval';
  return /"error":|"isError":true|"reason":/.test(text) || text === '' ? 'something else' : 'done';
}

/** What reached upstreams is what was allowed, item by item, and nothing else. */
function checkCrossings(visit: Visit, cases: readonly Case[], before: number): void {
  const { world, door, caller } = visit;
  const { crossings } = world.behind;
  const arrived = crossings.slice(before);
  crossings.length = before;
  if (door.isCarried === false) return;
  const wanted = cases
    .filter(({ expected }) => expected === 'done')
    .map(({ thing, n }) => [thing.upstream, sentName(door, thing), n === 'none' ? undefined : n]);
  const came = arrived.map(({ upstream, name, n }) => [upstream, name, n]);
  const sorted = (all: readonly unknown[]) => all.map((each) => JSON.stringify(each)).toSorted();
  if (!isDeepStrictEqual(sorted(came), sorted(wanted))) {
    throw difference(
      visit,
      `${JSON.stringify(came)} came in the place of ${JSON.stringify(wanted)}`,
    );
  }
  const others = arrived.filter(({ principal }) => principal !== caller.principal);
  if (others.length > 0) throw difference(visit, `came for others: ${JSON.stringify(others)}`);
}

function sentName(door: Door, { upstream, name }: Thing): string {
  if (door.ticket !== undefined) return `done:${upstream} ${name}`;
  return door.judgedBy === 'template' ? expansion(name) : name;
}

interface Answered extends Pick<Case, 'name' | 'expected'> {
  readonly text: string;
}

/** Names that are nobody's. */
const ABSENT: Readonly<Record<Thing['kind'], string>> = {
  tool: 'ab__absent',
  prompt: 'ab__absent',
  resource: 's://absent',
  template: 's://none/{id}',
};

/** Alone at its endpoint, an upstream has every URI: then it is decided as the resource it is. */
async function absent(visit: Visit): Promise<Answered | undefined> {
  const { door, endpoint } = visit;
  const name = door.ticket === undefined ? ABSENT[door.kind] : 'AAAAAAAA';
  if (endpoint === 'bare' && (door.kind === 'resource' || door.judgedBy === 'template')) {
    return undefined;
  }
  const text = (await door.call?.(askOf(visit, { name, n: 'none' }))) ?? '';
  return { name, expected: 'unknown', text };
}

/** What is hidden answers as what is not there, byte for byte, but for the decision's id. */
function checkHidden(visit: Visit, answers: readonly Answered[], nothing?: Answered): void {
  const hidden = answers.filter(({ expected }) => expected === 'unknown');
  const [first] = nothing === undefined ? hidden : [nothing];
  if (first === undefined) return;
  const wanted = plain(first);
  const odd = hidden.find((one) => plain(one) !== wanted);
  if (odd !== undefined) throw difference(visit, `hidden: ${odd.text}\nnot there: ${first.text}`);
}

function plain({ name, text }: Answered): string {
  const quoted = [name, expansion(name)].map((each) => JSON.stringify(each));
  let said = text;
  for (const each of quoted) {
    said = said.replaceAll(each, 'NAME').replaceAll(JSON.stringify(each).slice(1, -1), 'NAME');
  }
  return said
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'EXCHANGE')
    .replaceAll(/[\w-]{12}-\d+/g, 'DECISION');
}

function difference({ rules, caller, endpoint }: Visit, text: string): Difference {
  const where = `${JSON.stringify(caller.person)} at ${endpoint} under ${JSON.stringify(rules)}`;
  return new Difference(`${text}\n${where}`);
}
