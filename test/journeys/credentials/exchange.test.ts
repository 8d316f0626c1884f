/** Callers' access tokens are exchanged at a real provider: whose token arrives behind, and what arrives when there is none. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  DOORS,
  OWN_TOKEN,
  UPSTREAMS,
  isCall,
  presentedIn,
  startExchangeWorld,
  type ExchangeWorld,
  type UpstreamName,
} from '../../kit/exchange-world.ts';
import { EXCHANGER, exchangedFor, type TokenLie } from '../../kit/exchanging-issuer.ts';

const START_MS = 60_000;
/** How long a call may take where a test waits for the end of it. */
const TIMEOUT_MS = 1500;

let world: ExchangeWorld;
beforeAll(async () => {
  world = await startExchangeWorld(TIMEOUT_MS);
  // The first calls load what a calm machine loads in no time.
  const { visitor } = await world.person('first');
  await Promise.all(UPSTREAMS.map((id) => DOORS['modern']!(visitor, `${id}__say`, {})));
}, START_MS);
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => {
  world.issuer.lie = undefined;
  world.issuer.refused.clear();
});

/** What a call led to at an upstream. */
async function sentBy<T>(upstream: UpstreamName, task: () => Promise<T>) {
  const from = await world.bytes(upstream);
  const answer = await task();
  return { answer, requests: await world.requests(upstream, from) };
}

/** Nothing but what the gateway asks in its own name was sent, if anything at all. */
function expectNoCall(requests: readonly string[]): void {
  const sent = requests.filter((request) => request !== '');
  expect(sent.filter(isCall)).toEqual([]);
  expect(sent.filter((request) => presentedIn(request) !== OWN_TOKEN)).toEqual([]);
}

describe.each(Object.entries(DOORS))('%s', (_door, call) => {
  test.each(UPSTREAMS)("each call arrives at %s with its caller's token", async (upstream) => {
    const [ann, bob] = await Promise.all([world.person('ann'), world.person('bob')]);
    const people = Object.entries({ ann, bob });
    for (const [name, { visitor, token }] of [...people, ...people]) {
      const { answer, requests } = await sentBy(upstream, () =>
        call(visitor, `${upstream}__say`, {}),
      );
      expect(answer).toContain('said');
      const calls = requests.filter(isCall);
      expect(calls.map(presentedIn).map(exchangedFor)).toEqual([name]);
      // What serves one caller alone was opened with that caller's token as well.
      const mine = requests.map(presentedIn).filter((each) => each !== OWN_TOKEN && each !== '');
      expect(new Set(mine.map(exchangedFor))).toEqual(new Set([name]));
      expect(requests.join('')).not.toContain(token.split('.')[2]);
    }
  });

  test('a caller with an API key is refused, and told why', async () => {
    const robot = await world.robot();
    const asked = world.issuer.heard.length;
    for (const upstream of UPSTREAMS) {
      const { answer, requests } = await sentBy(upstream, () =>
        call(robot, `${upstream}__say`, {}),
      );
      expect(answer).toContain('upstream_credentials_unavailable');
      expect(answer).toContain('was not identified by an access token');
      expectNoCall(requests);
    }
    expect(world.issuer.heard.length).toBe(asked);
  });
});

test('calls of many at once do not mix', async () => {
  const names = Array.from({ length: 12 }, (_each, at) => `person-${at}`);
  const people = await Promise.all(names.map((name) => world.person(name)));
  const from = await world.bytes('http-modern');
  await Promise.all(
    people.flatMap(({ visitor }, at) =>
      [1, 2, 3].map((round) =>
        DOORS['modern']!(visitor, 'http-modern__say', { who: names[at], round }),
      ),
    ),
  );
  const calls = (await world.requests('http-modern', from)).filter(isCall);
  expect(calls.length).toBe(36);
  for (const request of calls) {
    const [, who] = /"who":"([^"]+)"/.exec(request) ?? [];
    expect(who).toBe(exchangedFor(presentedIn(request)));
  }
});

test('the token goes to the token endpoint only, once for each caller and upstream', async () => {
  const { visitor, token } = await world.person('carol');
  const before = world.issuer.heard.length;
  for (let count = 0; count < 3; count++) {
    for (const call of Object.values(DOORS)) await call(visitor, 'http-legacy__say', {});
  }
  const forms = world.issuer.heard.slice(before);
  expect(forms.map((form) => form.get('subject_token'))).toEqual([token]);
  expect(Object.fromEntries(forms[0]!)).toMatchObject({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: 'https://crm.example',
    client_id: EXCHANGER.id,
  });
});

const json =
  (value: object, status = 200): TokenLie =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
const good = { access_token: 'a-token-of-nobody', token_type: 'Bearer' };
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;

const FAILURES: readonly (readonly [what: string, lie: TokenLie, says: RegExp])[] = [
  ['is broken', json({}, 500), /HTTP 500/],
  ['asks for other credentials', json({ error: 'invalid_client' }, 401), /invalid_client/],
  ['hangs up', (response) => void response.destroy(), /./],
  ['breaks off', (response) => void response.write('{', () => response.destroy()), /./],
  ['leads elsewhere', (response) => void response.writeHead(307, { location: '/x' }).end(), /307/],
  [
    'gives back the same token',
    (response, form) =>
      json({ access_token: form.get('subject_token'), token_type: 'Bearer' })(response, form),
    /gave back/,
  ],
  ['gives a token of another kind', json({ ...good, token_type: 'DPoP' }), /no bearer token/],
  ['gives one that is for no upstream', json({ ...good, token_type: 'N_A' }), /no bearer token/],
  ['gives an ID token', json({ ...good, issued_token_type: type('id_token') }), /no bearer token/],
  [
    'gives a refresh token',
    json({ ...good, issued_token_type: type('refresh_token') }),
    /no bearer token/,
  ],
  ['gives an empty token', json({ ...good, access_token: '' }), /no bearer token/],
  ['gives two lines', json({ ...good, access_token: 'a\r\nb' }), /no bearer token/],
  ['gives an error with HTTP 200', json({ error: 'invalid_grant' }), /no bearer token/],
];

describe('when the exchange fails, nothing is sent, and nothing else is presented', () => {
  /** Calls every upstream by every door. @returns how many calls were refused as they have to be */
  const refuses = async (lie: TokenLie | undefined, says: RegExp, name = 'dora') => {
    const people = await Promise.all(Object.keys(DOORS).map(() => world.person(name)));
    let count = 0;
    world.issuer.lie = lie;
    for (const [at, call] of Object.values(DOORS).entries()) {
      const { visitor, token } = people[at]!;
      for (const upstream of UPSTREAMS) {
        const { answer, requests } = await sentBy(upstream, () =>
          call(visitor, `${upstream}__say`, {}),
        );
        expect(answer).toContain('upstream_credentials_unavailable');
        expect(answer).toMatch(says);
        for (const secret of [EXCHANGER.secret, OWN_TOKEN, token]) {
          expect(answer).not.toContain(secret);
        }
        expectNoCall(requests);
        count++;
      }
    }
    // It is no state: the next call goes through as soon as the exchange does.
    world.issuer.lie = undefined;
    world.issuer.refused.clear();
    const { answer } = await sentBy('openapi', () =>
      DOORS['REST']!(people[0]!.visitor, 'openapi__say', {}),
    );
    expect(answer).toContain('said');
    return count;
  };
  const ALL = UPSTREAMS.length * Object.keys(DOORS).length;

  test.each(FAILURES)('it %s', async (_what, lie, says) => {
    expect(await refuses(lie, says)).toBe(ALL);
  });

  test('it is refused by the provider itself', async () => {
    world.issuer.refused.add('erin');
    expect(await refuses(undefined, /HTTP 400 \(invalid_grant\)/, 'erin')).toBe(ALL);
  });

  test.each(Object.entries(DOORS))(
    'it is slow: the call ends in its time, and is not made afterwards (%s)',
    async (_door, call) => {
      const held: (() => Promise<void>)[] = [];
      const { visitor } = await world.person('fred');
      world.issuer.lie = (response, form) =>
        void held.push(() => world.issuer.truth(response, form));
      const began = await Promise.all(
        UPSTREAMS.map(async (id) => [id, await world.bytes(id)] as const),
      );
      const answers = await Promise.all(
        UPSTREAMS.map((upstream) => call(visitor, `${upstream}__say`, {})),
      );
      for (const answer of answers) expect(answer).toMatch(/upstream_timeout|unavailable/);
      expect(held.length).toBe(UPSTREAMS.length);
      world.issuer.lie = undefined;
      await Promise.all(held.map((answer) => answer()));
      // What comes now is the only call that arrives.
      for (const [upstream, from] of began) {
        expect(await call(visitor, `${upstream}__say`, {})).toContain('said');
        const calls = (await world.requests(upstream, from)).filter(isCall);
        expect(calls.map(presentedIn).map(exchangedFor)).toEqual(['fred']);
      }
    },
  );
});

test('nothing of any token is in what the gateway said and wrote', async () => {
  const records = JSON.stringify(await world.gateway.records());
  expect(records).toContain('upstream_credentials_unavailable');
  const said = `${records}${world.gateway.log.join('\n')}`;
  for (const form of world.issuer.heard) {
    expect(said).not.toContain(form.get('subject_token')!.split('.')[2]);
  }
  for (const secret of [EXCHANGER.secret, OWN_TOKEN, 'a-token-of-nobody']) {
    expect(said).not.toContain(secret);
  }
});
