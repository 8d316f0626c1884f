import { readFileSync } from 'node:fs';
import {
  CallToolResultSchema,
  JSONRPCErrorResponseSchema,
  JSONRPCResultResponseSchema,
} from '@modelcontextprotocol/core';
import { describe, expect, test } from 'vitest';
import {
  REASON_KEY,
  ENVELOPE,
  REASONS,
  Refusal,
  docsAnchor,
  type Reason,
} from '../kernel/index.ts';
import { makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { createEncode } from './encode.ts';
import { LEGACY_CODES } from './legacy/codes.ts';
import { MODERN_CODES } from './modern/codes.ts';
import type { WireCode } from './wire-code.ts';

const NAMES = Object.keys(REASONS) as Reason[];
const TABLES = { modern: MODERN_CODES, legacy: LEGACY_CODES } as const;
const DIALECTS = ['modern', 'legacy'] as const;
const encode = createEncode('{"name":"drawbridge","version":"0"}');

/** Codes that JSON-RPC and 2026-07-28 give a meaning to; everything else of ours is positive. */
const STANDARD = [-32700, -32600, -32601, -32602, -32603];
const MODERN_ONLY = [-32020, -32021, -32022];

describe('the closed list of reasons', () => {
  test.each(DIALECTS)('%s says each of them and no other', (dialect) => {
    expect(Object.keys(TABLES[dialect]).toSorted()).toEqual(NAMES.toSorted());
  });

  test('docs/errors.md explains each of them and no other', () => {
    const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const headings = [...text.matchAll(/^#{2,4} `?([a-z]+(?:_[a-z]+)*)`?\s*$/gm)].map(
      ([, name]) => name,
    );
    const anchors = [...text.matchAll(/<a (?:id|name)="([a-z_]+)">/g)].map(([, name]) => name);
    const explained = [...headings, ...anchors].filter((name) => name !== undefined);
    expect([...new Set(explained)].toSorted()).toEqual(NAMES.toSorted());
  });

  test.each(NAMES)('%s has one plain sentence and an anchor', (reason) => {
    expect(REASONS[reason].text).toMatch(/^[A-Z][\x20-\x7e]*\.$/);
    expect(docsAnchor(reason)).toBe(`docs/errors.md#${reason}`);
  });
});

describe('the codes', () => {
  test.each(DIALECTS)('%s emits none that is reserved', (dialect) => {
    const allowed = dialect === 'modern' ? [...STANDARD, ...MODERN_ONLY] : STANDARD;
    for (const { code, status } of Object.values<WireCode>(TABLES[dialect])) {
      expect(code > 0 || allowed.includes(code)).toBe(true);
      expect(status >= 200 && status < 600).toBe(true);
    }
  });

  test.each(DIALECTS)('our own in %s belong to one reason each', (dialect) => {
    const own = Object.values<WireCode>(TABLES[dialect])
      .map((row) => row.code)
      .filter((code) => code > 0);
    expect(new Set(own).size).toBe(own.length);
  });

  test('a reason has the same own code in both dialects', () => {
    const own = NAMES.filter((reason) => MODERN_CODES[reason].code > 0);
    expect(own.map((reason) => LEGACY_CODES[reason].code)).toEqual(
      own.map((reason) => MODERN_CODES[reason].code),
    );
  });

  test.each<[Reason, number, number]>([
    ['not_json', 400, -32700],
    ['not_a_request', 400, -32600],
    ['envelope_invalid', 400, -32602],
    ['header_mismatch', 400, -32020],
    ['capability_missing', 400, -32021],
    ['version_unsupported', 400, -32022],
    ['method_unknown', 404, -32601],
    ['item_unknown', 200, -32602],
    ['resource_unknown', 200, -32602],
    ['cursor_invalid', 200, -32602],
    ['internal', 500, -32603],
  ])('2026-07-28 fixes %s: %i, %i', (reason, status, code) => {
    expect(MODERN_CODES[reason]).toMatchObject({ status, code });
  });

  test.each(DIALECTS)('%s fixes the statuses of the transport', (dialect) => {
    const table = TABLES[dialect];
    expect(table.origin_not_allowed.status).toBe(403);
    expect(table.host_not_allowed.status).toBe(403);
    expect(table.http_method_not_allowed.status).toBe(405);
    expect(table.media_type_unsupported.status).toBe(415);
    expect(table.body_too_large.status).toBe(413);
    expect(table.session_unknown.status).toBe(404);
    expect(table.session_required.status).toBe(400);
    expect(table.unauthenticated.status).toBe(401);
  });
});

describe.each(DIALECTS)('every refusal in %s', (dialect) => {
  function refused(reason: Reason, rawId: string, method: string, detail = {}) {
    const x = makeExchange();
    x.dialect = dialect;
    x.rawId = rawId;
    if (method !== '') x.call = makeCall({ method });
    const refusal = new Refusal(reason, detail);
    const answer = encode.answer(x, refusal);
    const event = encode.lastEvent(x, refusal).toString();
    expect(event).toBe(`event: message\ndata: ${answer.body.toString()}\n\n`);
    return { ...answer, message: JSON.parse(answer.body.toString()), text: refusal.text };
  }

  const detail = { text: 'Say "x" \u2028 or \ud800.', data: { more: [1] } };

  test.each(NAMES)('%s is a JSON-RPC error with its reason', (reason) => {
    for (const rawId of ['"a\\"b"', '9007199254740991', '']) {
      const { message, text, headers } = refused(reason, rawId, 'tools/list', detail);
      expect(JSONRPCErrorResponseSchema.safeParse(message).error).toBeUndefined();
      expect(message.id).toBe(rawId === '' ? undefined : JSON.parse(rawId));
      expect(message.error).toMatchObject({
        code: TABLES[dialect][reason].code,
        message: JSON.parse(JSON.stringify(text)),
        data: { reason, docs: docsAnchor(reason), more: [1] },
      });
      expect(headers).toContain('application/json');
    }
  });

  const asToolError = NAMES.filter((reason) => TABLES[dialect][reason].asToolError);
  const asError = NAMES.filter((reason) => !TABLES[dialect][reason].asToolError);

  test.each(asError)('%s of a tool call is an error of the protocol', (reason) => {
    const { message, status } = refused(reason, '5', 'tools/call', detail);
    expect(message.error.data.reason).toBe(reason);
    expect(status).toBe(TABLES[dialect][reason].status);
  });

  test.each(asToolError)('%s of a tool call teaches the model', (reason) => {
    const { message, status, text } = refused(reason, '5', 'tools/call', detail);
    expect(status).toBe(200);
    expect(JSONRPCResultResponseSchema.safeParse(message).error).toBeUndefined();
    expect(CallToolResultSchema.safeParse(message.result).error).toBeUndefined();
    expect(message.result).toMatchObject({ isError: true, content: [{ type: 'text' }] });
    expect(message.result._meta[REASON_KEY]).toBe(reason);
    expect(message.result.content[0].text).toBe(JSON.parse(JSON.stringify(text)));
    expect(message.result.resultType).toBe(dialect === 'modern' ? 'complete' : undefined);
    expect(message.result._meta?.[ENVELOPE.serverInfo]?.name).toBe(
      dialect === 'modern' ? 'drawbridge' : undefined,
    );
  });

  test.each(NAMES)('%s of a message that cannot be answered is an HTTP error', (reason) => {
    for (const method of ['tools/call', 'notifications/x', '']) {
      const { status, message } = refused(reason, '', method);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).not.toHaveProperty('id');
      expect(message.error.data.reason).toBe(reason);
    }
  });

  test('when to come back is said in seconds', () => {
    expect(refused('draining', '1', '', { retryAfterSeconds: 3 }).headers.slice(-2)).toEqual([
      'retry-after',
      '3',
    ]);
    expect(refused('draining', '1', '').headers).not.toContain('retry-after');
  });

  test('which methods an address takes is said with the refusal of others', () => {
    expect(refused('http_method_not_allowed', '', '').headers.slice(-2)).toEqual([
      'allow',
      'POST, GET, DELETE',
    ]);
  });
});
