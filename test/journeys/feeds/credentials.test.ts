/** Whose credentials a subscription is opened with, and who hears what comes of it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bearer, openKeys } from '../../kit/api-keys.ts';
import {
  AUDIENCE_BEHIND,
  EXCHANGER,
  exchangedFor,
  startExchangingIssuer,
  type ExchangingIssuer,
} from '../../kit/exchanging-issuer.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { startEvents, type EventsServer, type EventsWishes } from '../../kit/graphql-events.ts';
import { ERAS, feedReader, type FeedContent } from './world.ts';

const FEED = 'drawbridge-feed://shop/caller';
const AUDIENCE = 'https://tools.example.com/mcp';
const OWN = 'own-token-of-the-gateway-0123456789';
const SCHEMA = 'type Query { hello: String! } type Subscription { caller: String! }';

describe.each(['websocket', 'sse'] as const)('over %s, exchanged for each caller', (transport) => {
  let issuer: ExchangingIssuer;
  let events: EventsServer;
  let gateway: TestGateway;

  beforeAll(async () => {
    issuer = await startExchangingIssuer();
    events = await startEvents();
    const auth = {
      tokenExchange: {
        tokenUrl: issuer.tokenUrl,
        clientId: EXCHANGER.id,
        clientSecret: EXCHANGER.secret,
        sendIn: 'body',
        audience: AUDIENCE_BEHIND,
        discovery: { bearer: OWN },
      },
    };
    const graphql = { url: events.url, subscriptions: { transport } };
    gateway = await startGateway({
      server: { publicUrl: 'https://tools.example.com' },
      identity: { keys: true, oauth: [{ issuer: issuer.url, audience: AUDIENCE }] },
      policy: { default: 'allow' },
      upstreams: { shop: { graphql, auth }, all: { graphql, auth, shared: true } },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await events[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
  });

  const who = ({ events: [first] }: FeedContent): string =>
    /you are (\S+?)"/.exec(JSON.stringify(first))?.[1] ?? '';

  test.each(ERAS)('what one hears never reaches another (%s)', async (era) => {
    const tokens = await Promise.all(['ann', 'bob'].map((each) => issuer.tokenOf(each, AUDIENCE)));
    const [annToken = '', bobToken = ''] = tokens;
    await using ann = await feedReader(era, gateway, bearer(annToken));
    await using bob = await feedReader(era, gateway, bearer(bobToken));
    const before = events.opened.length;
    await ann.subscribe(FEED);
    await bob.subscribe(FEED);
    for (const reader of [ann, bob]) {
      // What it was opened with is taken out of what comes back.
      const first = await reader.until(FEED, (content) => content.events.length === 1);
      expect(who(first)).toBe('[secret]');
    }
    await expect.poll(() => events.opened.length).toBe(before + 2);
    const presented = events.opened
      .slice(before)
      .map((line) => line.split(' ').at(transport === 'sse' ? 1 : 2) ?? '');
    expect(presented.map(exchangedFor).toSorted()).toEqual(['ann', 'bob']);
    const forAnn = presented.find((token) => exchangedFor(token) === 'ann') ?? '';
    const heard = bob.updated.length;
    events.tell(forAnn, 'for ann alone');
    const content = await ann.until(FEED, ({ events: all }) => all.length === 2);
    expect(JSON.stringify(content)).toContain('for ann alone');
    expect(JSON.stringify(await bob.read(FEED))).not.toContain('for ann alone');
    expect(bob.updated).toHaveLength(heard);
    // The same person with another token is somebody else.
    await using again = await feedReader(
      era,
      gateway,
      bearer(await issuer.tokenOf('ann', AUDIENCE)),
    );
    expect(JSON.stringify(await again.read(FEED))).not.toContain('for ann alone');
  });

  test('who has nothing to exchange opens nothing, and is told why', async () => {
    await using keys = await openKeys(gateway.stateDir);
    const { text } = await keys.add({ user: 'ann' });
    await using robot = await feedReader('modern', gateway, bearer(text));
    const before = events.opened.length;
    const content = await robot.until(FEED, ({ state }) => state !== 'opening');
    expect(JSON.stringify(content.notes)).toContain('was not identified by an access token');
    expect(content.events).toEqual([]);
    expect(events.opened).toHaveLength(before);
  });

  test('what is shared by the word of the operator is opened with the token of the gateway', async () => {
    const shared = 'drawbridge-feed://all/caller';
    const tokens = await Promise.all(['ann', 'bob'].map((each) => issuer.tokenOf(each, AUDIENCE)));
    for (const token of tokens) {
      await using reader = await feedReader('modern', gateway, bearer(token));
      await reader.until(shared, (content) => content.events.length === 1);
    }
    expect(events.opened.filter((line) => line.includes(OWN))).toHaveLength(1);
  });
});

/** Opens the feed at an API that knows the token of the gateway, unless it is wished otherwise. */
async function opened(wishes: EventsWishes, subscriptions: object, auth: object = { bearer: OWN }) {
  const events = await startEvents({ tokens: [OWN], ...wishes });
  const folder = mkdtempSync(join(tmpdir(), 'feeds-'));
  const schema = join(folder, 'shop.graphql');
  writeFileSync(schema, SCHEMA);
  const gateway = await startGateway({
    upstreams: {
      shop: { graphql: { url: events.url, schema, subscriptions }, auth },
    },
  });
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    await gateway.close();
    await events[Symbol.asyncDispose]();
  });
  const reader = await feedReader('modern', gateway);
  onTestFinished(() => reader[Symbol.asyncDispose]());
  const content = await reader.until(FEED, ({ state }) => state !== 'opening');
  return { content, reader, seen: events.opened };
}

describe('credentials of the gateway', () => {
  const init = `{"authorization":"Bearer ${OWN}","headers":{"authorization":"Bearer ${OWN}"}}`;

  test.each<[string, EventsWishes, object, string]>([
    ['in both places', {}, {}, `websocket Bearer ${OWN} ${init}`],
    ['in headers', {}, { credentialsIn: 'headers' }, `websocket Bearer ${OWN} {}`],
    [
      'in the first message',
      { readsInitOnly: true },
      { credentialsIn: 'connection_init' },
      `websocket  ${init}`,
    ],
    [
      'and what else it holds',
      { readsInitOnly: true },
      { credentialsIn: 'headers', connectionInit: { authorization: OWN } },
      `websocket Bearer ${OWN} {"authorization":"${OWN}"}`,
    ],
    ['in an event stream', {}, { transport: 'sse' }, `sse ${OWN}`],
  ])('%s', async (_name, wishes, subscriptions, line) => {
    const { reader, seen } = await opened(wishes, subscriptions);
    const content = await reader.until(FEED, (each) => each.events.length === 1);
    expect(seen).toEqual([line]);
    expect(JSON.stringify(content)).toContain('you are [secret]');
  });

  test.each<[string, EventsWishes, object]>([
    ['in the handshake', { tokens: ['other'] }, {}],
    ['in the first message', { tokens: ['other'], readsInitOnly: true }, {}],
    ['by an event stream', { tokens: ['other'] }, { transport: 'sse' }],
  ])('that are refused %s are not tried for ever', async (_name, wishes, subscriptions) => {
    const { content } = await opened(wishes, subscriptions);
    expect(content).toMatchObject({ state: 'ended', events: [] });
    expect(JSON.stringify(content.notes)).toMatch(/refuses the credentials|Forbidden/);
    expect(JSON.stringify(content)).not.toContain(OWN);
  });
});

describe('a token that is refused', () => {
  /** Gives out `token-of-the-gateway-1`, then `-2`, and so on. */
  async function tokenEndpoint() {
    let count = 0;
    const server = createServer((request, response) => {
      request.resume();
      const token = { access_token: `token-of-the-gateway-${++count}`, token_type: 'Bearer' };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(token));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  }

  test.each<[string, EventsWishes, object]>([
    ['in the handshake', {}, {}],
    ['in the first message', { readsInitOnly: true }, {}],
    ['by an event stream', {}, { transport: 'sse' }],
  ])('%s makes way for another', async (_name, wishes, subscriptions) => {
    const tokens = ['token-of-the-gateway-2'];
    const { content } = await opened({ ...wishes, tokens }, subscriptions, {
      clientCredentials: {
        tokenUrl: await tokenEndpoint(),
        clientId: 'gateway',
        clientSecret: 'a secret of the gateway',
      },
    });
    expect(content).toMatchObject({ state: 'open' });
  });
});
