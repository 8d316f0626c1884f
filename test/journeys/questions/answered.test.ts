/** Whatever a server asks, in whatever era, is answered by real clients of both; the call is made once. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CLIENTS,
  NAMED,
  ROOTS,
  SAMPLED,
  connect,
  type InteractiveClient,
  type Respond,
  type Result,
} from '../../kit/interactive/clients.ts';
import {
  UPSTREAMS,
  startInteractiveWorld,
  type InteractiveWorld,
} from '../../kit/interactive/world.ts';

let world: InteractiveWorld;

beforeAll(async () => {
  world = await startInteractiveWorld();
}, 60_000);

afterAll(() => world.close());

afterEach(() => world.quiet());

interface Progress {
  readonly progress: number;
  readonly message?: string;
}

interface Case {
  readonly tool: string;
  /** Methods of what the client is asked, in their order; parallel ones in any. */
  readonly asked: readonly string[];
  /** What the tool says it was answered. */
  readonly answers: readonly unknown[];
  readonly respond?: Respond;
}

const ELICIT = 'elicitation/create';
const SAMPLE = 'sampling/createMessage';
const ACCEPTED = { action: 'accept' };
const WITH_TOOL = {
  role: 'assistant',
  model: 'm',
  stopReason: 'toolUse',
  content: [{ type: 'tool_use', id: 't1', name: 'look_up', input: {} }],
};

const CASES: Readonly<Record<string, Case>> = {
  nothing: { tool: 'silent', asked: [], answers: [] },
  'a form': { tool: 'form', asked: [ELICIT], answers: [NAMED] },
  'an address to visit': { tool: 'url', asked: [ELICIT], answers: [ACCEPTED] },
  'a message of a model': { tool: 'sample', asked: [SAMPLE], answers: [SAMPLED] },
  'a message of a model that may use tools': {
    tool: 'sampleWithTools',
    asked: [SAMPLE],
    answers: [WITH_TOOL],
    respond: () => WITH_TOOL,
  },
  roots: { tool: 'roots', asked: ['roots/list'], answers: [ROOTS] },
  twice: { tool: 'twice', asked: [ELICIT, SAMPLE], answers: [NAMED, SAMPLED] },
  'three things at once': {
    tool: 'parallel',
    asked: [ELICIT, 'roots/list', SAMPLE],
    answers: [NAMED, SAMPLED, ROOTS],
  },
  'a form that is declined': {
    tool: 'form',
    asked: [ELICIT],
    answers: [{ action: 'decline' }],
    respond: () => ({ action: 'decline' }),
  },
  'a form that is cancelled': {
    tool: 'form',
    asked: [ELICIT],
    answers: [{ action: 'cancel' }],
    respond: () => ({ action: 'cancel' }),
  },
  'an address that is declined': {
    tool: 'url',
    asked: [ELICIT],
    answers: [{ action: 'decline' }],
    respond: () => ({ action: 'decline' }),
  },
};

function answersIn({ content, messages, contents }: Result): unknown {
  const text = content?.[0]?.text ?? messages?.[0]?.content.text ?? contents?.[0]?.text ?? '';
  return text.startsWith('[') ? JSON.parse(text) : text;
}

describe.each(CLIENTS)('%s', (kind) => {
  describe.each(UPSTREAMS)('asked by %s for', (upstream) => {
    test.each(Object.entries(CASES))('%s', async (_what, { tool, asked, answers, respond }) => {
      const token = randomUUID();
      await using client = await connect(kind, world.gateway.url, respond);
      const result = await client.call(`${upstream}__${tool}`, { token });
      expect(answersIn(result)).toEqual(answers);
      expect(client.asked.map(({ method }) => method).toSorted()).toEqual(asked.toSorted());
      const isRefused = respond !== undefined && asked[0] === ELICIT;
      expect(await world.effects(token)).toEqual(['began', isRefused ? 'refused' : 'done']);
      await recorded(`tool:${upstream}/${tool}`);
    });

    test('a form, while it reports progress', async () => {
      const token = randomUUID();
      const seen: number[] = [];
      await using client = await connect(kind, world.gateway.url);
      // The SDK counts its own rounds in the same place, with a text.
      const onprogress = ({ progress, message }: Progress): void => {
        if (message === undefined) seen.push(progress);
      };
      const result = await client.call(`${upstream}__progress`, { token }, { onprogress });
      expect(answersIn(result)).toEqual([NAMED]);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect([seen[0], seen.at(-1)]).toEqual([1, 3]);
      expect(await world.effects(token)).toEqual(['began', 'done']);
    });

    test.each([
      ['prompt', (client: InteractiveClient, token: string) => ask(client, upstream, token)],
      ['resource', (client: InteractiveClient) => client.read(`ask-${upstream}://form`)],
    ])('a form, by its %s', async (what, get) => {
      const token = what === 'prompt' ? randomUUID() : `ask-${upstream}://form`;
      const before = (await world.effects(token)).length;
      await using client = await connect(kind, world.gateway.url);
      expect(answersIn(await get(client, token))).toEqual([NAMED]);
      expect((await world.effects(token)).slice(before)).toEqual(['began', 'done']);
    });
  });
});

test('afterwards nothing is kept and nobody waits', async () => {
  expect(await world.forgotten()).toBe(0);
});

function ask(client: InteractiveClient, upstream: string, token: string): Promise<Result> {
  return client.prompt(`${upstream}__asks`, { token });
}

/** Every exchange but the last of a call ended in a question, and the last in an answer. */
async function recorded(item: string): Promise<void> {
  const outcomes = async () =>
    (await world.gateway.records())
      .filter((record) => record['item'] === item)
      .map((record) => String(record['outcome']));
  await expect.poll(async () => (await outcomes()).at(-1)).toBe('answered');
  for (const outcome of await outcomes()) expect(['asked', 'answered']).toContain(outcome);
}
