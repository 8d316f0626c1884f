/** Nobody answers for another: callers with keys of their own at the same endpoint. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mintKey } from '../../../gateway/src/identity/index.ts';
import { STORE_FILE, openStore } from '../../../gateway/src/store/index.ts';
import { CAPABILITIES, NAMED } from '../../kit/interactive/clients.ts';
import { callModern, retryOf } from '../../kit/interactive/modern-caller.ts';
import {
  UPSTREAMS,
  startInteractiveWorld,
  type InteractiveWorld,
} from '../../kit/interactive/world.ts';
import { LegacyCaller } from '../../kit/legacy-caller.ts';

const REVISION = '2025-11-25';
/** Tools by what they ask for; `demands` has addresses visited first, and nothing waits meanwhile. */
const KINDS = [
  'form',
  'url',
  'sample',
  'sampleWithTools',
  'roots',
  'twice',
  'parallel',
  'demands',
] as const;

let world: InteractiveWorld;
let ann: Record<string, string>;
let bob: Record<string, string>;

beforeAll(async () => {
  world = await startInteractiveWorld({
    config: { identity: { keys: true }, policy: { default: 'allow' } },
  });
  ann = await keyOf('ann');
  bob = await keyOf('bob');
}, 60_000);
afterAll(() => world.close());
afterEach(() => world.quiet());

/** The header of a new key of this user. */
async function keyOf(user: string): Promise<Record<string, string>> {
  const store = await openStore(join(world.gateway.stateDir, STORE_FILE));
  const { id, text, hash } = mintKey();
  await store.apiKeys.insert({
    id,
    hash,
    user,
    firstId: id,
    name: user,
    agent: '',
    team: '',
    groups: [],
    scopes: [],
    createdMs: 0,
    expiresMs: undefined,
    revokedMs: undefined,
    replacedBy: '',
    lastUsedDay: '',
  });
  await store.close();
  return { authorization: `Bearer ${text}` };
}

describe.each(UPSTREAMS)('%s', (upstream) => {
  test.each(KINDS)('a state is good for whom it was given to only: %s', async (tool) => {
    const { url } = world.gateway;
    const token = randomUUID();
    const name = `${upstream}__${tool}`;
    let asked = await callModern(url, name, { token }, { headers: ann });
    let rounds = 0;
    while (asked.result.resultType === 'input_required') {
      rounds++;
      const retry = retryOf(asked);
      const before = await world.effects(token);
      const { requestState } = retry;
      // With the answers, without them, and with the state alone.
      for (const stolen of [retry, { requestState, inputResponses: {} }, { requestState }]) {
        expect(
          await callModern(url, name, { token }, { retry: stolen, headers: bob }),
        ).toMatchObject({ reason: 'state_invalid', error: { code: -32602 } });
      }
      expect(await world.effects(token)).toEqual(before);
      asked = await callModern(url, name, { token }, { retry, headers: ann });
    }
    expect(rounds).toBe(tool === 'twice' ? 2 : 1);
    expect(asked.result.resultType).toBe('complete');
    expect((await world.effects(token)).at(-1)).toBe('done');
  });

  test('a question is answered by whom it was put to only', async () => {
    const { url, gateway } = world.gateway;
    const token = randomUUID();
    const [hers, his] = await Promise.all(
      [ann, bob].map((headers) => LegacyCaller.begin(url, REVISION, CAPABILITIES, headers)),
    );
    if (hers === undefined || his === undefined) throw new Error('no session');
    const params = { name: `${upstream}__form`, arguments: { token } };
    const reply = await hers.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    await expect.poll(() => reply.text).toContain('elicitation/create');
    const question = reply.events.find(({ json }) => json?.method === 'elicitation/create');
    const answer = (action: string) => ({
      jsonrpc: '2.0',
      id: question?.json?.id,
      result: { ...NAMED, action },
    });
    const before = gateway.status().interactions.ignored;
    await (await his.post(answer('decline'))).whole();
    expect(gateway.status().interactions.ignored).toBe(before + 1);
    // Her session is none of his, and is not even said to be there.
    const taken = new LegacyCaller(url, { ...hers.headers, ...bob });
    expect((await taken.post(answer('decline'))).status).toBe(404);
    await (await hers.post(answer('accept'))).whole();
    expect(await reply.whole()).toContain('ann');
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });
});

test('afterwards nothing is kept and nobody waits', async () => {
  expect(await world.forgotten()).toBe(0);
});
