/** An API whose every way of taking values is open to callers, behind a gateway with credentials. */
import { expect } from 'vitest';
import { operation, startHostile, type Arrived, type HostileApi } from './hostile-api.ts';

const text = { schema: { type: 'string' } };
const any = { schema: {} };

const PARAMETERS = [
  { name: 'id', in: 'path', required: true, ...text },
  { name: 'q', in: 'query', ...text },
  { name: 'free', in: 'query', allowReserved: true, ...text },
  { name: 'deep', in: 'query', style: 'deepObject', explode: true, schema: { type: 'object' } },
  { name: 'spread', in: 'query', style: 'form', explode: true, schema: { type: 'object' } },
  { name: 'X-Head', in: 'header', ...text },
  { name: 'X-List', in: 'header', schema: { type: 'array', items: { type: 'string' } } },
  { name: 'crumb', in: 'cookie', ...text },
  { name: 'raw', in: 'cookie', style: 'cookie', ...text },
  { name: 'jar', in: 'cookie', explode: true, schema: { type: 'object' } },
  // What no document can hand to callers.
  { name: 'Authorization', in: 'header', ...text },
  { name: 'Host', in: 'header', ...text },
  { name: 'Cookie', in: 'header', ...text },
  { name: 'Transfer-Encoding', in: 'header', ...text },
  { name: 'X-Key', in: 'header', ...text },
  { name: 'api_key', in: 'query', ...text },
  { name: 'sid', in: 'cookie', ...text },
];

const put = (operationId: string, mediaType: string, schema: object): object =>
  operation(operationId, { requestBody: { required: true, content: { [mediaType]: { schema } } } });

const PATHS = {
  '/a/{id}/b': {
    get: operation('get', { parameters: PARAMETERS, security: [{ h: [], q: [], c: [] }] }),
  },
  '/form': {
    post: put('form', 'application/x-www-form-urlencoded', {
      type: 'object',
      properties: { a: { type: 'string' }, role: { type: 'string' } },
    }),
  },
  '/multi': {
    post: put('multi', 'multipart/form-data', {
      type: 'object',
      properties: { a: { type: 'string' }, file: { type: 'string', format: 'binary' } },
    }),
  },
  '/xml': {
    post: put('xml', 'application/xml', {
      type: 'object',
      xml: { name: 'r' },
      properties: { a: { type: 'string' }, at: { type: 'string', xml: { attribute: true } } },
      additionalProperties: true,
    }),
  },
  '/json': {
    post: put('json', 'application/json', { type: 'object', additionalProperties: true }),
  },
  '/upload': {
    put: put('upload', 'application/octet-stream', { type: 'string', format: 'binary' }),
  },
  '/hidden': { delete: operation('hidden') },
  '/list': {
    get: operation('list', {
      parameters: [
        { name: 'cursor', in: 'query', ...text },
        { name: 'q', in: 'query', ...any },
      ],
      responses: {
        200: {
          description: 'x',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  items: { type: 'array', items: {} },
                  next_cursor: { type: 'string' },
                },
              },
            },
          },
        },
      },
    }),
  },
};

const DOCUMENT = {
  components: {
    securitySchemes: {
      h: { type: 'apiKey', in: 'header', name: 'X-Key' },
      q: { type: 'apiKey', in: 'query', name: 'api_key' },
      c: { type: 'apiKey', in: 'cookie', name: 'sid' },
    },
  },
};

/** `api__hidden` is offered nowhere; the endpoint `other` offers only `api__list`, by search. */
export function startGuarded(): Promise<HostileApi> {
  return startHostile({
    paths: PATHS,
    document: DOCUMENT,
    listener: (request, response) => {
      response.setHeader('content-type', 'application/json');
      const isList = request.url?.startsWith('/list') === true;
      response.end(isList ? '{"items":[1,2],"next_cursor":"second"}' : '{"ok":true}');
    },
    upstream: { auth: { schemes: { h: 'own-key', q: 'own-key', c: 'own-key' } } },
    config: {
      endpoints: {
        default: { include: ['*'], exclude: ['api/hidden'] },
        other: { include: ['api/list'], mode: 'search' },
      },
    },
  });
}

/** The one request that a call led to; those before it are forgotten. */
export async function sentBy(world: HostileApi, tool: string, args: unknown): Promise<Arrived> {
  world.api.arrived.length = 0;
  const { text: answer } = await world.call(tool, args);
  const [only, ...more] = world.api.arrived;
  if (only === undefined) throw new Error(`nothing was sent: ${answer}`);
  expect(more).toEqual([]);
  return only;
}

/** That a call led to no request, and why. */
export async function refusedBy(world: HostileApi, tool: string, args: unknown): Promise<string> {
  world.api.arrived.length = 0;
  const { status, text: answer } = await world.call(tool, args);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(world.api.arrived).toEqual([]);
  return answer;
}
