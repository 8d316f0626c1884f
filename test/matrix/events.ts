/** What callers hear of changes, while what they may see changes under them. */
import { isDeepStrictEqual } from 'node:util';
import { Difference, type Tally } from './compare.ts';
import { OPERATORS, type EndpointName } from './generate.ts';
import { naiveDecision, naiveListed, type Rules, type Thing } from './naive.ts';
import type { Reply } from './transport.ts';
import { messagesIn } from './visitor.ts';
import type { Caller, World } from './world.ts';

const CHANGED = 'notifications/tools/list_changed';
const UPDATED = 'notifications/resources/updated';

/** One stream that is open, and what it may hear of as far as its caller asked for it. */
interface Listener {
  readonly kind: 'modern' | 'legacy';
  readonly caller: Caller;
  readonly reply: Reply;
  readonly subscribed: Set<Thing>;
}

export class Listeners {
  private readonly world: World;
  private readonly endpoint: EndpointName;
  private readonly sessions: Listener[] = [];

  private constructor(world: World, endpoint: EndpointName) {
    this.world = world;
    this.endpoint = endpoint;
  }

  /** Sessions last and never unsubscribe; other streams live under one policy and the next. */
  static async open(world: World, endpoint: EndpointName): Promise<Listeners> {
    const listeners = new Listeners(world, endpoint);
    for (const caller of world.callers) {
      const reply = await caller.legacyStream(endpoint);
      listeners.sessions.push({ kind: 'legacy', caller, reply, subscribed: new Set() });
    }
    return listeners;
  }

  /** Subscribes under one policy and listens under another. @throws a `Difference` */
  async compare(before: Rules, after: Rules, tally: Tally): Promise<void> {
    const { world } = this;
    await world.use(before);
    for (const session of this.sessions) await this.subscribe(session, before);
    const streams = await Promise.all(world.callers.map((caller) => this.listen(caller, before)));
    await world.use(after);
    const all = [...streams, ...this.sessions];
    for (const { name, upstream } of this.resources()) {
      world.behind.tell({ kind: 'resource_updated', upstream, uri: name });
    }
    // It is said to everybody and comes last.
    await world.use(after);
    for (const listener of all) await this.check(listener, after, tally);
    for (const { reply } of streams) reply.leave();
  }

  private resources(): readonly Thing[] {
    return this.world.behind.catalog.things.filter(
      ({ kind, upstream }) => kind === 'resource' && (this.endpoint !== 'bare' || upstream === 'a'),
    );
  }

  private async listen(caller: Caller, rules: Rules): Promise<Listener> {
    const resources = this.resources();
    const names = resources.map((thing) => this.world.nameOf(this.endpoint, thing) ?? '');
    const notifications = { toolsListChanged: true, resourceSubscriptions: names };
    const reply = caller.modernStream(this.endpoint, 'subscriptions/listen', { notifications });
    await reply.until(({ text }) => messagesIn(text).length > 0);
    const honoured = [
      ...(messagesIn(reply.text)[0] ?? '').matchAll(/"resourceSubscriptions":(\[.*?\])/g),
    ];
    const wanted = names.filter((_name, at) =>
      naiveListed(rules, this.situation(caller, resources[at]!)),
    );
    const said = JSON.parse(honoured[0]?.[1] ?? '[]') as string[];
    if (!isDeepStrictEqual(said.toSorted(), wanted.toSorted())) {
      throw difference(
        `listen honours ${said.join()} in the place of ${wanted.join()}`,
        rules,
        caller,
      );
    }
    return {
      kind: 'modern',
      caller,
      reply,
      subscribed: new Set(resources.filter((_each, at) => wanted.includes(names[at]!))),
    };
  }

  private async subscribe({ caller, subscribed }: Listener, rules: Rules): Promise<void> {
    for (const thing of this.resources()) {
      const uri = this.world.nameOf(this.endpoint, thing);
      const text = await caller.legacy(this.endpoint, 'resources/subscribe', { uri });
      const situation = this.situation(caller, thing);
      const isTaken =
        naiveListed(rules, situation) &&
        naiveDecision(rules, { ...situation, n: 'none' }) === 'allow';
      if (isTaken) subscribed.add(thing);
      if (isTaken === text.includes('"error"')) {
        throw difference(`subscribing to ${uri}: ${text}`, rules, caller);
      }
    }
  }

  private async check(listener: Listener, rules: Rules, tally: Tally): Promise<void> {
    const { reply, caller, subscribed, kind } = listener;
    const changes = kind === 'legacy' ? 3 : 2;
    await reply.until(({ text }) => text.split(CHANGED).length - 1 >= changes);
    const heard = messagesIn(reply.text).flatMap((text) => {
      const { method, params } = JSON.parse(text) as { method: string; params?: { uri: string } };
      return method === UPDATED ? [params?.uri ?? ''] : [];
    });
    reply.text = '';
    const wanted = [...subscribed].filter((thing) =>
      naiveListed(rules, this.situation(caller, thing)),
    );
    const names = wanted.map((thing) => this.world.nameOf(this.endpoint, thing) ?? '');
    tally.cases += this.resources().length;
    tally.allowed += wanted.length;
    if (isDeepStrictEqual(heard.toSorted(), names.toSorted())) return;
    throw difference(
      `${kind} heard ${heard.join()} in the place of ${names.join()}`,
      rules,
      caller,
    );
  }

  private situation({ person }: Caller, thing: Thing) {
    return { person, endpoint: this.endpoint, thing, operator: OPERATORS[thing.upstream]! };
  }
}

function difference(text: string, rules: Rules, { person }: Caller): Difference {
  return new Difference(
    `events: ${text}\n${JSON.stringify(person)} under ${JSON.stringify(rules)}`,
  );
}
