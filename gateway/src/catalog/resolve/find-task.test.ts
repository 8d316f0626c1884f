import { beforeEach, describe, expect, test } from 'vitest';
import { CatalogWorld, listingOf, original, sent } from '../../../../test/kit/catalog-world.ts';
import { Refusal } from '../../kernel/index.ts';

const TASKS = '{"extensions":{"io.modelcontextprotocol/tasks":{}}}';
const OFFERED = { tools: true, extensions: '{"io.modelcontextprotocol/tasks":{}}' };
const METHODS = ['tasks/get', 'tasks/update', 'tasks/cancel'];

let world: CatalogWorld;

beforeEach(async () => {
  world = await CatalogWorld.open({
    default: {},
    files: { include: ['files/*'] },
    plain: { include: ['plain/*'] },
  });
  await world.start({
    crm: listingOf({ tools: ['slow', 'a/b'], capabilities: OFFERED }),
    files: listingOf({ tools: ['slow'], capabilities: OFFERED }),
    plain: listingOf({ tools: ['slow'] }),
    down: new Refusal('upstream_unavailable'),
  });
});

async function resolve(method: string, name: string, endpoint = 'default', capabilities = TASKS) {
  const x = world.exchange(method, { name, endpoint });
  return await world.stage.resolve(Object.assign(x, { call: { ...x.call, capabilities } }));
}

const reasonOf = async (...asked: Parameters<typeof resolve>): Promise<string> => {
  const step = await resolve(...asked);
  return step instanceof Refusal ? step.reason : 'found';
};

describe.each(METHODS)('%s', (method) => {
  test.each([
    ['task:crm/slow/t-1', 'tool:crm/slow', 't-1'],
    ['task:files/slow/t-1', 'tool:files/slow', 't-1'],
    ['task:crm/a/b/"\u00e9"', 'tool:crm/a/b', '"\u00e9"'],
  ])('of %s is decided as %s and leaves with its own id', async (id, tool, taskId) => {
    const x = await resolve(method, id);
    if (x instanceof Refusal) throw new Error(x.text);
    expect(original(x)).toBe(tool);
    expect(sent(x)).toEqual({ taskId });
    expect(x.target).toMatchObject({ originalName: taskId });
    expect(x.asked).toBe(method);
  });

  test.each([
    ['an id that was not given out', 'nonsense', 'default'],
    ['the id of a tool that is gone', 'task:crm/gone/t-1', 'default'],
    ['the id of a tool that is not at this endpoint', 'task:crm/slow/t-1', 'files'],
    ['the id of an upstream that is gone', 'task:gone/slow/t-1', 'default'],
  ])('%s is unknown', async (_what, id, endpoint) => {
    expect(await reasonOf(method, id, endpoint)).toBe('task_unknown');
  });

  test('what a rule hides is unknown in the same words', async () => {
    world.hidden.add('tool:crm/slow');
    expect(await resolve(method, 'task:crm/slow/t-1')).toEqual(await resolve(method, 'nonsense'));
  });

  test('an upstream without a list cannot be asked', async () => {
    expect(await reasonOf(method, 'task:down/slow/t-1')).toBe('upstream_unavailable');
  });

  test('where no tasks are offered there is no such method', async () => {
    expect(await reasonOf(method, 'task:plain/slow/t-1', 'plain')).toBe('method_unknown');
  });

  test('callers that did not declare the extension hear of it first', async () => {
    for (const capabilities of ['{}', '{"extensions":{"io.modelcontextprotocol/ui":{}}}']) {
      expect(await reasonOf(method, 'task:crm/slow/t-1', 'default', capabilities)).toBe(
        'capability_missing',
      );
    }
  });
});
