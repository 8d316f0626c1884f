/** Questions of legacy servers that come beside their call, or instead of it. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLIENTS, NAMED, connect } from '../../kit/interactive/clients.ts';
import { startInteractiveWorld, type InteractiveWorld } from '../../kit/interactive/world.ts';

const LEGACY = ['legacy-http', 'legacy-stdio'] as const;

describe.each(LEGACY)('%s', (upstream) => {
  let world: InteractiveWorld;
  beforeAll(async () => {
    world = await startInteractiveWorld({ only: [upstream] });
  });
  afterAll(() => world.close());
  afterEach(() => world.quiet());

  test.each(CLIENTS)('asks %s beside the only call', async (kind) => {
    const token = randomUUID();
    await using client = await connect(kind, world.gateway.url);
    const said = await client.call(`${upstream}__aside`, { token });
    expect(said.content?.[0]?.text).toBe(JSON.stringify([NAMED]));
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('does not ask anybody when it could be either of two, and later can', async () => {
    await using client = await connect('SDK 2.4 modern', world.gateway.url);
    const both = async (): Promise<[texts: unknown[], effects: string[][]]> => {
      const tokens = [randomUUID(), randomUUID()];
      const said = await Promise.all(
        tokens.map((token) => client.call(`${upstream}__aside`, { token })),
      );
      const effects = await Promise.all(tokens.map((token) => world.effects(token)));
      return [said.map(({ content }) => content?.[0]?.text), effects];
    };
    const cancelled = '[{"action":"cancel"}]';
    expect(await both()).toEqual([
      [cancelled, cancelled],
      [
        ['began', 'refused'],
        ['began', 'refused'],
      ],
    ]);
    expect(client.asked).toEqual([]);
    expect(world.gateway.gateway.status().upstreams[0]?.unattributed).toBe(2);
    // Such calls run on links of their own from now on.
    const named = JSON.stringify([NAMED]);
    expect(await both()).toEqual([
      [named, named],
      [
        ['began', 'done'],
        ['began', 'done'],
      ],
    ]);
  });

  test('demands of a modern client that it visits an address', async () => {
    const token = randomUUID();
    await using client = await connect('SDK 2.4 modern', world.gateway.url);
    const said = await client.call(`${upstream}__demands`, { token });
    expect(said.content?.[0]?.text).toBe('["visited"]');
    expect(client.asked).toMatchObject([{ params: { mode: 'url' } }]);
    expect(await world.effects(token)).toEqual(['began', 'began', 'done']);
  });

  test.each(['SDK 2.4 legacy', 'SDK 1.32'] as const)('demands it of %s itself', async (kind) => {
    const token = randomUUID();
    await using client = await connect(kind, world.gateway.url);
    const call = client.call(`${upstream}__demands`, { token });
    await expect(call).rejects.toMatchObject({
      code: -32042,
      data: { elicitations: [{ mode: 'url', url: 'https://example.com/sign-in' }] },
    });
    expect(await world.effects(token)).toEqual(['began']);
    const again = await client.call(`${upstream}__demands`, { token });
    expect(again.content?.[0]?.text).toBe('["visited"]');
  });

  test('afterwards nothing is kept and nobody waits', async () => {
    expect(await world.forgotten()).toBe(0);
  });
});
