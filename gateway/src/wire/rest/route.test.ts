import { describe, expect, test } from 'vitest';
import { Refusal, markReceived } from '../../kernel/index.ts';
import { makeExchange, type RequestShape } from '../../../../test/kit/exchange.ts';
import { WIRE_DEPS } from '../../../../test/kit/wire.ts';
import { createRoute } from '../route.ts';
import { readApiPath, toolPath } from './paths.ts';

const route = createRoute(WIRE_DEPS);
const TOOL = '/api/default/tools/a';
const DESCRIPTION = '/api/crm/openapi.json';

function routed(shape: RequestShape): string {
  const x = makeExchange(shape);
  markReceived(x);
  const step = route(x);
  return step instanceof Refusal ? step.reason : `${step.dialect} ${step.endpoint}`;
}

describe('addresses', () => {
  test.each([
    ['/api/crm/tools/a', { kind: 'tool', endpoint: 'crm', tool: 'a' }],
    ['/api/crm/tools/a%2Fb%20c', { kind: 'tool', endpoint: 'crm', tool: 'a/b c' }],
    ['/api/crm/tools/%C3%A4', { kind: 'tool', endpoint: 'crm', tool: 'ä' }],
    ['/api/crm/openapi.json', { kind: 'description', endpoint: 'crm' }],
    ['/api/crm/openapi.json/', undefined],
    ['/api/crm/openapi.json/x', undefined],
    ['/api/crm/tools/', undefined],
    ['/api/crm/tools', undefined],
    ['/api/crm/tools/a/b', undefined],
    ['/api/crm/tools/a/', undefined],
    ['/api/crm/tools/%', undefined],
    ['/api/crm/tools/%ff', undefined],
    ['/api/crm', undefined],
    ['/api/', undefined],
    ['/apix/crm/tools/a', undefined],
  ])('%s', (path, expected) => {
    expect(readApiPath(path)).toEqual(expected);
  });

  test.each(['a', 'a/b', 'ä ö', '{x}', '%41', '..', 'a?b#c'])(
    'of the tool %j is read back',
    (tool) => {
      expect(readApiPath(`/api/crm${toolPath(tool)}`)).toEqual({
        kind: 'tool',
        endpoint: 'crm',
        tool,
      });
    },
  );

  test.each([
    '/api/unknown/tools/a',
    '/api/__proto__/openapi.json',
    '/api/default',
    '/api/',
    '/api/default/x',
  ])('%s is not one', (path) => {
    expect(routed({ path })).toBe('endpoint_unknown');
  });
});

describe('a call', () => {
  test.each([
    ['POST', {}, 'rest default'],
    ['POST', { 'content-type': 'application/json; charset=utf-8' }, 'rest default'],
    ['POST', { 'content-type': 'application/vnd.drawbridge.call+json' }, 'rest default'],
    ['POST', { 'content-type': undefined }, 'rest default'],
    ['POST', { 'content-type': undefined, 'content-length': '0' }, 'rest default'],
    ['POST', { 'content-type': undefined, 'content-length': '2' }, 'media_type_unsupported'],
    [
      'POST',
      { 'content-type': undefined, 'transfer-encoding': 'chunked' },
      'media_type_unsupported',
    ],
    [
      'POST',
      { 'content-type': undefined, origin: 'http://localhost:3000' },
      'media_type_unsupported',
    ],
    ['POST', { 'content-type': 'text/plain' }, 'media_type_unsupported'],
    ['POST', { 'content-type': 'application/x-www-form-urlencoded' }, 'media_type_unsupported'],
    ['POST', { accept: 'application/xml' }, 'not_acceptable'],
    ['POST', { accept: undefined }, 'rest default'],
    ['GET', {}, 'http_method_not_allowed'],
    ['HEAD', {}, 'http_method_not_allowed'],
    ['PUT', {}, 'http_method_not_allowed'],
    ['OPTIONS', {}, 'http_method_not_allowed'],
  ])('by %s with %j: %s', (httpMethod, headers, expected) => {
    expect(routed({ path: TOOL, httpMethod, headers })).toBe(expected);
  });
});

describe('a look at the description', () => {
  test.each([
    ['GET', {}, 'rest crm'],
    ['HEAD', { accept: '*/*' }, 'rest crm'],
    ['GET', { accept: 'text/html' }, 'not_acceptable'],
    ['POST', {}, 'http_method_not_allowed'],
  ])('by %s with %j: %s', (httpMethod, headers, expected) => {
    expect(routed({ path: DESCRIPTION, httpMethod, headers })).toBe(expected);
  });
});
