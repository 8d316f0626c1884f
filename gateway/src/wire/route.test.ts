import { describe, expect, test } from 'vitest';
import { Refusal, markReceived } from '../kernel/index.ts';
import { makeExchange, type RequestShape } from '../../../test/kit/exchange.ts';
import { WIRE_DEPS } from '../../../test/kit/wire.ts';
import { createRoute, endpointOf } from './route.ts';

const route = createRoute(WIRE_DEPS);

function routed(shape: RequestShape): string {
  const x = makeExchange(shape);
  markReceived(x);
  const step = route(x);
  return step instanceof Refusal ? step.reason : `${step.dialect} ${step.endpoint}`;
}

describe('the endpoint stands in the path', () => {
  test.each([
    ['/mcp', 'default'],
    ['/mcp/', 'default'],
    ['/mcp/default', 'default'],
    ['/mcp/crm', 'crm'],
    ['/mcp/crm/', 'crm/'],
    ['/mcp//crm', '/crm'],
    ['/mcpx', undefined],
    ['/MCP', undefined],
    ['/', undefined],
    ['', undefined],
  ])('%s is %s', (path, endpoint) => {
    expect(endpointOf(path)).toBe(endpoint);
  });

  test.each([
    '/',
    '/mcp/unknown',
    '/mcp/crm/',
    '/mcp/../mcp',
    '/mcp/__proto__',
    '/mcp/constructor',
    '/ssex',
    '/sse/unknown',
    '/sse/default/other',
    '/sse/default/messages/more',
    '/sse//messages',
    'http://localhost/mcp',
    '*',
  ])('%s is no endpoint', (path) => {
    expect(routed({ path })).toBe('endpoint_unknown');
  });
});

describe('the likely dialect', () => {
  test.each([
    [{}, 'modern default'],
    [{ 'mcp-protocol-version': '2026-07-28' }, 'modern default'],
    [{ 'mcp-protocol-version': '2026-07-28', 'mcp-session-id': 'x' }, 'modern default'],
    [{ 'mcp-protocol-version': '2025-11-25' }, 'legacy default'],
    [{ 'mcp-protocol-version': '2025-06-18' }, 'legacy default'],
    [{ 'mcp-session-id': 'x' }, 'legacy default'],
    [{ 'mcp-protocol-version': '1999-01-01' }, 'modern default'],
  ])('%o is %s', (headers, expected) => {
    expect(routed({ headers })).toBe(expected);
  });
});

describe('HTTP with SSE', () => {
  const stream = { accept: 'text/event-stream' };
  test.each<[string, string, Record<string, string>, string]>([
    ['GET', '/sse', stream, 'legacy default'],
    ['GET', '/sse/', stream, 'legacy default'],
    ['GET', '/sse/crm', stream, 'legacy crm'],
    ['GET', '/sse/messages', stream, 'endpoint_unknown'],
    ['GET', '/sse', { accept: 'application/json' }, 'not_acceptable'],
    ['POST', '/sse', {}, 'http_method_not_allowed'],
    ['DELETE', '/sse', stream, 'http_method_not_allowed'],
    ['POST', '/sse/crm/messages', {}, 'legacy crm'],
    ['POST', '/sse/crm/messages', { accept: '*/*' }, 'legacy crm'],
    ['POST', '/sse/crm/messages', { 'content-type': 'text/plain' }, 'media_type_unsupported'],
    ['GET', '/sse/crm/messages', stream, 'http_method_not_allowed'],
  ])('%s %s %o: %s', (httpMethod, path, headers, expected) => {
    expect(routed({ httpMethod, path, headers })).toBe(expected);
  });
});

describe('content types', () => {
  test.each([
    ['application/json', 'modern default'],
    ['application/json; charset=utf-8', 'modern default'],
    ['application/json;charset="UTF-8"', 'modern default'],
    ['Application/JSON ; charset=utf-8', 'modern default'],
    ['text/plain', 'media_type_unsupported'],
    ['application/json-rpc', 'media_type_unsupported'],
    ['application/jsonx', 'media_type_unsupported'],
    ['text/plain; application/json', 'media_type_unsupported'],
    ['application/json, text/plain', 'media_type_unsupported'],
    ['', 'media_type_unsupported'],
    [undefined, 'media_type_unsupported'],
    ['application/x-www-form-urlencoded', 'media_type_unsupported'],
    ['multipart/form-data; boundary=application/json', 'media_type_unsupported'],
  ])('%s: %s', (contentType, expected) => {
    expect(routed({ headers: { 'content-type': contentType } })).toBe(expected);
  });
});

describe('what the caller accepts', () => {
  test.each([
    ['application/json, text/event-stream', 'modern default'],
    ['text/event-stream,application/json', 'modern default'],
    ['application/json;q=0.9, text/event-stream;q=0.1', 'modern default'],
    ['*/*', 'modern default'],
    ['application/*', 'modern default'],
    ['TEXT/*', 'modern default'],
    [undefined, 'modern default'],
    ['text/html', 'not_acceptable'],
    ['text/html, image/png', 'not_acceptable'],
    ['application/xml', 'not_acceptable'],
  ])('%s: %s', (accept, expected) => {
    expect(routed({ headers: { accept } })).toBe(expected);
  });
});

describe('methods other than POST', () => {
  const session = { 'mcp-session-id': 'sealed' };
  test.each([
    ['GET', {}, 'http_method_not_allowed'],
    ['DELETE', {}, 'http_method_not_allowed'],
    ['PUT', session, 'http_method_not_allowed'],
    ['PATCH', session, 'http_method_not_allowed'],
    ['HEAD', session, 'http_method_not_allowed'],
    ['OPTIONS', session, 'http_method_not_allowed'],
    ['GET', { 'mcp-protocol-version': '2026-07-28' }, 'http_method_not_allowed'],
    ['GET', { ...session, 'mcp-protocol-version': '2026-07-28' }, 'http_method_not_allowed'],
    ['DELETE', { ...session, 'mcp-protocol-version': '2026-07-28' }, 'http_method_not_allowed'],
    ['GET', session, 'legacy default'],
    ['GET', { ...session, 'mcp-protocol-version': '2025-06-18' }, 'legacy default'],
    ['GET', { ...session, accept: 'text/event-stream' }, 'legacy default'],
    ['GET', { ...session, accept: 'application/json' }, 'not_acceptable'],
    ['GET', { ...session, accept: undefined }, 'not_acceptable'],
    ['DELETE', session, 'legacy default'],
    ['DELETE', { ...session, accept: undefined, 'content-type': undefined }, 'legacy default'],
  ])('%s with %o: %s', (httpMethod, headers, expected) => {
    expect(routed({ httpMethod, headers })).toBe(expected);
  });
});
