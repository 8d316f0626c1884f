/** Tools of a legacy server that ask their caller, for callers of 2026-07-28 and of plain HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFixture, type Fixture } from '../kit/fixture/index.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { sendRaw } from '../kit/modern-request.ts';
import { ask } from '../kit/rest-request.ts';

let fixture: Fixture;
let gateway: TestGateway;

beforeAll(async () => {
  fixture = await startFixture({ era: 'legacy' });
  gateway = await startGateway({
    upstreams: { fixture: { mcp: { url: fixture.url, era: '2025-11-25' } } },
  });
});

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

interface Result {
  readonly resultType?: string;
  readonly inputRequests?: Readonly<Record<string, { method: string; params?: object }>>;
  readonly requestState?: string;
  readonly content?: readonly { text?: string }[];
  readonly isError?: boolean;
}
interface Answer {
  readonly status: number;
  readonly result: Result;
  readonly error: { code: number; message: string; data: Record<string, unknown> } | undefined;
  /** The key of the only question. */
  readonly key: string;
}

const PRIMARY = { elicitation: {}, sampling: {}, roots: {} };
let lastId = 0;

async function call(
  tool: string,
  args: object,
  retry: object = {},
  capabilities: object = PRIMARY,
): Promise<Answer> {
  const name = `fixture__${tool}`;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  };
  const params = { name, arguments: args, _meta, ...retry };
  const message = { jsonrpc: '2.0', id: ++lastId, method: 'tools/call', params };
  const { status, messages } = await sendRaw(gateway.url, JSON.stringify(message), {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
  });
  const said = JSON.parse(messages.at(-1) ?? '{}') as {
    id?: number;
    result?: Result;
    error?: Answer['error'];
  };
  expect(said.id).toBe(lastId);
  const result = said.result ?? {};
  const key = Object.keys(result.inputRequests ?? {})[0] ?? '';
  return { status, result, error: said.error, key };
}

const back = ({ result, key }: Answer, answer: unknown) => ({
  requestState: result.requestState,
  inputResponses: { [key]: answer },
});
const nothingWaits = { parked: 0, open: 0 };
const status = () => gateway.gateway.status().interactions;

describe('a modern caller', () => {
  test('answers a form and gets the result of the call that waited', async () => {
    const asked = await call('test_elicitation', { message: 'who?' });
    expect(asked.result.resultType).toBe('input_required');
    expect(asked.result.inputRequests?.[asked.key]).toMatchObject({
      method: 'elicitation/create',
      params: { message: 'who?' },
    });
    expect(status()).toMatchObject({ parked: 1, open: 1 });
    const answer = { action: 'accept', content: { response: 'ann' } };
    const done = await call('test_elicitation', { message: 'who?' }, back(asked, answer));
    expect(done.result.resultType).toBe('complete');
    expect(JSON.stringify(done.result.content)).toContain('ann');
    expect(status()).toMatchObject(nothingWaits);
    const again = await call('test_elicitation', { message: 'who?' }, back(asked, answer));
    expect(again.result).toEqual(done.result);
    const [first, second] = (await gateway.records()).slice(-3);
    expect(first).toMatchObject({ outcome: 'asked' });
    expect(second).toMatchObject({ outcome: 'answered', continues: first?.['id'] });
  });

  test('answers a sampling request', async () => {
    const asked = await call('test_sampling', { prompt: 'Say hi' });
    const answer = { role: 'assistant', model: 'm', content: { type: 'text', text: 'hi there' } };
    const done = await call('test_sampling', { prompt: 'Say hi' }, back(asked, answer));
    expect(JSON.stringify(done.result.content)).toContain('hi there');
  });

  test.each(['decline', 'cancel'])('may %s', async (action) => {
    const asked = await call('test_elicitation', { message: 'who?' });
    const done = await call('test_elicitation', { message: 'who?' }, back(asked, { action }));
    expect(JSON.stringify(done.result)).toContain(action);
    expect(status()).toMatchObject(nothingWaits);
  });

  test('that answers wrongly, for another call or with another state is told, and may go on', async () => {
    const asked = await call('test_elicitation', { message: 'who?' });
    const answer = { action: 'accept', content: { response: 'ann' } };
    const wrong = await call('test_elicitation', { message: 'who?' }, back(asked, { action: 'x' }));
    expect(wrong).toMatchObject({ status: 400, error: { code: -32602 } });
    const other = await call('test_elicitation', { message: 'whom?' }, back(asked, answer));
    expect(other.error?.data['reason']).toBe('state_invalid');
    const changed = { ...back(asked, answer), requestState: `${asked.result.requestState}A` };
    const tampered = await call('test_elicitation', { message: 'who?' }, changed);
    expect(tampered.error?.data['reason']).toBe('state_invalid');
    expect(status().open).toBe(1);
    const done = await call('test_elicitation', { message: 'who?' }, back(asked, answer));
    expect(JSON.stringify(done.result.content)).toContain('ann');
  });

  test('that cannot be asked does not keep the call waiting', async () => {
    const said = await call('test_elicitation', { message: 'who?' }, {}, {});
    expect(said.result.resultType).not.toBe('input_required');
    expect(status()).toMatchObject(nothingWaits);
  });
});

test('a caller of plain HTTP answers the same way', async () => {
  const path = '/api/default/tools/fixture__test_elicitation';
  const first = await ask(gateway, path, {
    method: 'POST',
    body: '{"message": "who?"}',
    headers: { 'content-type': 'application/json' },
  });
  expect(first.status).toBe(409);
  const { inputRequests, requestState, resume } = first.json() as {
    inputRequests: Record<string, object>;
    requestState: string;
    resume: { contentType: string };
  };
  const [key = ''] = Object.keys(inputRequests);
  const inputResponses = { [key]: { action: 'accept', content: { response: 'bo' } } };
  const second = await ask(gateway, path, {
    method: 'POST',
    body: JSON.stringify({ arguments: { message: 'who?' }, inputResponses, requestState }),
    headers: { 'content-type': resume.contentType },
  });
  expect([second.status, second.text.includes('bo')]).toEqual([200, true]);
  expect(status()).toMatchObject(nothingWaits);
});
