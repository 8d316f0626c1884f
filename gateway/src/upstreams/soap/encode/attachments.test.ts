import { expect, test } from 'vitest';
import { attachedOf, related } from './attachments.ts';
import { httpRequest } from './http.ts';

const attachments = [{ name: 'f', type: 'image/png', argument: 'file' }];

test.each<[string, object, unknown]>([
  ['bytes', { file: 'AAEC' }, [{ name: 'f', type: 'image/png', bytes: Buffer.from([0, 1, 2]) }]],
  ['nothing', {}, { kind: 'unsendable', argument: 'file', text: 'it must be given, as base64.' }],
  ['no base64', { file: '\u{1}' }, expect.objectContaining({ kind: 'unsendable' })],
])('%s', (_what, values, made) => {
  expect(attachedOf({ attachments }, { ...values })).toEqual(made);
});

test('the envelope comes first, and each part says what it is', () => {
  const attached = [{ name: 'a b', type: 'image/png', bytes: Buffer.from('--x\r\n') }];
  const { type, body } = related('<e/>', 'text/xml; charset=utf-8', attached);
  const [, root, boundary = ''] =
    /^multipart\/related; type="text\/xml"; start="(<[^"]+>)"; boundary="([^"]+)"$/.exec(type) ??
    [];
  const [before, envelope, file, after] = body.toString().split(`--${boundary}`);
  expect([before, after]).toEqual(['', '--\r\n']);
  expect(envelope).toBe(
    `\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-ID: ${root}\r\n\r\n<e/>\r\n`,
  );
  expect(file).toMatch(
    /^\r\nContent-Type: image\/png\r\n.*Content-ID: <a%20b=[^>]+>\r\n\r\n--x\r\n\r\n$/s,
  );
});

test('a request without any is as it was', () => {
  const request = { soap: '1.1', action: 'urn:a', address: 'http://a/' } as never;
  const made = httpRequest(request, '<e/>', false);
  expect([made.headers[1], made.body?.toString()]).toEqual(['text/xml; charset=utf-8', '<e/>']);
});
