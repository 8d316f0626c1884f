import { expect, test } from 'vitest';
import { Refusal } from '../../kernel/index.ts';
import { readMessageAddress } from './message-address.ts';

const STREAM = 'https://mcp.example:8443/v1/sse?tenant=a';

test.each([
  ['/messages?sessionId=1', '/messages?sessionId=1'],
  ['messages/?session_id=1', '/v1/messages/?session_id=1'],
  ['https://mcp.example:8443/m', '/m'],
  ['?s=1', '/v1/sse?s=1'],
  ['/m#part', '/m'],
  ['https://user:word@mcp.example:8443/m', '/m'],
  ['/a b\r\nx: y', '/a%20bx:%20y'],
])('%j is %s', (address, expected) => {
  expect(readMessageAddress(address, STREAM)).toBe(expected);
});

test.each([
  '',
  'https://mcp.example/m',
  'http://mcp.example:8443/m',
  'https://other.example:8443/m',
  '//other.example/m',
  '\\\\other.example\\m',
  'https://mcp.example:8443@other.example/m',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'http://[',
])('%j is refused', (address) => {
  const refusal = readMessageAddress(address, STREAM);
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ reason: 'upstream_invalid' });
});
