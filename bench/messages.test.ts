import { expect, test } from 'vitest';
import {
  answerContent,
  answerResult,
  callBody,
  callRequest,
  FIRST_ID,
  ID_PLACE,
} from './messages.ts';

test.each(['echo', 'bench__echo'])('a call of %s is 300 bytes of valid JSON', (tool) => {
  const body = callBody(tool);
  expect(body.length).toBe(300);
  expect(body.split(ID_PLACE)).toHaveLength(2);
  const call = JSON.parse(body.replace(ID_PLACE, String(FIRST_ID)));
  expect(call).toMatchObject({ jsonrpc: '2.0', id: FIRST_ID, method: 'tools/call' });
  expect(call.params.name).toBe(tool);
  expect(call.params._meta['io.modelcontextprotocol/protocolVersion']).toBe('2026-07-28');
});

test('the request says the length of its body and the name of its tool', () => {
  const [head, body] = callRequest(4001, 'echo').split('\r\n\r\n');
  expect(head).toContain(`\r\nContent-Length: ${body?.length}`);
  expect(head).toContain('\r\nMcp-Name: echo\r\n');
});

test('an answer is 1,024 bytes and holds the content that is looked for', () => {
  const answer = `{"jsonrpc":"2.0","id":${FIRST_ID},"result":${answerResult()}}`;
  expect(answer.length).toBe(1024);
  expect(answer).toContain(answerContent());
  expect(JSON.parse(answer).result.resultType).toBe('complete');
});
