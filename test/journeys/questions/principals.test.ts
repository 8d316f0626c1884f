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
  test('a state is good for whom it was given to only', async () => {
    const { url } = world.gateway;
    const token = randomUUID();
    const name = `${upstream}__form`;
    const asked = await callModern(url, name, { token }, { headers: ann });
    const retry = retryOf(asked);
    const stolen = await callModern(url, name, { token }, { retry, headers: bob });
    expect(stolen).toMatchObject({ reason: 'state_invalid', error: { code: -32602 } });
    expect(await world.effects(token)).toEqual(['began']);
    const end = await callModern(url, name, { token }, { retry, headers: ann });
    expect(end.result.resultType).toBe('complete');
    expect(await world.effects(token)).toEqual(['began', 'done']);
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
