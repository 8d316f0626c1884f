import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld, type UpstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { Refusal } from '../../kernel/index.ts';
import { closeAll, json, serve } from '../api/http/test-transport.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-openapi-'));
});

afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const PETS = {
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: '/v1' }],
  components: {
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      query: { type: 'apiKey', in: 'query', name: 'api_key' },
    },
  },
  security: [{ key: [] }],
  paths: {
    '/pets/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: { operationId: 'getPet', responses: { 200: { description: 'A pet.' } } },
      delete: { operationId: 'removePet', responses: { 204: { description: 'Gone.' } } },
    },
    '/pets': {
      post: {
        operationId: 'addPet',
        security: [],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['name'],
                additionalProperties: false,
                properties: { name: { type: 'string' }, weight: { type: 'number' } },
              },
            },
          },
        },
        responses: { 201: { description: 'Added.' } },
      },
    },
  },
};

function write(document: unknown = PETS): string {
  const path = join(folder, 'pets.json');
  writeFileSync(path, JSON.stringify(document));
  return path;
}

/** The upstreams room with one API behind it. */
function open(openapi: object | string, more: object = {}): UpstreamWorld {
  const stateDir = join(folder, 'state');
  return upstreamWorld({ up: { openapi, ...more } }, { stateDir });
}

async function listed(world: UpstreamWorld) {
  const listing = await world.room.fetchItems('up', new AbortController().signal);
  if (listing instanceof Refusal) throw new Error(listing.text);
  return listing;
}

async function outcome(world: UpstreamWorld, name: string, args: object) {
  const { recorder } = world.call(modernCall(name, `,"arguments":${JSON.stringify(args)}`));
  const message = await recorder.finished;
  return message instanceof Refusal ? message.text : JSON.stringify(message);
}

describe('an API behind the gateway', () => {
  test('lists its operations and carries calls to where it is', async () => {
    const seen: IncomingMessage[] = [];
    const { origin } = await serve((request, response) => {
      seen.push(request);
      json({ id: 'a/b', weight: 1 })(request, response);
    });
    await using world = open(
      { document: write(), url: `${origin}/api` },
      { auth: { schemes: { key: 'k3y-of-the-gateway' } }, headers: { 'X-Team': 'a' } },
    );
    const { tools, mode } = await listed(world);
    expect(tools.map(({ name }) => name)).toEqual([
      'get_pet',
      'remove_pet',
      'add_pet',
      'read_result',
    ]);
    expect(mode).toBe('full');
    expect(await outcome(world, 'get_pet', { id: 'a/b' })).toContain('weight');
    expect(seen[0]?.url).toBe('/api/pets/a%2Fb');
    expect(seen[0]?.headers).toMatchObject({ 'x-key': 'k3y-of-the-gateway', 'x-team': 'a' });
    await outcome(world, 'add_pet', { name: 'Rex', weight: 1.5 });
    expect(seen[1]).toMatchObject({ method: 'POST', url: '/api/pets' });
    expect(seen[1]?.headers['x-key']).toBeUndefined();
    expect(world.room.status()[0]).toMatchObject({ kind: 'openapi', state: 'up' });
  });

  test('is found by the address of its document', async () => {
    const { origin } = await serve((request, response) => {
      const isDocument = request.url === '/docs/openapi.json';
      json(isDocument ? PETS : { url: request.url })(request, response);
    });
    await using world = open(`${origin}/docs/openapi.json`);
    expect(await outcome(world, 'get_pet', { id: '7' })).toContain('/v1/pets/7');
  });

  test('whose address is not known says what to set', async () => {
    await using world = open(write());
    expect((await listed(world)).tools).toHaveLength(4);
    expect(world.log.join('\n')).toContain('set openapi.url');
    expect(await outcome(world, 'get_pet', { id: '7' })).toContain('set openapi.url');
  });

  test('whose document cannot be read says why', async () => {
    await using world = open('./none.yaml');
    const refused = await world.room.fetchItems('up', new AbortController().signal);
    expect(refused).toMatchObject({ reason: 'upstream_invalid' });
    expect(refused instanceof Refusal && refused.text).toContain('there is no such file');
  });

  test('never tells its credentials', async () => {
    const { origin } = await serve((request, response) => {
      const key = String(request.headers['x-key']);
      json({ error: { message: `bad key ${key}`, url: request.url } }, 401)(request, response);
    });
    await using world = open(
      { document: write(), url: origin },
      { auth: { schemes: { key: 'k3y-of-the-gateway' } } },
    );
    const told = await outcome(world, 'get_pet', { id: '7' });
    expect(told).toContain('[secret]');
    expect(told + world.log.join()).not.toContain('k3y-of-the-gateway');
    const kept = readdirSync(join(folder, 'state'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.join()).not.toContain('k3y-of-the-gateway');
  });

  test('starts again with the same tools without its document', async () => {
    const { origin } = await serve(json({ ok: true }));
    const path = write();
    const before = await (async () => {
      await using world = open({ document: path, url: origin });
      const { tools } = await listed(world);
      return tools.map(({ definition }) => definition.toString());
    })();
    const record = readFileSync(join(folder, 'state', 'apis', 'up.json'), 'utf8');
    await using world = open({ document: path, url: origin });
    const { tools } = await listed(world);
    expect(tools.map(({ definition }) => definition.toString())).toEqual(before);
    expect(await outcome(world, 'get_pet', { id: '7' })).toContain('ok');
    expect(readFileSync(join(folder, 'state', 'apis', 'up.json'), 'utf8')).toBe(record);
  });

  test('shows what is chosen of it', async () => {
    const document = write();
    const names = async (more: object) => {
      await using world = open({ document, ...more });
      return (await listed(world)).tools.map(({ name }) => name);
    };
    expect(await names({ include: { methods: ['get'] } })).toEqual(['get_pet', 'read_result']);
    expect(await names({ exclude: { paths: ['/pets/*'] } })).toEqual(['add_pet', 'read_result']);
  });
});

describe('the mode', () => {
  const many = (count: number) => ({
    ...PETS,
    paths: Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `/things/${at}`,
        {
          get: {
            summary: `Reads the thing number ${at}`,
            description: 'It is described at some length, as such things are. '.repeat(10),
            responses: {},
          },
        },
      ]),
    ),
  });

  test.each([
    ['full', 5, {}],
    ['compact', 100, {}],
    ['search', 600, {}],
    ['search', 5, { maxListTokens: 0 }],
    ['full', 600, { mode: 'full' }],
    ['compact', 5, { mode: 'compact' }],
  ])('is %s for %i operations with %j', async (mode, count, more) => {
    await using world = open({ document: write(many(count)), ...more });
    expect((await listed(world)).mode).toBe(mode);
  });

  test('may stand beside the document', async () => {
    await using world = open(write(many(5)), { mode: 'search' });
    expect((await listed(world)).mode).toBe('search');
  });
});

test.each([
  ['default', true],
  ['no-refs', false],
  ['gemini', false],
])('in the profile %s, listed schemas refer to others: %s', async (profile, refers) => {
  const node = { type: 'object', properties: { child: { $ref: '#/components/schemas/Node' } } };
  const document = write({
    openapi: '3.0.3',
    info: { title: 'Trees', version: '1' },
    components: { schemas: { Node: node } },
    paths: {
      '/trees': {
        post: {
          operationId: 'plant',
          requestBody: { content: { 'application/json': { schema: node } } },
          responses: {},
        },
      },
    },
  });
  const { tools } = await listed(open({ document, url: 'http://127.0.0.1:9', profile }));
  expect(tools[0]?.definition.toString().includes('"$ref"')).toBe(refers);
});
