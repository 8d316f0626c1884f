/** What the gateway does not have to change comes out byte for byte, in both directions. */
import { expect, test } from 'vitest';
import { startGateway } from '../kit/gateway.ts';
import { sendModern } from '../kit/modern-request.ts';
import { startScripted, toolText } from '../kit/scripted-upstream.ts';

/** JSON that parsing and writing again would change. */
const ODD =
  '{"z":1,"a":9007199254740993,"one":1.0,"huge":1e400,"minus":-0,"tiny":1E-7,"esc":"\\u00e9\\/\\ud83d\\ude00",' +
  '"raw":"é😀","nested":{"10":1,"2":[1,  2 ,\n3],"__proto__":{"x":null}},"empty":{},"":[]}';

const TOOL =
  '{"x-first":{"deep":[1.0]},"name":"echo","description":"d","inputSchema":{"type":"object","x-keep":1e2},' +
  '"securitySchemes":[{"type":"noauth"}],"annotations":{"futureHint":true,"readOnlyHint":true},' +
  '"icons":[{"src":"data:image/png;base64,AA==","future":1}],"_meta":{"vendor/x":{"y":1.50}}}';

test('arguments go up and results come down as written', async () => {
  await using upstream = await startScripted({
    tools: [TOOL],
    answer: () =>
      `{"resultType":"complete","content":[{"type":"hologram","data":${ODD}},{"type":"text","text":"t","future":${ODD}}],` +
      `"structuredContent":${ODD},"vendorMember":${ODD},"_meta":{"vendor/z":${ODD}}}`,
  });
  await using gateway = await startGateway({
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
  const answer = await sendModern(gateway.url, {
    method: 'tools/call',
    name: 'up__echo',
    params: `"name":"up__echo","arguments":${ODD},"futureParam":${ODD}`,
    meta: `"vendor/meta":${ODD}`,
    members: `"futureTop":${ODD}`,
    id: '"an \\u0069d"',
  });
  const [call] = upstream.calls;
  expect(call?.text).toContain(`"arguments":${ODD},"futureParam":${ODD}`);
  expect(call?.text).toContain(`"vendor/meta":${ODD}`);
  expect(call?.text).toContain(`"futureTop":${ODD}`);
  expect(call?.text).toContain('"name":"echo"');
  expect(call?.headers['mcp-name']).toBe('echo');
  expect(answer.text).toContain(`"structuredContent":${ODD},"vendorMember":${ODD}`);
  expect(answer.text).toContain(
    `{"type":"hologram","data":${ODD}},{"type":"text","text":"t","future":${ODD}}`,
  );
  expect(answer.text).toContain(`"vendor/z":${ODD}`);
  expect(answer.text).toContain('"id":"an \\u0069d"');
});

test('a definition keeps every member it came with, but for its name', async () => {
  await using upstream = await startScripted({ tools: [TOOL] });
  await using gateway = await startGateway({
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
  const answer = await sendModern(gateway.url, { method: 'tools/list' });
  expect(answer.text).toContain(TOOL.replace('"name":"echo"', '"name":"up__echo"'));
});

test('vendor methods pass where one upstream stands behind the endpoint, and only there', async () => {
  const answer = (): string => `{"resultType":"complete","vendor":${ODD}}`;
  await using one = await startScripted({ tools: [toolText('a')], answer });
  await using two = await startScripted({ tools: [toolText('b')], answer });
  await using gateway = await startGateway({
    upstreams: {
      one: { mcp: { url: one.url, era: '2026-07-28' } },
      two: { mcp: { url: two.url, era: '2026-07-28' } },
    },
    endpoints: { default: { include: ['*'] }, single: { include: ['one/*'] } },
  });
  const request = { method: 'vendor/thing', params: `"what":${ODD}` };
  const single = await sendModern(`${gateway.origin}/mcp/single`, request);
  expect(single.status).toBe(200);
  expect(single.text).toContain(`"vendor":${ODD}`);
  expect(one.calls[0]?.text).toContain(`"what":${ODD}`);
  const aggregate = await sendModern(gateway.url, request);
  expect(aggregate.status).toBe(404);
  expect(JSON.parse(aggregate.text)).toMatchObject({ error: { code: -32601 } });
});

test('errors of the upstream keep their code, message and data', async () => {
  const error = `{"code":-31999,"message":"no \\u0041","data":${ODD},"extra":1.0}`;
  await using upstream = await startScripted({ tools: [TOOL], answer: () => `error:${error}` });
  await using gateway = await startGateway({
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
  const answer = await sendModern(gateway.url, {
    method: 'tools/call',
    name: 'up__echo',
    params: '"name":"up__echo"',
  });
  expect(answer.text).toContain(`"error":${error}`);
});
