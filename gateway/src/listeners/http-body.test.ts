import { afterEach, describe, expect, test } from 'vitest';
import type { Refusal } from '../kernel/index.ts';
import { MAX_BODY_BYTES, closeListeners, serve, silent } from '../../../test/kit/http-listener.ts';
import { post } from '../../../test/kit/raw-http.ts';

afterEach(closeListeners);

describe('bodies', () => {
  const big = 'x'.repeat(MAX_BODY_BYTES + 1);
  const chunked = (body: string, size = 1000): string => {
    const pieces = body.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('');
    return `POST /mcp HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
  };

  test('as large as is allowed are read, however they come', async () => {
    const { client } = await serve();
    const body = 'y'.repeat(MAX_BODY_BYTES);
    for (const text of [post(body), chunked(body)]) {
      await using raw = client();
      raw.send(text);
      expect(await raw.response()).toMatchObject({ status: 200, body });
    }
  });

  test.each([
    ['announced', post(big)],
    ['chunked', chunked(big)],
    ['announced and not yet sent', post('', { 'content-length': '99999999999' })],
    ['announced beyond every number', post('', { 'content-length': '9007199254740993' })],
    ['much larger', post(big.repeat(300))],
    ['much larger, chunked', chunked(big.repeat(300), 60_000)],
  ])('over the cap are refused, and the refusal can be read: %s', async (_what, text) => {
    const { client } = await serve();
    await using raw = client();
    raw.send(text);
    expect(await raw.response()).toMatchObject({ status: 413, body: 'body_too_large' });
  });

  test('that end before their announced length are incomplete', async () => {
    for (const leave of ['destroy', 'end', 'resetAndDestroy'] as const) {
      let tell = (_body: Buffer | Refusal): void => undefined;
      const read = new Promise<Buffer | Refusal>((resolve) => {
        tell = resolve;
      });
      const { path, client } = await serve((_x, body) => tell(body));
      await using raw = client();
      raw.send(post('{"a":1}', { 'content-length': '100' }));
      const { gone } = await path.arrival(0);
      raw.socket[leave]();
      await gone;
      expect(await read).toMatchObject({ reason: 'body_incomplete' });
    }
  });

  test('that go on behind their announced length cost the connection', async () => {
    const { path, client } = await serve(silent);
    await using raw = client();
    raw.send(post('{"a":1}', { 'content-length': '3' }));
    expect(await raw.end()).toBe('');
    await (
      await path.arrival(0)
    ).gone;
    expect(path.arrivals).toHaveLength(1);
  });

  test('may be empty', async () => {
    const { client } = await serve();
    await using raw = client();
    raw.send(post(''));
    expect(await raw.response()).toMatchObject({ status: 200, body: '' });
  });

  test.each([
    ['two lengths', { 'content-length': '2\r\ncontent-length: 3' }],
    ['two equal lengths', { 'content-length': '2\r\nContent-Length: 2' }],
    ['a length and chunks', { 'content-length': '2', 'transfer-encoding': 'chunked' }],
    ['a negative length', { 'content-length': '-1' }],
    ['a length in hex', { 'content-length': '0x2' }],
    ['a length with a sign', { 'content-length': '+2' }],
    ['an unknown transfer coding', { 'transfer-encoding': 'gzip' }],
  ])('framed by %s are no request', async (_what, headers) => {
    const { path, client } = await serve();
    await using raw = client();
    raw.send(post('{}', headers));
    expect(await raw.end()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(path.arrivals).toHaveLength(0);
  });
});
