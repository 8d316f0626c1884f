import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENVELOPE, REASONS, Refusal } from '../kernel/index.ts';
import { SESSION, makeExchange, type RequestShape } from '../../../test/kit/exchange.ts';
import { WIRE_DEPS, wireIn } from '../../../test/kit/wire.ts';
import { createEncode } from './encode.ts';

const FRAMES = 10_000;

const META = {
  [ENVELOPE.protocolVersion]: '2026-07-28',
  [ENVELOPE.clientCapabilities]: { sampling: {} },
  [ENVELOPE.clientInfo]: { name: 'c', version: '1' },
  [ENVELOPE.logLevel]: 'info',
  progressToken: 'p',
};

interface Seed {
  readonly headers: Record<string, string>;
  readonly message: unknown;
}

function modern(method: string, params: object, name = ''): Seed {
  return {
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name },
    message: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: META } },
  };
}

function legacy(message: object, revision = '2025-11-25'): Seed {
  return {
    headers: { 'mcp-session-id': SESSION.token, 'mcp-protocol-version': revision },
    message: { jsonrpc: '2.0', ...message },
  };
}

const SEEDS: readonly Seed[] = [
  modern('tools/call', { name: 'a', arguments: { n: [1, { deep: [null, true, 'é'] }] } }, 'a'),
  modern('resources/read', { uri: 'a:b' }, 'a:b'),
  modern('tools/list', { cursor: 'c' }),
  modern('server/discover', {}),
  modern('subscriptions/listen', { notifications: { resourceSubscriptions: ['a:b'] } }),
  legacy({ id: 'x', method: 'tools/call', params: { name: 'a', _meta: { progressToken: 1 } } }),
  legacy({ method: 'notifications/cancelled', params: { requestId: 1 } }),
  legacy({ id: 1, result: { roots: [] } }),
  legacy({ id: 1, method: 'ping' }, '1999-01-01'),
  legacy({ id: 1, method: 'server/discover' }),
  {
    headers: {},
    message: {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'c' } },
    },
  },
];

/** Replaces, removes or adds one member somewhere in a JSON value. */
const structural = fc.record({
  /** Picks a child on the way down; the path ends where it picks none. */
  path: fc.array(fc.nat(6), { maxLength: 5 }),
  kind: fc.constantFrom('replace', 'remove', 'add'),
  key: fc.oneof(
    fc.constantFrom('id', 'method', 'params', '_meta', 'name', 'uri', '__proto__', 'result'),
    fc.string(),
  ),
  value: fc.oneof(fc.jsonValue(), fc.constantFrom(null, [], {}, '', 0, -0, 1e300, '\ud800', true)),
});

type Structural = typeof structural extends fc.Arbitrary<infer T> ? T : never;

function mutate(root: unknown, { path, kind, key, value }: Structural): unknown {
  const copy = structuredClone(root);
  let parent: Record<string, unknown> | undefined;
  let at: string | undefined;
  let here = copy;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) break;
    const keys = Object.keys(here);
    const next = keys[step];
    if (next === undefined) break;
    parent = here as Record<string, unknown>;
    at = next;
    here = parent[next];
  }
  if (kind === 'add' && typeof here === 'object' && here !== null) {
    Object.defineProperty(here, key, { value, enumerable: true, configurable: true });
  } else if (parent === undefined || at === undefined) return value;
  else if (kind === 'remove' && !Array.isArray(parent)) delete parent[at];
  else parent[at] = value;
  return copy;
}

/** Overwrites, inserts, cuts out or repeats some bytes, or gives an object a member twice. */
const bytewise = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(12),
  kind: fc.constantFrom('overwrite', 'insert', 'cut', 'repeat', 'truncate', 'twice'),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc
      .constantFrom('"', '\\', '{', '}', '[', ',', ':', '\\u0000', '\u0000', '1e999', '\n', ' ')
      .map((text) => new TextEncoder().encode(text)),
  ),
});

type Bytewise = typeof bytewise extends fc.Arbitrary<infer T> ? T : never;

function mangle(text: Buffer, { at, length, kind, bytes }: Bytewise): Buffer {
  const from = Math.floor(at * text.length);
  const head = text.subarray(0, from);
  const piece = text.subarray(from, from + length);
  switch (kind) {
    case 'truncate':
      return head;
    case 'cut':
      return Buffer.concat([head, text.subarray(from + length)]);
    case 'insert':
      return Buffer.concat([head, bytes, text.subarray(from)]);
    case 'twice': {
      const brace = text.indexOf('{', from) + 1;
      const members = Buffer.from('"id":1,"id":1,');
      return Buffer.concat([text.subarray(0, brace), members, text.subarray(brace)]);
    }
    case 'repeat':
      return Buffer.concat([head, piece, piece, text.subarray(from + length)]);
    default:
      return Buffer.concat([head, bytes, text.subarray(from + bytes.length)]);
  }
}

const headerChange = fc.tuple(
  fc.constantFrom(
    'mcp-protocol-version',
    'mcp-method',
    'mcp-name',
    'mcp-session-id',
    'accept',
    'content-type',
  ),
  fc.oneof(
    fc.constantFrom(
      undefined,
      '',
      '2026-07-28',
      '2025-06-18',
      '1999-01-01',
      'sealed',
      '=?base64?YQ==?=',
      '=?base64?!?=',
    ),
    fc.string(),
    fc.array(fc.string(), { maxLength: 2 }),
  ),
);

const frame = fc
  .record({
    seed: fc.constantFrom(...SEEDS),
    structure: fc.array(structural, { maxLength: 3 }),
    bytes: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Bytewise[]>([]) },
      fc.array(bytewise, { maxLength: 3 }),
    ),
    headers: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.array(headerChange, { maxLength: 2 }),
    ),
    httpMethod: fc.oneof(
      { weight: 20, arbitrary: fc.constant('POST') },
      fc.constantFrom('GET', 'DELETE', ''),
    ),
  })
  .map(({ seed, structure, bytes, headers, httpMethod }): RequestShape => {
    const message = structure.reduce(mutate, seed.message);
    const text = JSON.stringify(message) ?? '';
    return {
      httpMethod,
      headers: { ...seed.headers, ...Object.fromEntries(headers) },
      body: bytes.reduce(mangle, Buffer.from(text)),
    };
  });

test('whatever arrives is a call or a refusal that can be said', async () => {
  const encode = createEncode(WIRE_DEPS.serverInfo);
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(frame, async (shape) => {
      const x = makeExchange(shape);
      const call = await wireIn(x);
      seen.add(call instanceof Refusal ? call.reason : 'ok');
      const isRefused = call instanceof Refusal;
      expect(x.call).toBe(isRefused ? undefined : call);
      const said = isRefused ? encode.answer(x, call).body.toString() : call.capabilities;
      expect(typeof JSON.parse(said)).toBe('object');
      const names = isRefused ? [call.reason] : [call.kind];
      expect([
        ...Object.keys(REASONS),
        'request',
        'notification',
        'response',
        'stream',
        'end',
      ]).toEqual(expect.arrayContaining(names));
    }),
    { numRuns: FRAMES },
  );
  // The mutations are worth something only where they reach every rule.
  expect([...seen].toSorted()).toEqual(
    [
      'duplicate_key',
      'envelope_invalid',
      'header_mismatch',
      'http_method_not_allowed',
      'media_type_unsupported',
      'method_unknown',
      'not_a_request',
      'not_acceptable',
      'not_json',
      'ok',
      'params_invalid',
      'session_required',
      'session_unknown',
      'version_unsupported',
    ].toSorted(),
  );
}, 60_000);
