/** Changes of tasks on streams of `subscriptions/listen`. */
import { describe, expect, test } from 'vitest';
import { startGateway } from '../kit/gateway.ts';
import { sendRaw } from '../kit/modern-request.ts';
import { startScripted, toolText } from '../kit/scripted-upstream.ts';

const TASKS = 'io.modelcontextprotocol/tasks';
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': { extensions: { [TASKS]: {} } },
};
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
};

describe('a stream of changes', () => {
  test('tells of tasks under the ids of their caller, and asks the server to tell', async () => {
    const listed: string[] = [];
    await using teller = await startScripted({
      capabilities: `{"tools":{},"extensions":{"${TASKS}":{}}}`,
      tools: [toolText('job')],
      events: ({ message: { id, method, params } }) => {
        const filter = params?.['notifications'] as { taskIds?: string[] } | undefined;
        if (method !== 'subscriptions/listen' || filter?.taskIds === undefined) return [];
        listed.push(...filter.taskIds);
        const stamp = `"_meta":{"io.modelcontextprotocol/subscriptionId":${JSON.stringify(id)},"v":1}`;
        return [
          `{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{${stamp}}}`,
          ...['t-1', 'other'].map(
            (taskId) =>
              `{"jsonrpc":"2.0","method":"notifications/tasks","params":{${stamp},"taskId":"${taskId}","status":"completed","x":1e400}}`,
          ),
        ];
      },
      answer: ({ message: { method } }) =>
        method === 'tools/call'
          ? '{"resultType":"task","taskId":"t-1","status":"working"}'
          : '{"resultType":"complete"}',
    });
    await using silent = await startScripted({ tools: [toolText('quiet')] });
    await using world = await startGateway({
      upstreams: { teller: { mcp: teller.url }, silent: { mcp: silent.url } },
    });
    const begun = await sendRaw(
      world.url,
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'teller__job', _meta: ENVELOPE },
      }),
      { ...HEADERS, 'mcp-method': 'tools/call', 'mcp-name': 'teller__job' },
    );
    const { result } = JSON.parse(begun.text) as { result: { taskId: string } };
    const notifications = { taskIds: [result.taskId, 'made up'] };
    const gone = new AbortController();
    const response = await fetch(`${world.origin}/mcp`, {
      method: 'POST',
      signal: gone.signal,
      headers: { ...HEADERS, 'mcp-method': 'subscriptions/listen' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 'L',
        method: 'subscriptions/listen',
        params: { notifications, _meta: ENVELOPE },
      }),
    });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array);
      if (text.includes('notifications/tasks')) break;
    }
    gone.abort();
    const [ack = '', told = ''] = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data);
    expect(JSON.parse(ack)).toMatchObject({
      params: { notifications: { taskIds: [result.taskId] } },
    });
    expect(told).toContain('"x":1e400');
    expect(JSON.parse(told)).toMatchObject({
      method: 'notifications/tasks',
      params: {
        taskId: result.taskId,
        status: 'completed',
        _meta: { 'io.modelcontextprotocol/subscriptionId': 'L', v: 1 },
      },
    });
    expect(text).not.toContain('other');
    expect(listed).toEqual(['t-1']);
  });
});
